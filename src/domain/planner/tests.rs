mod applications;
mod fairness;
mod headers;
mod lanes;
mod leases;
mod pauses;
mod safety;
mod x;

use super::*;
use crate::domain::window::Source;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const NAME: &str = "POST /2/tweets";
const QUARTER_MS: u64 = 900_000;

fn ask() -> Ask {
    Ask {
        operation: NAME.to_owned(),
        limits: vec![(100, 900)],
        app_limits: vec![],
        lane: Lane::Critical,
        application: "one".to_owned(),
    }
}

fn after(ms: u64) -> Timestamp {
    NOW.plus_ms(ms)
}

fn heard(limit: u32, remaining: u32, reset_in_ms: u64) -> LearnedWindow {
    LearnedWindow { name: NAME.to_owned(), limit, remaining, reset_at: after(reset_in_ms) }
}

/// How many of `asks` calls in a row may go.
fn sends(planner: &mut Planner, ask: &Ask, asks: u32, now: Timestamp) -> u32 {
    (0..asks).fold(0, |sent, _| sent + u32::from(planner.admit(ask, now) == Admission::Go))
}

/// When a call that may not go may be asked for again.
#[track_caller]
fn refused_until(planner: &mut Planner, ask: &Ask, now: Timestamp) -> Timestamp {
    match planner.admit(ask, now) {
        Admission::NotBefore { until, .. } => until,
        other => panic!("{other:?}"),
    }
}
