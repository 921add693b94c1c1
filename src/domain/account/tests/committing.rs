//! The fence: which commits are taken.

use super::*;

#[test]
fn a_commit_repeated_after_a_lost_answer_is_recognised() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    assert_eq!(commit(&mut account, "a", 2, EXPIRED), Reply::Committed { generation: 2 });
    assert_eq!(commit(&mut account, "a", 2, EXPIRED), Reply::Committed { generation: 2 });
    assert_eq!(health(&mut account, EXPIRED).generation, 2);
}

#[test]
fn a_foreign_lease_or_generation_is_refused() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    for (lease, generation) in [("b", 2), ("a", 1), ("a", 3), ("a", 0)] {
        assert_eq!(commit(&mut account, lease, generation, EXPIRED), Reply::Stale { generation: 1 });
    }
    assert_eq!(health(&mut account, EXPIRED).generation, 1);
    assert_eq!(fail(&mut account, "b", FailureClass::GrantDead, EXPIRED), Reply::Stale { generation: 1 });
    assert_eq!(health(&mut account, EXPIRED).state, TokenState::Leased);
}

#[test]
fn a_late_commit_is_taken_while_nobody_else_has_the_lease() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    let late = EXPIRED.plus_ms(60_000);
    assert_eq!(health(&mut account, late).state, TokenState::Unknown);
    assert_eq!(commit(&mut account, "a", 2, late), Reply::Committed { generation: 2 });
}

#[test]
fn after_silence_the_old_token_is_used_up_and_then_another_may_lease() {
    let mut account = connected();
    token(&mut account, "a", DUE);
    let silent = DUE.plus_ms(30_000);
    assert_eq!(generation(token(&mut account, "b", silent)), Some(1), "no replay while the old one lives");
    let Some(Reply::Leased(lease)) = token(&mut account, "b", EXPIRED) else { panic!("no lease") };
    assert_eq!(lease.lease_id, "b");
    assert_eq!(token(&mut account, "c", EXPIRED), None);
}

#[test]
fn a_refusal_after_silence_is_an_unknown_outcome() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    let later = EXPIRED.plus_ms(30_000);
    token(&mut account, "b", later);
    let reason = ReauthReason::RefreshOutcomeUnknown;
    assert_eq!(fail(&mut account, "b", FailureClass::GrantDead, later), Reply::NeedsReauth { reason });
}

#[test]
fn the_tokens_of_a_holder_believed_dead_save_the_account() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    let later = EXPIRED.plus_ms(30_000);
    token(&mut account, "b", later);
    assert_eq!(commit(&mut account, "a", 2, later), Reply::Stale { generation: 1 });
    assert_eq!(health(&mut account, later).generation, 1, "fenced off");
    let reply = fail(&mut account, "b", FailureClass::GrantDead, later);
    assert_eq!(reply, Reply::Stale { generation: 2 });
    assert_eq!(generation(token(&mut account, "c", later)), Some(2));
}
