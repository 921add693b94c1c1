//! How a breaker recovers.

use super::*;

#[test]
fn five_hundred_callers_make_three_probes() {
    let mut breaker = open();
    assert_eq!(snapshot(&mut breaker, HALF).admission(HALF), Admission::Probe);
    let permits: Vec<_> = (0..500).filter_map(|_| probe(&mut breaker, HALF)).collect();
    assert_eq!(permits.len(), 3);
    for permit in permits {
        assert_eq!(probe(&mut breaker, HALF), None, "a probe that passed makes no room for another");
        conclude(&mut breaker, permit, SUCCESS, HALF);
    }
    assert_eq!(phase(&mut breaker, HALF), Phase::Closed);
    assert_eq!(ask(&mut breaker, Command::Probe, HALF), Reply::Go);
}

#[test]
fn one_failed_probe_opens_it_for_twice_as_long_up_to_a_minute() {
    let (mut breaker, mut now) = (open(), HALF);
    for longest in [10_000, 20_000, 40_000, 60_000, 60_000] {
        let permits: Vec<_> = (0..2).filter_map(|_| probe(&mut breaker, now)).collect();
        conclude(&mut breaker, permits[0], SUCCESS, now);
        let until = now.plus_ms(longest);
        assert_eq!(conclude(&mut breaker, permits[1], Outcome::Failure, now), Phase::Open { until });
        now = until;
    }
    for _ in 0..3 {
        let permit = probe(&mut breaker, now).unwrap();
        conclude(&mut breaker, permit, SUCCESS, now);
    }
    report(&mut breaker, &[(Outcome::Failure, 20)], now);
    assert_eq!(phase(&mut breaker, now), Phase::Open { until: now.plus_ms(5_000) }, "proved recovered");
}

#[test]
fn a_slow_probe_is_no_recovery() {
    let mut breaker = open();
    let permit = probe(&mut breaker, HALF).unwrap();
    assert!(matches!(conclude(&mut breaker, permit, SLOW, HALF), Phase::Open { .. }));
}

#[test]
fn a_dead_probe_frees_its_place() {
    let mut breaker = open();
    let dead: Vec<_> = (0..2).filter_map(|_| probe(&mut breaker, HALF)).collect();
    assert!(probe(&mut breaker, HALF.plus_ms(10_000)).is_some());
    assert_eq!(probe(&mut breaker, HALF.plus_ms(14_999)), None);
    let ended = HALF.plus_ms(15_000);
    assert_eq!(conclude(&mut breaker, dead[0], Outcome::Failure, ended), Phase::HalfOpen, "too late to tell");
    assert_eq!((0..10).filter_map(|_| probe(&mut breaker, ended)).count(), 2);
}

#[test]
fn three_dead_probes_do_not_keep_it_half_open() {
    let mut breaker = open();
    assert_eq!((0..3).filter_map(|_| probe(&mut breaker, HALF)).count(), 3);
    assert_eq!(phase(&mut breaker, HALF.plus_ms(14_999)), Phase::HalfOpen);
    assert_eq!(phase(&mut breaker, HALF.plus_ms(15_000)), Phase::Closed, "on trial");
}

#[test]
fn a_neutral_probe_frees_its_place() {
    let mut breaker = open();
    let permits: Vec<_> = (0..3).filter_map(|_| probe(&mut breaker, HALF)).collect();
    assert_eq!(conclude(&mut breaker, permits[0], Outcome::Neutral, HALF), Phase::HalfOpen);
    assert!(probe(&mut breaker, HALF).is_some());
    assert_eq!(probe(&mut breaker, HALF), None);
}

#[test]
fn a_permit_of_an_earlier_round_concludes_nothing() {
    let mut breaker = open();
    let old: Vec<_> = (0..3).filter_map(|_| probe(&mut breaker, HALF)).collect();
    conclude(&mut breaker, old[0], Outcome::Failure, HALF);
    let later = HALF.plus_ms(10_000);
    let new = probe(&mut breaker, later).unwrap();
    assert!(!old.contains(&new));
    assert_eq!(conclude(&mut breaker, old[1], Outcome::Failure, later), Phase::HalfOpen);
    assert_eq!(conclude(&mut breaker, old[2], SUCCESS, later), Phase::HalfOpen);
}

#[test]
fn a_creation_is_never_a_probe_but_is_not_shut_out_for_ever() {
    let mut breaker = open();
    let admission = snapshot(&mut breaker, HALF).admission(HALF).for_creation();
    assert_eq!(admission, Admission::Refuse { retry_after_ms: 5_000 });
    let trial = HALF.plus_ms(5_000);
    assert_eq!(snapshot(&mut breaker, trial).admission(trial).for_creation(), Admission::Go);
    report(&mut breaker, &[(SUCCESS, 100), (Outcome::Failure, 1)], trial);
    assert_eq!(phase(&mut breaker, trial), Phase::Open { until: trial.plus_ms(10_000) }, "the first failure on trial");
}

#[test]
fn a_trial_ends_well_after_half_a_minute() {
    let mut breaker = open();
    phase(&mut breaker, HALF);
    let trial = HALF.plus_ms(5_000);
    phase(&mut breaker, trial);
    let after = trial.plus_ms(30_000);
    report(&mut breaker, &[(Outcome::Failure, 19)], after);
    assert_eq!(phase(&mut breaker, after), Phase::Closed);
    report(&mut breaker, &[(Outcome::Failure, 1)], after);
    assert_eq!(phase(&mut breaker, after), Phase::Open { until: after.plus_ms(5_000) });
}

#[test]
fn an_isolate_asks_to_probe_by_an_older_snapshot_too() {
    let seen_open = snapshot(&mut open(), NOW);
    assert_eq!(seen_open.admission(HALF), Admission::Probe);
}
