//! The operator's orders.

use super::*;

#[test]
fn forced_open_refuses_all_until_it_is_over_and_then_probes() {
    let mut breaker = Breaker::default();
    assert!(breaker.step(order(Mode::Open, Some(NOW.plus_ms(90_000))), NOW).store);
    assert_eq!(snapshot(&mut breaker, NOW).admission(NOW), Admission::Refuse { retry_after_ms: 60_000 });
    assert_eq!(ask(&mut breaker, Command::Probe, NOW.plus_ms(80_000)), Reply::Refused { retry_after_ms: 10_000 });
    let end = NOW.plus_ms(90_000);
    assert_eq!(snapshot(&mut breaker, end).admission(end), Admission::Probe);
    assert!(!breaker.step(Command::Release, end).store, "already over");
}

#[test]
fn forced_closed_lets_all_pass_and_counts_nothing() {
    let mut breaker = open();
    ask(&mut breaker, order(Mode::Closed, None), NOW);
    assert_eq!(ask(&mut breaker, Command::Probe, NOW), Reply::Go);
    report(&mut breaker, &[(Outcome::Failure, 100)], NOW);
    assert_eq!(snapshot(&mut breaker, NOW).counts, Counts::default());
    assert!(breaker.step(Command::Release, NOW).store);
    assert_eq!(snapshot(&mut breaker, NOW), Snapshot::default());
}

#[test]
fn metrics_only_counts_and_never_refuses() {
    let mut breaker = Breaker::default();
    ask(&mut breaker, order(Mode::MetricsOnly, None), NOW);
    assert!(!report(&mut breaker, &[(Outcome::Failure, 100)], NOW));
    let seen = snapshot(&mut breaker, NOW);
    assert_eq!((seen.admission(NOW), seen.counts.failures, seen.would_open), (Admission::Go, 100, true));
    ask(&mut breaker, Command::Release, NOW);
    assert_eq!(phase(&mut breaker, NOW), Phase::Closed);
}
