//! Connected accounts.

use perch::{
    domain::{
        Sealed, Timestamp,
        account::{Account, Command, Connection, Grant, TokenPair},
        ids::{AccountId, UserId},
        machine::{Machine, Object},
    },
    ports::Binding,
};

use crate::{sealed_box, world::State};

/// Puts the account of this number into its object's storage, as a connection a while ago has left it.
pub(super) fn connect(state: &mut State, number: usize) -> Option<()> {
    let user = 1000 + number as u64;
    let mut bytes = [0; 16];
    state.rng.fill(&mut bytes);
    let id = AccountId::make(&bytes);
    let now = state.now;
    let (access, refresh, until) = state.x.tokens.give(user, now);
    let user_text = user.to_string();
    let sealed = |text: &str, field| {
        let binding = Binding { owner: id.as_str(), x_user_id: &user_text, field, generation: 1 };
        Sealed::from_envelope(sealed_box::seal(text, &binding))
    };
    let grant = Grant::OAuth2(TokenPair {
        sealed_access: sealed(&access, "access"),
        sealed_refresh: Some(sealed(&refresh, "refresh")),
        expires_at: Timestamp::from_ms(until),
        scopes: Vec::new(),
    });
    let connection = Connection { user: UserId::parse(&user_text).ok()?, generation: 1, grant };
    let mut account = Account::default();
    account.step(Command::Connect(Box::new(connection)), state.timestamp());
    state.seats.store(Object::Account, id.as_str(), serde_json::to_vec(&account).ok()?);
    state.ledger.sealed(&refresh, 1);
    state.ledger.watch(id, user);
    Some(())
}
