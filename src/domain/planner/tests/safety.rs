//! Whatever becomes of the answers, X is never asked for more than it has.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{x::X, *};

/// What becomes of one call and of its answer.
#[derive(Clone, Debug)]
struct Fate {
    /// Milliseconds after the call before it.
    gap_ms: u64,
    /// Milliseconds to X; nothing for a call that never arrives.
    way_ms: Option<u64>,
    /// Milliseconds back; nothing for an answer that never does.
    back_ms: Option<u64>,
    headers: Headers,
}

#[derive(Clone, Debug)]
enum Headers {
    True,
    Missing,
    /// More is left than there is.
    Exaggerated,
    /// A reset that is over.
    Past,
    /// A reset too far away to be one.
    Far,
    /// A reset before X's own, another with each answer.
    Early,
    /// A limit of nothing.
    Zero,
}

fn fate() -> impl Strategy<Value = Fate> {
    let headers = prop_oneof![
        6 => Just(Headers::True),
        2 => Just(Headers::Missing),
        1 => Just(Headers::Exaggerated),
        1 => Just(Headers::Past),
        1 => Just(Headers::Far),
        1 => Just(Headers::Early),
        1 => Just(Headers::Zero),
    ];
    let gap = prop_oneof![4 => 0_u64..50, 2 => 0_u64..20_000, 1 => 0_u64..400_000];
    let way = prop_oneof![8 => (0_u64..300).prop_map(Some), 2 => (0_u64..25_000).prop_map(Some), 1 => Just(None)];
    let back = prop_oneof![6 => (0_u64..300).prop_map(Some), 2 => (0_u64..2_000_000).prop_map(Some), 1 => Just(None)];
    (gap, way, back, headers).prop_map(|(gap_ms, way_ms, back_ms, headers)| Fate { gap_ms, way_ms, back_ms, headers })
}

/// What is under way, by the time of its arrival.
#[derive(Default)]
struct Way {
    events: BTreeMap<(u64, u64), Event>,
    count: u64,
}

enum Event {
    Call(Fate),
    Answer(LearnedWindow),
}

impl Way {
    fn put(&mut self, at_ms: u64, event: Event) {
        self.count += 1;
        self.events.insert((at_ms, self.count), event);
    }
}

fn headers(fate: &Fate, told: x::Told, at_ms: u64, number: u64) -> Option<LearnedWindow> {
    let (limit, remaining, reset_s) = told;
    let honest = LearnedWindow { name: NAME.to_owned(), limit, remaining, reset_at: Timestamp::from_seconds(reset_s) };
    Some(match fate.headers {
        Headers::True => honest,
        Headers::Missing => return None,
        Headers::Exaggerated => LearnedWindow { remaining: limit + 7, ..honest },
        Headers::Past => LearnedWindow { reset_at: Timestamp::from_ms(at_ms - 1000), ..honest },
        Headers::Far => LearnedWindow { reset_at: Timestamp::from_ms(at_ms + 1_000_000_000), ..honest },
        Headers::Early => LearnedWindow { reset_at: honest.reset_at.minus_ms(40_000 + number * 3_000), ..honest },
        Headers::Zero => LearnedWindow { limit: 0, remaining: 0, ..honest },
    })
}

/// Plays the fates; gives X's own account of it, and how many calls were let go.
fn play(fates: Vec<Fate>, limit: u32, prior: u32) -> (X, u32) {
    let (mut planner, mut x, mut way) = (Planner::default(), X::new(limit, QUARTER_MS), Way::default());
    let ask = Ask { limits: vec![(prior, 900)], ..ask() };
    let (mut now_ms, mut sent) = (NOW.as_ms(), 0);
    for fate in fates {
        now_ms += fate.gap_ms;
        arrive(&mut way, &mut x, &mut planner, now_ms);
        if planner.admit(&ask, Timestamp::from_ms(now_ms)) == Admission::Go {
            sent += 1;
            if let Some(way_ms) = fate.way_ms {
                way.put(now_ms + way_ms, Event::Call(fate));
            }
        }
    }
    (x, sent)
}

fn arrive(way: &mut Way, x: &mut X, planner: &mut Planner, now_ms: u64) {
    while let Some(entry) = way.events.first_entry().filter(|entry| entry.key().0 <= now_ms) {
        let ((at_ms, _), event) = entry.remove_entry();
        match event {
            Event::Call(fate) => {
                let told = x.call(at_ms);
                if let (Some(back_ms), Some(heard)) = (fate.back_ms, headers(&fate, told, at_ms, way.count)) {
                    way.put(at_ms + back_ms, Event::Answer(heard));
                }
            }
            Event::Answer(heard) => _ = planner.learn(vec![heard], Timestamp::from_ms(at_ms)),
        }
    }
}

proptest! {
    #[test]
    fn x_never_refuses(fates in prop::collection::vec(fate(), 1..600), limit in 1_u32..40, less in 0_u32..3) {
        let (x, _) = play(fates, limit, limit.saturating_sub(less).max(1));
        prop_assert_eq!(x.refused, 0, "{} taken", x.taken);
    }
}

#[test]
fn the_model_refuses_who_does_not_count() {
    let mut x = X::new(3, QUARTER_MS);
    (0..5).for_each(|at_ms| _ = x.call(at_ms));
    assert_eq!((x.taken, x.refused), (3, 2));
    assert_eq!(x.call(QUARTER_MS), (3, 2, 1800));
}

#[test]
fn where_x_answers_truly_all_of_each_window_is_used() {
    let calm = Fate { gap_ms: 1000, way_ms: Some(50), back_ms: Some(50), headers: Headers::True };
    let (x, sent) = play(vec![calm; 9000], 40, 40);
    assert_eq!((x.refused, sent), (0, 40 * 10), "ten windows of 15 minutes and a second");
}
