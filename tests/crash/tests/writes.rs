//! Writes under kills: each is at X once, or everybody can see that this is not known. Nothing is lost, nothing is done twice.

mod asked;
mod leaving;
mod names;
mod place;
mod round;

use perch_crash::{Crash, NAIVE_WRITES, rounds};

use leaving::clients_that_leave_lose_nothing;
use names::a_name_means_one_tweet;
use place::{End, NAIVE, ONE_KILL, Place, TWO_KILLS};
use round::Fate;

/// What became of many.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    writes: usize,
    done: usize,
    unconfirmed: usize,
    unheard: usize,
    duplicates: usize,
    lost: usize,
}

impl Tally {
    fn count(&mut self, fate: &Fate) {
        let state = fate.state.as_deref();
        self.writes += 1;
        self.done += usize::from(state == Some("done"));
        self.unconfirmed += usize::from(state == Some("unconfirmed"));
        self.unheard += usize::from(state.is_none());
        self.duplicates += usize::from(fate.after > 1);
        self.lost += usize::from(fate.after == 0 && state != Some("unconfirmed"));
    }
}

async fn killed_before_it_is_answered_a_write_is_done_once(crash: &Crash) {
    let tally = kill(crash, &ONE_KILL, must_be_as_promised).await;
    assert_eq!((tally.duplicates, tally.lost, tally.unconfirmed), (0, 0, 0), "{tally:?}");
}

async fn killed_again_while_the_object_sees_to_it_a_write_is_done_once(crash: &Crash) {
    let tally = kill(crash, &TWO_KILLS, must_be_as_promised).await;
    assert_eq!((tally.duplicates, tally.lost, tally.unheard), (0, 0, 0), "{tally:?}");
}

/// The same harness sees what is wrong with sending first and storing afterwards.
async fn the_naive_twin_does_it_twice(_crash: &Crash) {
    let naive = Crash::start(&NAIVE_WRITES).expect("the naive twin starts");
    let tally = kill(&naive, &NAIVE, |_| ()).await;
    naive.end();
    assert!(tally.duplicates > 0, "the harness sees nothing: {tally:?}");
}

/// Writes at each of `places` and kills there, until each has had its share of kills.
async fn kill(crash: &Crash, places: &[Place], check: fn(&Fate)) -> Tally {
    round::arrange(crash).await;
    let cases = round::cases(crash, places, rounds(1, 5)).await;
    let mut tally = Tally::default();
    for number in 0..rounds(5, 50) {
        let fates = round::run(crash, &cases, number).await;
        for fate in &fates {
            tally.count(fate);
        }
        fates.iter().for_each(check);
    }
    crash.stack.sandbox.clear_faults().await;
    eprintln!("  {tally:?}");
    tally
}

fn must_be_as_promised(fate: &Fate) {
    let (unheard, done) = ((None, [0, 1], (201, true)), (Some("done"), [1, 1], (201, true)));
    let (state, at_x, again) = match fate.end {
        End::Unheard => unheard,
        End::UnheardOrDone if fate.state.is_none() => unheard,
        End::UnheardOrDone | End::Done => done,
        End::Unconfirmed => (Some("unconfirmed"), [0, 0], (202, false)),
    };
    let seen = (fate.state.as_deref(), [fate.before, fate.after], fate.again);
    assert_eq!(seen, (state, at_x, again), "state, at X before and after asking again, the answer then: {}", fate.case);
}

crate::trials!(
    killed_before_it_is_answered_a_write_is_done_once,
    killed_again_while_the_object_sees_to_it_a_write_is_done_once,
    the_naive_twin_does_it_twice,
    clients_that_leave_lose_nothing,
    a_name_means_one_tweet,
);
