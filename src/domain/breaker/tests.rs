mod operating;
mod probing;

use super::*;

/// The beginning of a bucket.
const NOW: Timestamp = Timestamp::from_seconds(1_000_002);
const SUCCESS: Outcome = Outcome::Success { slow: false };
const SLOW: Outcome = Outcome::Success { slow: true };

fn ask(breaker: &mut Breaker, command: Command, now: Timestamp) -> Reply {
    breaker.step(command, now).reply.expect("a breaker never parks")
}

fn snapshot(breaker: &mut Breaker, now: Timestamp) -> Snapshot {
    match ask(breaker, Command::Snapshot, now) {
        Reply::Snapshot(snapshot) => snapshot,
        other => panic!("no snapshot: {other:?}"),
    }
}

fn phase(breaker: &mut Breaker, now: Timestamp) -> Phase {
    snapshot(breaker, now).phase
}

fn report(breaker: &mut Breaker, outcomes: &[(Outcome, u32)], now: Timestamp) -> bool {
    let mut window = OutcomeWindow::default();
    for (outcome, times) in outcomes {
        (0..*times).for_each(|_| window.note(*outcome, now));
    }
    breaker.step(Command::Report { buckets: window.drain(now), random: 0 }, now).store
}

fn probe(breaker: &mut Breaker, now: Timestamp) -> Option<u64> {
    match ask(breaker, Command::Probe, now) {
        Reply::Permit(permit) => Some(permit),
        _ => None,
    }
}

fn conclude(breaker: &mut Breaker, permit: u64, outcome: Outcome, now: Timestamp) -> Phase {
    match ask(breaker, Command::ProbeResult { permit, outcome, random: 0 }, now) {
        Reply::Snapshot(snapshot) => snapshot.phase,
        other => panic!("no snapshot: {other:?}"),
    }
}

fn open() -> Breaker {
    let mut breaker = Breaker::default();
    assert!(report(&mut breaker, &[(Outcome::Failure, 20)], NOW), "an opening is stored");
    breaker
}

const HALF: Timestamp = NOW.plus_ms(5_000);

fn order(mode: Mode, expires_at: Option<Timestamp>) -> Command {
    let (reason, by) = ("maintenance at X".to_owned(), "0123456789".to_owned());
    Command::Force(Override { mode, reason, by, since: NOW, expires_at })
}

#[test]
fn half_of_twenty_failures_open_it() {
    let mut breaker = Breaker::default();
    assert!(!report(&mut breaker, &[(Outcome::Failure, 19)], NOW));
    assert_eq!(phase(&mut breaker, NOW), Phase::Closed, "19 calls are too few");
    report(&mut breaker, &[(SUCCESS, 20)], NOW);
    assert_eq!(phase(&mut breaker, NOW), Phase::Closed, "19 of 39 are too few");
    assert!(report(&mut breaker, &[(Outcome::Failure, 1)], NOW));
    assert_eq!(phase(&mut breaker, NOW), Phase::Open { until: HALF });
}

#[test]
fn four_fifths_slow_open_it() {
    let mut breaker = Breaker::default();
    report(&mut breaker, &[(SLOW, 23), (SUCCESS, 6)], NOW);
    assert_eq!(phase(&mut breaker, NOW), Phase::Closed);
    report(&mut breaker, &[(SLOW, 1)], NOW);
    assert_eq!(phase(&mut breaker, NOW), Phase::Open { until: HALF });
}

#[test]
fn ten_thousand_neutral_answers_leave_it_closed() {
    let (mut breaker, mut tally) = (Breaker::default(), Tally::default());
    for status in [400, 401, 403, 404, 409, 422, 429].into_iter().cycle().take(10_000) {
        let outcome = outcome_of(Answer::Status { status, json: true }, 10, Group::TweetsWrite);
        assert_eq!(tally.note(outcome, NOW), None);
        assert!(!report(&mut breaker, &[(outcome, 1)], NOW));
    }
    assert_eq!(snapshot(&mut breaker, NOW), Snapshot::default());
    for counted in 1..=20 {
        for status in [404, 503] {
            let outcome = outcome_of(Answer::Status { status, json: true }, 10, Group::TweetsWrite);
            if let Some(buckets) = tally.note(outcome, NOW) {
                ask(&mut breaker, Command::Report { buckets, random: 0 }, NOW);
            }
        }
        assert_eq!(phase(&mut breaker, NOW) == Phase::Closed, counted < 20, "{counted} counted failures");
    }
}

#[test]
fn what_is_older_than_half_a_minute_counts_no_more() {
    let mut breaker = Breaker::default();
    report(&mut breaker, &[(SUCCESS, 1_000)], NOW);
    report(&mut breaker, &[(Outcome::Failure, 20)], NOW.plus_ms(29_999));
    assert_eq!(phase(&mut breaker, NOW.plus_ms(29_999)), Phase::Closed);
    report(&mut breaker, &[(Outcome::Failure, 1)], NOW.plus_ms(30_000));
    assert!(matches!(phase(&mut breaker, NOW.plus_ms(30_000)), Phase::Open { .. }));
}

#[test]
fn late_successes_count_at_their_own_time() {
    let mut breaker = Breaker::default();
    let successes = Bucket { start: NOW, counts: Counts { calls: 1_000, failures: 0, slow: 0 } };
    let later = NOW.plus_ms(30_000);
    let failures = Bucket { start: later, counts: Counts { calls: 20, failures: 20, slow: 0 } };
    ask(&mut breaker, Command::Report { buckets: vec![successes, failures], random: 0 }, later);
    assert!(matches!(phase(&mut breaker, later), Phase::Open { .. }));
}

#[test]
fn while_open_all_is_refused_and_nothing_is_learned() {
    let mut breaker = open();
    let now = NOW.plus_ms(4_999);
    assert_eq!(snapshot(&mut breaker, now).admission(now), Admission::Refuse { retry_after_ms: 1 });
    assert_eq!(ask(&mut breaker, Command::Probe, now), Reply::Refused { retry_after_ms: 1 });
    assert!(!report(&mut breaker, &[(Outcome::Failure, 100)], now));
    assert_eq!(phase(&mut breaker, HALF), Phase::HalfOpen);
}

#[test]
fn chance_shortens_the_pause_by_a_tenth_at_most() {
    for random in [0, 1, 250, 499, 500, 501, 12_345_678, u64::MAX] {
        let mut breaker = Breaker::default();
        let failures = Bucket { start: NOW, counts: Counts { calls: 20, failures: 20, slow: 0 } };
        ask(&mut breaker, Command::Report { buckets: vec![failures], random }, NOW);
        let Phase::Open { until } = phase(&mut breaker, NOW) else { panic!("closed") };
        assert!((4_500..=5_000).contains(&until.ms_since(NOW)));
    }
}

#[test]
fn the_state_survives_storage() {
    let mut breaker = open();
    ask(&mut breaker, order(Mode::Open, None), NOW);
    let mut restored: Breaker = serde_json::from_str(&serde_json::to_string(&breaker).unwrap()).unwrap();
    assert_eq!(snapshot(&mut restored, NOW), snapshot(&mut breaker, NOW));
    let mut probing: Breaker = serde_json::from_str(&serde_json::to_string(&open()).unwrap()).unwrap();
    assert_eq!(phase(&mut probing, HALF), Phase::HalfOpen);
}
