//! A browser opens an attempt: it is bound to it, and sent to X's consent page.

use url::Url;

use super::{Nonce, ask, invalid, out_of_reach, redirect_uri, verifier};
use crate::{
    domain::{
        attempt::{Command, Reply},
        fault::Fault,
    },
    services::Context,
    x::oauth2::{self, Client},
};

/// An attempt that a browser has opened.
pub struct Opened {
    /// X's consent page for it.
    pub consent: Url,
    /// What the browser must bring with X's answer.
    pub cookie: Nonce,
}

/// Opens the attempt called `state` for the browser with `cookie`. A browser that has one keeps it, so that it may have several
/// attempts open at once.
///
/// # Errors
/// [`AttemptInvalid`](crate::domain::fault::Code::AttemptInvalid), or `Unavailable`.
pub async fn open(context: &Context, state: &str, cookie: Option<Nonce>) -> Result<Opened, Fault> {
    let state = Nonce::parse(state).ok_or_else(invalid)?;
    let cookie = match cookie {
        Some(cookie) => cookie,
        None => Nonce::draw(context.ports.entropy.as_ref()).map_err(out_of_reach)?,
    };
    let cookie_hash = cookie.hash();
    let Reply::Bound(beginning) = ask(context, &state, &Command::Bind { cookie_hash }).await? else {
        return Err(invalid());
    };
    context.call.note(|facts| facts.kid = Some(beginning.key_id.clone()));
    let x = &context.config.x;
    let client = Client { id: &x.client_id, secret: x.client_secret.as_ref() };
    let verifier = verifier(context, &state, &beginning)?;
    let redirect = redirect_uri(context)?;
    let page = &x.authorize_url;
    oauth2::consent_url(page, client, &redirect, &beginning.scopes, state.as_str(), &verifier)
        .map(|consent| Opened { consent, cookie })
        .map_err(|_| Fault::internal())
}
