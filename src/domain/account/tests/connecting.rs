//! Connecting, removing, pausing, and what an OAuth 1.0a account does.

use super::*;

#[test]
fn an_account_nobody_connected_has_no_token() {
    let mut account = Account::default();
    assert_eq!(token(&mut account, "a", NOW), Some(Reply::NotConnected));
    assert_eq!(health(&mut account, NOW).state, TokenState::NotConnected);
}

#[test]
fn connecting_again_moves_the_generation_on() {
    let mut account = connected();
    let stale = connect(&mut account, Grant::OAuth2(pair(1, EXPIRED)), 1);
    assert_eq!(stale, Reply::Stale { generation: 1 });
    let renewed = connect(&mut account, Grant::OAuth2(pair(2, EXPIRED)), 2);
    assert_eq!(renewed, Reply::Connected { generation: 2 });
    assert_eq!(generation(token(&mut account, "a", NOW)), Some(2));
}

#[test]
fn an_account_is_never_pointed_at_another_user() {
    let mut account = connected();
    let user = UserId::parse("12").unwrap();
    let grant = Grant::OAuth2(pair(2, EXPIRED));
    let reply = ask(&mut account, Command::Connect(Box::new(Connection { user, generation: 2, grant })), NOW);
    assert_eq!(reply, Reply::OtherUser);
    assert_eq!(generation(token(&mut account, "a", NOW)), Some(1));
}

#[test]
fn connecting_ends_every_trouble() {
    let mut account = connected();
    assert!(is_leased(token(&mut account, "a", EXPIRED).as_ref()));
    fail(&mut account, "a", FailureClass::GrantDead, EXPIRED);
    connect(&mut account, Grant::OAuth2(pair(2, EXPIRED.plus_ms(LIFE_MS))), 2);
    assert_eq!(generation(token(&mut account, "b", EXPIRED)), Some(2));
    assert!(is_leased(token(&mut account, "b", EXPIRED.plus_ms(LIFE_MS)).as_ref()));
    assert_eq!(commit(&mut account, "a", 2, EXPIRED), Reply::Stale { generation: 2 });
}

#[test]
fn removal_hands_out_what_was_held_and_keeps_the_generation() {
    let mut account = connected();
    assert!(is_leased(token(&mut account, "a", EXPIRED).as_ref()));
    let step = account.step(Command::Forget, EXPIRED);
    assert!(step.store);
    let Some(Reply::Forgotten(Some(held))) = step.reply else { panic!("nothing handed out") };
    assert_eq!((held.generation, held.grant), (1, Grant::OAuth2(pair(1, EXPIRED))));
    assert_eq!(token(&mut account, "b", EXPIRED), Some(Reply::NotConnected));
    assert_eq!(commit(&mut account, "a", 2, EXPIRED), Reply::Stale { generation: 1 });
    assert_eq!(ask(&mut account, Command::Forget, EXPIRED), Reply::Forgotten(None));
    assert_eq!(connect(&mut account, Grant::OAuth2(pair(1, EXPIRED)), 1), Reply::Stale { generation: 1 });
}

#[test]
fn a_paused_account_gives_nothing() {
    let mut account = connected();
    assert!(account.step(Command::SetPaused { paused: true }, NOW).store);
    assert!(!account.step(Command::SetPaused { paused: true }, NOW).store);
    assert_eq!(token(&mut account, "a", NOW), Some(Reply::Paused));
    ask(&mut account, Command::SetPaused { paused: false }, NOW);
    assert_eq!(generation(token(&mut account, "a", NOW)), Some(1));
}

#[test]
fn oauth1_tokens_neither_expire_nor_renew() {
    let mut account = Account::default();
    let grant = Grant::OAuth1 { sealed_token: sealed("token", 1), sealed_secret: sealed("secret", 1) };
    connect(&mut account, grant, 1);
    let far = NOW.plus_ms(1000 * LIFE_MS);
    let Some(Reply::Sign(token)) = token(&mut account, "a", far) else { panic!("no token") };
    assert_eq!((token.sealed_secret, token.generation), (sealed("secret", 1), 1));
    let refused = rejected(&mut account, 1, "a", far);
    assert_eq!(refused, Some(Reply::NeedsReauth { reason: ReauthReason::TokenRejected, announce: None }));
    assert_eq!(health(&mut account, far).state, TokenState::Fresh);
}
