//! After silence: what the holder may have left in escrow is looked for before anything is given up.

use super::*;

const SILENT: Timestamp = EXPIRED.plus_ms(30_000);

#[test]
fn while_the_old_token_lives_escrow_is_looked_into_and_nothing_is_sent_again() {
    let mut account = connected();
    token(&mut account, "a", DUE);
    let silent = DUE.plus_ms(30_000);
    let Some(Reply::LookInEscrow { leases, access: Some(_) }) = token(&mut account, "b", silent) else {
        panic!("nobody looks")
    };
    assert_eq!(leases, ["a"]);
    assert_eq!(generation(token(&mut account, "c", silent)), Some(1), "one looks, and nobody waits for that");
    ask(&mut account, Command::Looked, silent);
    assert_eq!(generation(token(&mut account, "d", silent)), Some(1), "no replay while the old one lives");
    let again = token(&mut account, "e", silent.plus_ms(10_000));
    assert!(matches!(again, Some(Reply::LookInEscrow { .. })), "KV may have said no too early");
}

#[test]
fn what_is_found_is_put_in_force_and_the_old_token_never_sent_again() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    assert!(matches!(token(&mut account, "b", SILENT), Some(Reply::LookInEscrow { .. })));
    assert_eq!(commit(&mut account, "a", 2, SILENT), Reply::Committed { generation: 2 });
    assert_eq!(generation(token(&mut account, "b", SILENT)), Some(2));
}

#[test]
fn the_others_wait_for_the_one_who_looks_but_not_for_ever() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    assert!(matches!(token(&mut account, "b", SILENT), Some(Reply::LookInEscrow { .. })));
    assert_eq!(token(&mut account, "c", SILENT.plus_ms(4_999)), None);
    assert!(matches!(token(&mut account, "c", SILENT.plus_ms(5_000)), Some(Reply::LookInEscrow { .. })));
}

#[test]
fn a_look_from_before_the_silence_does_not_count() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    lease_after_silence(&mut account, "b", SILENT);
    let later = SILENT.plus_ms(30_000);
    let Some(Reply::LookInEscrow { leases, .. }) = token(&mut account, "c", later) else { panic!("nobody looks") };
    assert_eq!(leases, ["a", "b"]);
}

#[test]
fn after_a_refusal_escrow_is_looked_through_for_ninety_seconds() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    lease_after_silence(&mut account, "b", SILENT);
    assert_eq!(fail(&mut account, "b", FailureClass::GrantDead, SILENT), Reply::Stale { generation: 1 });
    let busy = |now| Some(Reply::Busy { retry_after_ms: now, cause: BusyCause::OutcomeUnknown });
    assert_eq!(token(&mut account, "c", SILENT.plus_ms(1)), busy(89_999), "it has just been looked");
    assert_eq!(health(&mut account, SILENT).state, TokenState::Unknown);
    assert!(matches!(token(&mut account, "c", SILENT.plus_ms(10_000)), Some(Reply::LookInEscrow { .. })));
    ask(&mut account, Command::Looked, SILENT.plus_ms(89_999));
    let end = SILENT.plus_ms(90_000);
    assert!(matches!(token(&mut account, "d", end), Some(Reply::LookInEscrow { .. })), "once more at the end");
    assert_eq!(token(&mut account, "e", end), busy(1_000));
    ask(&mut account, Command::Looked, end);
    assert_eq!(token(&mut account, "d", end), Some(lost(ReauthReason::RefreshOutcomeUnknown, 1)));
}

#[test]
fn what_is_found_after_a_refusal_saves_the_account_even_when_it_was_lost() {
    for wait_ms in [1, 200_000] {
        let mut account = connected();
        token(&mut account, "a", EXPIRED);
        lease_after_silence(&mut account, "b", SILENT);
        fail(&mut account, "b", FailureClass::GrantDead, SILENT);
        let now = SILENT.plus_ms(wait_ms);
        token(&mut account, "c", now);
        ask(&mut account, Command::Looked, now);
        let is_lost = matches!(token(&mut account, "c", now), Some(Reply::NeedsReauth { .. }));
        assert_eq!(is_lost, wait_ms > 90_000);
        assert_eq!(commit(&mut account, "a", 2, now), Reply::Committed { generation: 2 });
        assert_eq!(generation(token(&mut account, "d", now)), Some(2));
        assert_eq!(health(&mut account, now).state, TokenState::Fresh);
    }
}

#[test]
fn the_deployment_sets_the_times() {
    let mut account = connected();
    let terms = Terms { lease_ms: 100, escrow_ms: 200 };
    let question =
        |lease_id: &str| Command::Token(Ask { rejected_generation: None, lease_id: lease_id.to_owned(), terms });
    lease(account.step(question("a"), EXPIRED).reply);
    let silent = EXPIRED.plus_ms(100);
    assert!(matches!(account.step(question("b"), silent).reply, Some(Reply::LookInEscrow { .. })));
    ask(&mut account, Command::Looked, silent);
    lease(account.step(question("b"), silent).reply);
    fail(&mut account, "b", FailureClass::GrantDead, silent);
    let end = silent.plus_ms(200);
    ask(&mut account, Command::Looked, end);
    let lost = account.step(question("c"), end).reply;
    assert!(matches!(lost, Some(Reply::NeedsReauth { .. })), "{lost:?}");
}
