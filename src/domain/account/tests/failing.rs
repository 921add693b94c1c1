//! What a failed refresh does, and does not do.

use super::*;

#[test]
fn a_transient_failure_backs_off_and_never_disconnects() {
    let mut account = connected();
    let mut now = EXPIRED;
    for (round, wait_ms) in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000].into_iter().enumerate() {
        let lease = format!("lease{round}");
        assert!(is_leased(token(&mut account, &lease, now).as_ref()));
        let busy = Reply::Busy { retry_after_ms: wait_ms, cause: BusyCause::RefreshFailing };
        assert_eq!(fail(&mut account, &lease, FailureClass::Transient, now), busy);
        assert_eq!(token(&mut account, "x", now), Some(busy));
        assert_eq!(health(&mut account, now).state, TokenState::BackingOff(BusyCause::RefreshFailing));
        now = now.plus_ms(wait_ms);
    }
    assert_eq!(health(&mut account, now).refresh_failures, 8);
    token(&mut account, "last", now);
    assert_eq!(commit(&mut account, "last", 2, now), Reply::Committed { generation: 2 });
    assert_eq!(health(&mut account, now).refresh_failures, 0);
    assert_eq!(health(&mut account, now).last_error, None);
}

#[test]
fn the_old_token_is_used_through_the_back_off() {
    let mut account = connected();
    token(&mut account, "a", DUE);
    fail(&mut account, "a", FailureClass::Transient, DUE);
    assert_eq!(generation(token(&mut account, "b", DUE)), Some(1));
    assert!(is_leased(token(&mut account, "b", DUE.plus_ms(1_000)).as_ref()));
}

#[test]
fn a_refused_client_is_nobodys_disconnection() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    let busy = Reply::Busy { retry_after_ms: 30_000, cause: BusyCause::Misconfigured };
    assert_eq!(fail(&mut account, "a", FailureClass::Misconfigured, EXPIRED), busy);
    assert_eq!(token(&mut account, "b", EXPIRED), Some(busy));
    assert!(is_leased(token(&mut account, "b", EXPIRED.plus_ms(30_000)).as_ref()));
}

#[test]
fn a_refused_grant_needs_a_person_once_the_old_token_is_spent() {
    let mut account = connected();
    token(&mut account, "a", DUE);
    let reason = ReauthReason::GrantRefused;
    assert_eq!(fail(&mut account, "a", FailureClass::GrantDead, DUE), lost(reason, 1));
    assert_eq!(health(&mut account, DUE).state, TokenState::NeedsReauth(reason));
    assert_eq!(generation(token(&mut account, "b", DUE)), Some(1));
    assert_eq!(token(&mut account, "b", EXPIRED), Some(lost(reason, 1)), "nobody has told it yet");
}

#[test]
fn a_refusal_after_a_transient_failure_is_an_unknown_outcome() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    fail(&mut account, "a", FailureClass::Transient, EXPIRED);
    let later = EXPIRED.plus_ms(1_000);
    token(&mut account, "b", later);
    let reason = ReauthReason::RefreshOutcomeUnknown;
    assert_eq!(fail(&mut account, "b", FailureClass::GrantDead, later), lost(reason, 1));
}
