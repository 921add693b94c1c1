//! The client application's server takes over what its user's browser has brought it.

use super::{Nonce, ask, invalid};
use crate::{
    domain::{
        account::AccountRecord,
        attempt::{Command, Reply},
        audit::Action,
        caller::Caller,
        fault::Fault,
    },
    services::{
        Context, accounts,
        audit::{self, Deed},
    },
};

/// Redeems a connect code, once, within 60 s, with the key that began the attempt. The key may use the account from then on.
///
/// # Errors
/// [`AttemptInvalid`](crate::domain::fault::Code::AttemptInvalid) for every code that is not this key's to redeem now;
/// `Unavailable`.
pub async fn redeem(context: &Context, caller: &Caller, connect_code: &str) -> Result<AccountRecord, Fault> {
    let outcome = take_over(context, caller, connect_code).await;
    let mut deed = Deed::new(Action::ConnectRedeem).by(caller.kid());
    if let Ok(account) = &outcome {
        deed = deed.for_account(&account.id);
    }
    audit::record(context, deed, &outcome);
    outcome
}

async fn take_over(context: &Context, caller: &Caller, connect_code: &str) -> Result<AccountRecord, Fault> {
    let (state, secret) = parts(connect_code).ok_or_else(invalid)?;
    let command = Command::Redeem { connect_code_hash: secret.hash(), key_id: caller.kid().clone() };
    let Reply::Redeemed { account_id } = ask(context, &state, &command).await? else {
        return Err(invalid());
    };
    context.call.note(|facts| facts.account = Some(account_id.clone()));
    accounts::grant(context, caller.kid(), &account_id).await?;
    let account = accounts::load(context, &account_id).await.map_err(accounts::out_of_reach)?;
    account.ok_or_else(accounts::not_found)
}

fn parts(connect_code: &str) -> Option<(Nonce, Nonce)> {
    let (state, secret) = connect_code.split_once('.')?;
    Nonce::parse(state).zip(Nonce::parse(secret))
}
