//! X's answer arrives with the browser: the attempt is taken once, and ends in a connected account or a refusal.

use futures_channel::oneshot;
use secrecy::SecretString;
use url::Url;

use super::{Nonce, ask, exchange, invalid, out_of_reach};
use crate::{
    domain::{
        account::AccountRecord,
        attempt::{Beginning, Command, Reply},
        audit::Action,
        fault::{Code, Fault},
    },
    services::{
        Context, accounts,
        audit::{self, Deed},
    },
};

/// How often a finished attempt is reported, until its object has heard it.
const TRIES: usize = 3;

/// What the browser brought from X.
pub struct Arrival {
    /// The attempt's name.
    pub state: Option<Nonce>,
    /// What binds the browser to it.
    pub cookie: Option<Nonce>,
    /// X's answer.
    pub verdict: Verdict,
}

/// X's answer (RFC 6749, 4.1.2).
pub enum Verdict {
    /// The person agreed: a code, good for 30 s, once.
    Agreed(SecretString),
    /// The person did not agree.
    Declined,
    /// X did not ask them, or failed.
    Failed,
    /// Nothing that X says.
    Unreadable,
}

/// Where the browser goes.
pub enum Landing {
    /// Back to the client application.
    Return(Url),
    /// Nowhere: a page says that this account is connected.
    Connected(Box<AccountRecord>),
}

/// Ends an attempt.
///
/// The code works once and within 30 s, so this runs to its end even when the browser does not wait for it.
///
/// # Errors
/// [`Code::AttemptInvalid`] for every attempt that is not this browser's to end now; [`Code::ConsentDenied`];
/// [`Code::AccountMismatch`]; what kept X from granting tokens.
pub async fn arrive(context: &Context, arrival: Arrival) -> Result<Landing, Fault> {
    let (done, landing) = oneshot::channel();
    let worker = context.clone();
    let work = async move {
        // The browser may be gone; the account is connected all the same.
        let _ = done.send(land(&worker, arrival).await);
    };
    context.ports.background.spawn(Box::pin(work));
    landing.await.unwrap_or_else(|_| Err(Fault::internal()))
}

async fn land(context: &Context, arrival: Arrival) -> Result<Landing, Fault> {
    let (Some(state), Some(cookie)) = (arrival.state, arrival.cookie) else {
        return Err(invalid());
    };
    match arrival.verdict {
        Verdict::Agreed(code) => agree(context, &state, &cookie, &code).await,
        Verdict::Declined => decline(context, &state, &cookie, declined(), "access_denied").await,
        Verdict::Failed => decline(context, &state, &cookie, failed(), "server_error").await,
        Verdict::Unreadable => Err(invalid()),
    }
}

async fn agree(context: &Context, state: &Nonce, cookie: &Nonce, code: &SecretString) -> Result<Landing, Fault> {
    let cookie_hash = cookie.hash();
    let Reply::Taken(beginning) = ask(context, state, &Command::Take { cookie_hash }).await? else {
        return Err(invalid());
    };
    context.call.note(|facts| facts.kid = Some(beginning.key_id.clone()));
    let mut deed = Deed::new(Action::ConnectFinish).by(&beginning.key_id);
    let landing = match exchange::connect(context, state, &beginning, code).await {
        Ok(account) => {
            deed = deed.for_account(&account.id);
            context.call.note(|facts| facts.account = Some(account.id.clone()));
            hand_over(context, state, *beginning, account).await
        }
        Err(fault) => Err(fault),
    };
    audit::record(context, deed, &landing);
    landing
}

/// A person at a terminal has used the key's owner's own browser, so the key gets the account at once. A client application gets
/// it when its server brings the connect code, and so proves that the browser was its user's.
async fn hand_over(
    context: &Context,
    state: &Nonce,
    beginning: Beginning,
    account: AccountRecord,
) -> Result<Landing, Fault> {
    let Some(return_uri) = &beginning.return_uri else {
        accounts::grant(context, &beginning.key_id, &account.id).await?;
        let finish = Command::Finish { account_id: account.id.clone(), connect_code_hash: None };
        // Nothing hangs on it: an attempt that is taken stays taken.
        let _ = ask(context, state, &finish).await;
        return Ok(Landing::Connected(Box::new(account)));
    };
    let secret = Nonce::draw(context.ports.entropy.as_ref()).map_err(out_of_reach)?;
    finish(context, state, &account, &secret).await?;
    let connect_code = format!("{}.{}", state.as_str(), secret.as_str());
    back_to(return_uri, ("connect_code", &connect_code), beginning.client_state.as_deref()).map(Landing::Return)
}

/// An answer that was lost may have been a yes, so a refusal after it counts as one: nobody else knows the secret.
async fn finish(context: &Context, state: &Nonce, account: &AccountRecord, secret: &Nonce) -> Result<(), Fault> {
    let command = Command::Finish { account_id: account.id.clone(), connect_code_hash: Some(secret.hash()) };
    let mut lost = None;
    for _ in 0..TRIES {
        match ask(context, state, &command).await {
            Ok(Reply::Finished) => return Ok(()),
            Ok(_) if lost.is_some() => return Ok(()),
            Ok(_) => return Err(invalid()),
            Err(fault) => lost = Some(fault),
        }
    }
    Err(lost.unwrap_or_else(Fault::internal))
}

async fn decline(
    context: &Context,
    state: &Nonce,
    cookie: &Nonce,
    fault: Fault,
    error: &'static str,
) -> Result<Landing, Fault> {
    let cookie_hash = cookie.hash();
    let Reply::Denied(beginning) = ask(context, state, &Command::Deny { cookie_hash }).await? else {
        return Err(invalid());
    };
    context.call.note(|facts| facts.kid = Some(beginning.key_id.clone()));
    let outcome: Result<(), Fault> = Err(fault.clone());
    audit::record(context, Deed::new(Action::ConnectFinish).by(&beginning.key_id), &outcome);
    match &beginning.return_uri {
        Some(uri) => back_to(uri, ("error", error), beginning.client_state.as_deref()).map(Landing::Return),
        None => Err(fault),
    }
}

fn declined() -> Fault {
    Fault::new(Code::ConsentDenied, "The X account was not connected, because its owner declined.")
}

/// X's own words are not repeated: they came through the browser, and anybody can have written them.
fn failed() -> Fault {
    Fault::new(Code::XRejected, "X ended the connection without asking. Begin a new one, perhaps with other scopes.")
}

/// The client application's address, with what it is told (RFC 6749, 4.1.2).
fn back_to(return_uri: &str, told: (&str, &str), client_state: Option<&str>) -> Result<Url, Fault> {
    let mut url = Url::parse(return_uri).map_err(|_| Fault::internal())?;
    url.query_pairs_mut().append_pair(told.0, told.1).extend_pairs(client_state.map(|state| ("state", state)));
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_added_to_the_return_address() {
        let back = |uri: &str, state| back_to(uri, ("connect_code", "a.b"), state).unwrap().to_string();
        assert_eq!(back("https://app.example/c", None), "https://app.example/c?connect_code=a.b");
        assert_eq!(
            back("https://app.example/c?x=1", Some("s&t=ü")),
            "https://app.example/c?x=1&connect_code=a.b&state=s%26t%3D%C3%BC"
        );
    }
}
