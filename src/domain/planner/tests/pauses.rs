use super::*;

const HOUR_MS: u64 = 3_600_000;

#[test]
fn a_429_after_all_pauses_the_endpoint_until_the_reset() {
    let mut planner = Planner::default();
    let end = PauseReason::RateLimit.end(Some(after(120_000)), NOW);
    planner.pause(NAME, end, PauseReason::RateLimit);
    let Admission::NotBefore { until, pause, .. } = planner.admit(&ask(), NOW) else { panic!("it went") };
    assert_eq!((until, pause), (after(120_000), Some(PauseReason::RateLimit)));
    assert_eq!(planner.opens_at(&ask(), NOW), after(120_000));
    let other = Ask { operation: "GET /2/x".to_owned(), ..ask() };
    assert_eq!(planner.admit(&other, NOW), Admission::Go);
    assert_eq!(planner.admit(&ask(), after(120_000)), Admission::Go);
    assert_eq!(planner.pauses(after(120_000)), vec![]);
}

#[test]
fn a_pause_ends_when_x_says_or_after_its_kind_s_own_time() {
    let end = |reason: PauseReason, told| reason.end(told, NOW).ms_since(NOW);
    for senseless in [None, Some(NOW), Some(after(40 * 24 * HOUR_MS))] {
        assert_eq!(end(PauseReason::RateLimit, senseless), QUARTER_MS);
        assert_eq!(end(PauseReason::UsageCap, senseless), 24 * HOUR_MS);
        assert_eq!(end(PauseReason::SpendCap, senseless), 24 * HOUR_MS);
        assert_eq!(end(PauseReason::Credits, senseless), HOUR_MS);
    }
    assert_eq!(end(PauseReason::UsageCap, Some(after(48 * HOUR_MS))), 48 * HOUR_MS);
    assert_eq!(end(PauseReason::Credits, Some(after(48 * HOUR_MS))), HOUR_MS, "somebody may buy some any time");
}

#[test]
fn one_call_an_hour_finds_out_whether_there_are_credits() {
    let mut planner = Planner::default();
    let deplete = |planner: &mut Planner, now| {
        planner.pause(Planner::EVERYTHING, PauseReason::Credits.end(None, now), PauseReason::Credits);
    };
    deplete(&mut planner, NOW);
    assert_eq!(refused_until(&mut planner, &ask(), NOW), after(HOUR_MS));
    assert_eq!(sends(&mut planner, &ask(), 5, after(HOUR_MS)), 1, "the probe");
    deplete(&mut planner, after(HOUR_MS + 100));
    assert_eq!(sends(&mut planner, &ask(), 5, after(HOUR_MS + 60_000)), 0);
    assert_eq!(sends(&mut planner, &ask(), 5, after(2 * HOUR_MS + 100)), 1, "the next probe, which succeeds");
    assert_eq!(sends(&mut planner, &ask(), 5, after(2 * HOUR_MS + 30_100)), 5);
}

#[test]
fn the_longer_of_two_pauses_holds() {
    let mut planner = Planner::default();
    planner.pause(NAME, after(50_000), PauseReason::SpendCap);
    planner.pause(NAME, after(10_000), PauseReason::RateLimit);
    assert_eq!(refused_until(&mut planner, &ask(), NOW), after(50_000));
}
