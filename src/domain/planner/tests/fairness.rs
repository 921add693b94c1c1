//! Many applications at one window: everybody is served, in the order of the lanes, in equal parts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{x::X, *};

/// What a queue of waiters before one window came to.
#[derive(Default)]
struct Outcome {
    /// How many calls of each application went in each window.
    served: Vec<BTreeMap<String, u32>>,
    /// Who went, in order, with the time.
    order: Vec<(Timestamp, Waiting)>,
    refused: u32,
}

/// Serves `waiting` before a window of `limit` calls until nobody waits, or for `windows` windows.
fn serve(mut waiting: Vec<Waiting>, limit: u32, windows: usize) -> (Outcome, Vec<Waiting>) {
    let (mut planner, mut x, mut outcome) = (Planner::default(), X::new(limit, QUARTER_MS), Outcome::default());
    let mut now = NOW;
    for _ in 0..windows {
        let mut served = BTreeMap::new();
        while let Some(next) = planner.next(&waiting, now).cloned() {
            assert_eq!(planner.admit(&next.ask, now), Admission::Go, "who is next may go");
            let (limit, remaining, reset_s) = x.call(now.as_ms());
            let told =
                LearnedWindow { name: NAME.to_owned(), limit, remaining, reset_at: Timestamp::from_seconds(reset_s) };
            planner.learn(vec![told], now);
            *served.entry(next.ask.application.clone()).or_default() += 1;
            waiting.retain(|waiting| waiting.id != next.id);
            outcome.order.push((now, next));
        }
        outcome.served.push(served);
        for waiting in &waiting {
            assert!(matches!(planner.admit(&waiting.ask, now), Admission::NotBefore { .. }));
        }
        let Some(opens) = waiting.iter().map(|waiting| planner.opens_at(&waiting.ask, now)).min() else { break };
        assert!(opens > now, "a forecast is ahead");
        now = opens;
    }
    outcome.refused = x.refused;
    (outcome, waiting)
}

fn waiter(id: usize, application: usize, lane: Lane, since: Timestamp) -> Waiting {
    Waiting { id: format!("{id:04}"), ask: Ask { lane, application: format!("app{application}"), ..small() }, since }
}

/// A window whose published limit is what X has.
fn small() -> Ask {
    Ask { limits: vec![(20, 900)], ..ask() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn everybody_is_served(
        waiting in prop::collection::vec((0_usize..5, 0_usize..4), 1..120),
    ) {
        let waiting: Vec<Waiting> = waiting.into_iter().enumerate()
            .map(|(id, (application, lane))| waiter(id, application, Lane::ALL[lane], NOW)).collect();
        let count = waiting.len();
        // The lowest lane may use 15 of 20, so no window serves fewer while anybody waits for it.
        let (outcome, left) = serve(waiting, 20, count.div_ceil(15) + 4);
        prop_assert!(left.is_empty(), "{} are left of {}", left.len(), count);
        prop_assert_eq!(outcome.refused, 0);
    }

    #[test]
    fn within_one_window_nobody_goes_before_a_higher_lane(
        waiting in prop::collection::vec((0_usize..3, 0_usize..4), 1..60),
    ) {
        let waiting: Vec<Waiting> = waiting.into_iter().enumerate()
            .map(|(id, (application, lane))| waiter(id, application, Lane::ALL[lane], NOW)).collect();
        let (outcome, _) = serve(waiting, 20, 1);
        let lanes: Vec<Lane> = outcome.order.iter().map(|(_, waiting)| waiting.ask.lane).collect();
        prop_assert!(lanes.is_sorted(), "{lanes:?}");
    }

    #[test]
    fn applications_that_wait_get_equal_parts(applications in 2_usize..7, greed in 1_usize..20) {
        let one = (0..applications).flat_map(|application| {
            // The first asks for many times more than the others.
            let calls = if application == 0 { 60 * greed } else { 60 };
            (0..calls).map(move |_| application)
        });
        let waiting = one.enumerate().map(|(id, application)| waiter(id, application, Lane::Critical, NOW)).collect();
        let (outcome, _) = serve(waiting, 20, 3);
        for served in &outcome.served {
            let share = 20_usize.div_ceil(applications);
            let most = served.values().max().copied().unwrap_or(0);
            prop_assert!(served.len() == applications && most as usize <= share, "{served:?} of {share}");
        }
    }
}
