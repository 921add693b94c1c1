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
fn a_late_commit_is_kept_while_another_has_the_lease_and_put_in_force_when_that_one_fails() {
    for class in [FailureClass::GrantDead, FailureClass::Transient] {
        let mut account = connected();
        token(&mut account, "a", EXPIRED);
        let later = EXPIRED.plus_ms(30_000);
        lease_after_silence(&mut account, "b", later);
        assert_eq!(commit(&mut account, "a", 2, later), Reply::Stale { generation: 1 });
        assert_eq!(health(&mut account, later).generation, 1, "fenced off");
        assert_eq!(fail(&mut account, "b", class, later), Reply::Stale { generation: 2 });
        assert_eq!(generation(token(&mut account, "c", later)), Some(2));
    }
}

#[test]
fn what_came_too_late_is_exchanged_when_x_refuses_what_is_in_force() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    let later = EXPIRED.plus_ms(30_000);
    lease_after_silence(&mut account, "b", later);
    assert_eq!(commit(&mut account, "b", 2, later), Reply::Committed { generation: 2 });
    assert_eq!(commit(&mut account, "a", 2, later), Reply::Stale { generation: 2 });
    assert_eq!(lease(rejected(&mut account, 2, "c", later)).sealed_under, 2);
    assert_eq!(fail(&mut account, "c", FailureClass::GrantDead, later), Reply::Stale { generation: 2 });
    let spare = lease(rejected(&mut account, 2, "d", later));
    assert_eq!((spare.sealed_under, spare.generation, spare.sealed_refresh), (2, 2, sealed("refresh", 2)));
    assert_eq!(commit(&mut account, "d", 3, later), Reply::Committed { generation: 3 });
}

#[test]
fn a_commit_from_before_the_connection_is_nobodys() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    connect(&mut account, Grant::OAuth2(pair(2, EXPIRED.plus_ms(LIFE_MS))), 2);
    assert_eq!(commit(&mut account, "a", 2, EXPIRED), Reply::Stale { generation: 2 });
    rejected(&mut account, 2, "b", EXPIRED);
    let reply = fail(&mut account, "b", FailureClass::GrantDead, EXPIRED);
    assert_eq!(reply, lost(ReauthReason::GrantRefused, 2), "nothing was kept of it");
}
