mod committing;
mod connecting;
mod failing;
mod losing;
mod one_hand;
mod renewing;
mod searching;

use super::*;
use crate::domain::{Sealed, ids::UserId, window::LearnedWindow};

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const LIFE_MS: u64 = 7_200_000;

fn sealed(name: &str, generation: u64) -> Sealed {
    Sealed::from_envelope(format!("{name}{generation}"))
}

fn user() -> UserId {
    UserId::parse("2244994945").unwrap()
}

fn pair(generation: u64, expires_at: Timestamp) -> TokenPair {
    TokenPair {
        sealed_access: sealed("access", generation),
        sealed_refresh: Some(sealed("refresh", generation)),
        expires_at,
        scopes: vec!["tweet.read".to_owned(), "offline.access".to_owned()],
    }
}

fn connect(account: &mut Account, grant: Grant, generation: u64) -> Reply {
    ask(account, Command::Connect(Box::new(Connection { user: user(), generation, grant })), NOW)
}

/// An account connected at [`NOW`] with tokens of two hours.
fn connected() -> Account {
    let mut account = Account::default();
    let reply = connect(&mut account, Grant::OAuth2(pair(1, NOW.plus_ms(LIFE_MS))), 1);
    assert_eq!(reply, Reply::Connected { generation: 1 });
    account
}

fn ask(account: &mut Account, command: Command, now: Timestamp) -> Reply {
    account.step(command, now).reply.expect("answered at once")
}

fn question(rejected_generation: Option<u64>, lease_id: &str) -> Command {
    Command::Token(Ask { rejected_generation, lease_id: lease_id.to_owned(), terms: Terms::default() })
}

fn token(account: &mut Account, lease_id: &str, now: Timestamp) -> Option<Reply> {
    account.step(question(None, lease_id), now).reply
}

fn rejected(account: &mut Account, generation: u64, lease_id: &str, now: Timestamp) -> Option<Reply> {
    account.step(question(Some(generation), lease_id), now).reply
}

/// The lease on an expired token that an earlier holder has fallen silent about: nothing is in escrow.
fn lease_after_silence(account: &mut Account, lease_id: &str, now: Timestamp) -> Lease {
    let looks = token(account, lease_id, now);
    assert!(matches!(looks, Some(Reply::LookInEscrow { access: None, .. })), "{looks:?}");
    assert_eq!(ask(account, Command::Looked, now), Reply::Done);
    lease(token(account, lease_id, now))
}

fn lease(reply: Option<Reply>) -> Lease {
    match reply {
        Some(Reply::Leased(lease)) => lease,
        other => panic!("no lease: {other:?}"),
    }
}

fn lost(reason: ReauthReason, generation: u64) -> Reply {
    Reply::NeedsReauth { reason, announce: Some(generation) }
}

fn commit(account: &mut Account, lease_id: &str, generation: u64, now: Timestamp) -> Reply {
    let renewed = Renewed {
        sealed_access: sealed("access", generation),
        sealed_refresh: sealed("refresh", generation),
        expires_at: now.plus_ms(LIFE_MS),
    };
    ask(account, Command::Commit(Box::new(Commit { lease_id: lease_id.to_owned(), generation, renewed })), now)
}

fn fail(account: &mut Account, lease_id: &str, class: FailureClass, now: Timestamp) -> Reply {
    let reason = "server_error".to_owned();
    ask(account, Command::RefreshFailed { lease_id: lease_id.to_owned(), class, reason }, now)
}

fn health(account: &mut Account, now: Timestamp) -> Health {
    match ask(account, Command::Health, now) {
        Reply::Health(health) => *health,
        other => panic!("no health: {other:?}"),
    }
}

fn generation(reply: Option<Reply>) -> Option<u64> {
    match reply {
        Some(Reply::Fresh(access)) => {
            assert_eq!(access.sealed_access, sealed("access", access.generation));
            Some(access.generation)
        }
        _ => None,
    }
}

fn is_leased(reply: Option<&Reply>) -> bool {
    matches!(reply, Some(Reply::Leased(_)))
}

const EXPIRED: Timestamp = NOW.plus_ms(LIFE_MS);
const DUE: Timestamp = EXPIRED.minus_ms(120_000);

#[test]
fn windows_are_learned_and_stored_once_each() {
    let mut account = connected();
    let heard = |remaining| Command::Learn {
        windows: vec![LearnedWindow {
            name: "POST /2/tweets".to_owned(),
            limit: 100,
            remaining,
            reset_at: NOW.plus_ms(900_000),
        }],
    };
    assert!(account.step(heard(50), NOW).store);
    assert!(!account.step(heard(49), NOW).store);
    assert!(account.step(heard(0), NOW).store, "a used-up window outlives the process");
    let Reply::Windows(windows) = ask(&mut account, Command::Windows, NOW) else { panic!("no windows") };
    assert_eq!(windows.iter().map(|window| window.remaining).collect::<Vec<_>>(), [0]);
}

#[test]
fn the_newest_trouble_is_shown() {
    let mut account = connected();
    let note = |at| Command::NoteError { code: "upstream_forbidden".to_owned(), at };
    assert!(account.step(note(NOW), NOW).store);
    assert!(!account.step(note(NOW.plus_ms(1)), NOW).store);
    assert_eq!(health(&mut account, NOW).last_error.unwrap().at, NOW.plus_ms(1));
}

#[test]
fn the_state_survives_storage_and_is_never_printed_unsealed() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    let stored = serde_json::to_string(&account).unwrap();
    let mut restored: Account = serde_json::from_str(&stored).unwrap();
    assert_eq!(token(&mut restored, "b", EXPIRED), None, "the lease still binds");
    assert!(!format!("{account:?}").contains("refresh1"));
}
