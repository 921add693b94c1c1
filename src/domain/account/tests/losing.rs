//! Before an account is lost everything has been tried, and no second spent token was among it; then it is told once.

use super::*;

/// An account whose second generation nobody has seen at work.
fn renewed() -> Account {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    commit(&mut account, "a", 2, EXPIRED);
    account
}

#[test]
fn when_x_rolls_back_a_renewal_the_token_before_it_is_tried_once() {
    let mut account = renewed();
    lease(rejected(&mut account, 2, "b", EXPIRED));
    assert_eq!(fail(&mut account, "b", FailureClass::GrantDead, EXPIRED), Reply::Stale { generation: 2 });
    let before = lease(rejected(&mut account, 2, "c", EXPIRED));
    assert_eq!((before.sealed_refresh, before.sealed_under, before.generation), (sealed("refresh", 1), 1, 2));
    let mut refused = account.clone();
    assert_eq!(commit(&mut account, "c", 3, EXPIRED), Reply::Committed { generation: 3 });
    let reply = fail(&mut refused, "c", FailureClass::GrantDead, EXPIRED);
    assert_eq!(reply, lost(ReauthReason::GrantRefused, 2));
}

#[test]
fn the_token_before_is_not_tried_once_the_new_one_has_worked() {
    let mut account = renewed();
    assert!(account.step(Command::Worked { generation: 2 }, EXPIRED).store);
    assert!(!account.step(Command::Worked { generation: 2 }, EXPIRED).store);
    rejected(&mut account, 2, "b", EXPIRED);
    assert_eq!(fail(&mut account, "b", FailureClass::GrantDead, EXPIRED), lost(ReauthReason::GrantRefused, 2));
}

#[test]
fn the_token_before_is_not_tried_when_the_new_one_may_be_spent_or_was_not_rejected() {
    let mut doubtful = renewed();
    rejected(&mut doubtful, 2, "b", EXPIRED);
    fail(&mut doubtful, "b", FailureClass::Transient, EXPIRED);
    let later = EXPIRED.plus_ms(1_000);
    rejected(&mut doubtful, 2, "c", later);
    let reply = fail(&mut doubtful, "c", FailureClass::GrantDead, later);
    assert_eq!(reply, lost(ReauthReason::RefreshOutcomeUnknown, 2), "that would be a second spent token");

    let mut idle = renewed();
    let expired = EXPIRED.plus_ms(LIFE_MS);
    token(&mut idle, "b", expired);
    let reply = fail(&mut idle, "b", FailureClass::GrantDead, expired);
    assert_eq!(reply, lost(ReauthReason::GrantRefused, 2), "X has revoked it: nothing was rolled back");
}

#[test]
fn a_loss_is_handed_to_one_teller_until_it_is_told() {
    let mut account = connected();
    let reason = ReauthReason::GrantRefused;
    token(&mut account, "a", EXPIRED);
    assert_eq!(fail(&mut account, "a", FailureClass::GrantDead, EXPIRED), lost(reason, 1));
    let known = Some(Reply::NeedsReauth { reason, announce: None });
    assert_eq!(token(&mut account, "b", EXPIRED), known);
    let later = EXPIRED.plus_ms(30_000);
    let step = account.step(question(None, "c"), later);
    assert_eq!(step.reply, Some(lost(reason, 1)), "the first teller is gone");
    assert!(step.store, "whose turn it is outlives the process");
    assert!(account.step(Command::Announced { generation: 1 }, later).store);
    assert_eq!(token(&mut account, "d", later.plus_ms(60_000)), known);
}
