//! Removing an account: its tokens are taken out of perch's hands first, and revoked at X.

use super::{keep::ask, out_of_reach, store};
use crate::{
    domain::{
        Sealed,
        account::{AccountRecord, Command, Connection, Grant, Reply},
        audit::Action,
        caller::Caller,
        fault::Fault,
    },
    services::{
        Context,
        audit::{self, Deed},
        tokens::{self, Place},
    },
};

/// Removes `account`. What X does not revoke is said in the log and in the audit trail: its owner can revoke it in the settings
/// of the X account.
///
/// The object gives the tokens out once, so they are revoked before anything else can fail.
///
/// # Errors
/// [`Unavailable`](crate::domain::fault::Code::Unavailable); asking again completes it.
pub async fn remove(context: &Context, caller: &Caller, account: &AccountRecord) -> Result<(), Fault> {
    let mut deed = Deed::new(Action::AccountRemove).by(caller.kid()).for_account(&account.id);
    let held = ask(context, &account.id, &Command::Forget).await;
    tokens::drop_copies(context, &account.id).await;
    if let Ok(Reply::Forgotten(Some(held))) = &held
        && let Some(left) = revoke(context, account, held).await
    {
        report(context, account, left);
        deed = deed.because(left);
    }
    let outcome = match held {
        Ok(_) => store::remove(context, &account.id).await.map_err(out_of_reach),
        Err(fault) => Err(fault),
    };
    context.memory.accounts.clear();
    audit::record(context, deed, &outcome);
    outcome
}

/// Revokes what was held, and says what X did not take.
async fn revoke(context: &Context, account: &AccountRecord, held: &Connection) -> Option<&'static str> {
    let place = Place { account: &account.id, user: &held.user, generation: held.generation };
    let Grant::OAuth2(pair) = &held.grant else {
        return Some("OAuth 1.0a tokens stay valid at X until their owner revokes them there");
    };
    // The refresh token first: it is the one that lasts.
    let refresh = match &pair.sealed_refresh {
        Some(sealed) => revoke_one(context, sealed, "refresh", place).await,
        None => true,
    };
    let access = revoke_one(context, &pair.sealed_access, "access", place).await;
    match (refresh, access) {
        (true, true) => None,
        (true, false) => Some("X did not revoke the access token"),
        (false, true) => Some("X did not revoke the refresh token"),
        (false, false) => Some("X revoked neither token"),
    }
}

async fn revoke_one(context: &Context, sealed: &Sealed, field: &'static str, place: Place<'_>) -> bool {
    let hint = if field == "refresh" { "refresh_token" } else { "access_token" };
    match tokens::open(context, sealed, field, place) {
        Ok(token) => tokens::revoke(context, &token, hint).await,
        Err(_) => false,
    }
}

fn report(context: &Context, account: &AccountRecord, left: &str) {
    context.ports.log.write(&serde_json::json!({
        "level": "warn", "message": "an account was removed, but not all at X", "reason": left,
        "account_id": account.id.as_str(), "request_id": context.call.request_id,
    }));
}
