//! The beginning: an attempt is given its name and its verifier.

use super::{Nonce, Wish, ask, base, binding, invalid, out_of_reach};
use crate::{
    domain::{
        Sealed, Timestamp,
        attempt::{Beginning, Command, Reply, TIME_TO_LIVE_MS},
        audit::Action,
        caller::Caller,
        fault::Fault,
        ids::AccountId,
    },
    services::{
        Context, accounts,
        audit::{self, Deed},
    },
};

/// An attempt that has begun.
pub struct Begun {
    /// Its name.
    pub state: Nonce,
    /// Where a browser opens it.
    pub url: String,
    /// When it is over by itself.
    pub expires_at: Timestamp,
}

/// Begins an attempt for `caller`.
///
/// # Errors
/// [`InvalidFields`](crate::domain::fault::Code::InvalidFields) for what the key may not ask, `AccountNotFound` for an account it
/// may not use, `Unavailable`.
pub async fn begin(context: &Context, caller: &Caller, wish: Wish) -> Result<Begun, Fault> {
    let outcome = check_and_begin(context, caller, wish).await;
    audit::record(context, Deed::new(Action::ConnectBegin).by(caller.kid()), &outcome);
    outcome
}

async fn check_and_begin(context: &Context, caller: &Caller, wish: Wish) -> Result<Begun, Fault> {
    let (wish, scopes) = wish.settle(caller.record())?;
    let account_expected = match &wish.account {
        Some(id) => Some(accounts::usable(context, caller, id).await?.id),
        None => None,
    };
    let state = Nonce::draw(context.ports.entropy.as_ref()).map_err(out_of_reach)?;
    let beginning = beginning(context, caller, &state, wish, scopes, account_expected)?;
    let expires_at = beginning.created_at.plus_ms(TIME_TO_LIVE_MS);
    match ask(context, &state, &Command::Begin(Box::new(beginning))).await? {
        Reply::Begun => {
            let url = format!("{}/connect/{}", base(context), state.as_str());
            Ok(Begun { state, url, expires_at })
        }
        _ => Err(invalid()),
    }
}

fn beginning(
    context: &Context,
    caller: &Caller,
    state: &Nonce,
    wish: Wish,
    scopes: Vec<String>,
    account_expected: Option<AccountId>,
) -> Result<Beginning, Fault> {
    // 43 characters of the unreserved set, as RFC 7636, 4.1 asks.
    let verifier = Nonce::draw(context.ports.entropy.as_ref()).map_err(out_of_reach)?;
    let sealed = context.ports.sealed_box.seal(&verifier.as_str().into(), &binding(state));
    Ok(Beginning {
        key_id: caller.kid().clone(),
        sealed_verifier: Sealed::from_envelope(sealed.map_err(|_| Fault::internal())?),
        scopes,
        return_uri: wish.return_uri,
        client_state: wish.state,
        account_expected,
        label: wish.label,
        created_at: context.now(),
    })
}
