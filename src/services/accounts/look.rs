//! How an account is, and renewing its token because somebody asks.

use super::{keep::ask, not_found};
use crate::{
    domain::{
        account::{AccountKind, AccountRecord, Command, Health, Reply},
        fault::{Code, Fault},
    },
    services::{Context, tokens},
};

/// How the account is, as its object knows.
///
/// # Errors
/// [`Code::Unavailable`].
pub async fn health(context: &Context, account: &AccountRecord) -> Result<Health, Fault> {
    match ask(context, &account.id, &Command::Health).await? {
        Reply::Health(health) => Ok(*health),
        _ => Err(Fault::internal()),
    }
}

/// Renews the account's token now, whether or not it is due.
///
/// The object is told that X has refused the current generation: what it knows no better than to renew.
///
/// # Errors
/// [`Code::Conflict`] for OAuth 1.0a tokens, which are not renewed; else why there is no new token.
pub async fn refresh(context: &Context, account: &AccountRecord) -> Result<(), Fault> {
    if account.kind == AccountKind::OAuth1 {
        return Err(Fault::new(Code::Conflict, "OAuth 1.0a tokens do not end, so there is nothing to refresh."));
    }
    let generation = health(context, account).await?.generation;
    if generation == 0 {
        return Err(not_found());
    }
    tokens::credential(context, &account.id, Some(generation)).await.map(|_| ())
}
