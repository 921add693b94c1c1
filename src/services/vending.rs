//! Handing X's tokens to servers that must talk to X themselves, so that perch alone refreshes them.
//!
//! Whoever asks proves a key, by a refresh handle or as a client; the key must have the scope `tokens:vend`, which nothing else
//! implies. Every token that is handed out, and every refusal of a key that was proven, is audited.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{
    Context, accounts,
    audit::{self, Deed},
    keys,
    tokens::{self, Credential},
};
use crate::{
    domain::{
        account::{AccountKind, AccountRecord},
        api_key::{ApiKey, ConsumerKey, KeyHash, KeyRecord, RefreshHandle, Scope, SigningSecrets, Standing},
        audit::Action,
        fault::{Code, Fault},
    },
    ports::Unavailable,
};

/// What is asked for, and what proves that it may be.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The access token of an account, for its refresh handle.
    Refresh(RefreshHandle),
    /// The app's own bearer, for a key: its id, and its whole text.
    App(ApiKey),
    /// The same, for the consumer key and secret that the key has issued.
    AppOfConsumer(ConsumerKey, SecretString),
}

/// A proven key, and for which account.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The key.
    pub record: Arc<KeyRecord>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Account { serial: u32, account: Box<AccountRecord> },
    App,
    AppOfConsumer { serial: u32 },
}

/// What is handed out.
#[derive(Clone, Debug)]
pub struct Vended {
    /// The token.
    pub token: SecretString,
    /// Whole seconds it still lives, at least 1; nothing for one that does not end.
    pub expires_in_s: Option<u64>,
    /// The scopes X granted; nothing for the app's own.
    pub scopes: Option<Vec<String>>,
}

/// Finds the key that `asked` proves.
///
/// # Errors
/// [`Code::InvalidKey`] for whatever proves nothing, [`Code::Unavailable`].
pub async fn prove(context: &Context, asked: &Asked) -> Result<Proven, Fault> {
    let proven = match asked {
        Asked::Refresh(handle) => of_handle(context, handle).await,
        Asked::App(key) => of_key(context, key).await,
        Asked::AppOfConsumer(key, secret) => of_consumer(context, key, secret).await,
    };
    let proven = proven.map_err(|e| out_of_reach(&e))?.ok_or_else(invalid)?;
    context.call.note(|facts| facts.kid = Some(proven.record.kid.clone()));
    Ok(proven)
}

type Found = Result<Option<Proven>, Unavailable>;

async fn of_handle(context: &Context, handle: &RefreshHandle) -> Found {
    let Some(record) = keys::recent(context, handle.kid()).await? else { return Ok(None) };
    let Some(account) = accounts::by_x_user(context, handle.user()).await? else { return Ok(None) };
    let serial = record.refresh_handles.serial();
    let serial = serial.filter(|serial| handle.is_issued(&context.config.pepper, *serial, &account.id));
    Ok(serial.map(|serial| Proven { record, what: What::Account { serial, account: Box::new(account) } }))
}

async fn of_key(context: &Context, key: &ApiKey) -> Found {
    let record = keys::lookup(context, key.kid()).await?;
    let known = record.as_ref().map_or_else(KeyHash::nobody, |record| record.hash);
    let matches = known.matches(&key.hash(&context.config.pepper));
    Ok(record.filter(|_| matches).map(|record| Proven { record, what: What::App }))
}

async fn of_consumer(context: &Context, key: &ConsumerKey, secret: &SecretString) -> Found {
    let Some(record) = keys::recent(context, &key.0).await? else { return Ok(None) };
    let serial = record.oauth1.serial().filter(|serial| {
        let issued = SigningSecrets::consumer(&context.config.pepper, &key.0, *serial);
        issued.expose_secret().as_bytes().ct_eq(secret.expose_secret().as_bytes()).into()
    });
    Ok(serial.map(|serial| Proven { record, what: What::AppOfConsumer { serial } }))
}

/// Hands out what was asked for with a proven key, whose record is `newest` now.
///
/// # Errors
/// [`Code::InvalidKey`] when the key or what it issued has ended; [`Code::MissingScope`]; [`Code::AccountNotFound`] when the account is
/// no longer the key's; and why there is no token.
pub async fn vend(context: &Context, proven: &Proven, newest: Result<Arc<KeyRecord>, Fault>) -> Result<Vended, Fault> {
    let vended = match newest {
        Ok(newest) => permitted(context, proven, &newest).await,
        Err(fault) => Err(fault),
    };
    let mut deed = Deed::new(Action::TokenVend).by(&proven.record.kid);
    if let What::Account { account, .. } = &proven.what {
        deed = deed.for_account(&account.id);
    }
    audit::record(context, deed, &vended);
    vended
}

async fn permitted(context: &Context, proven: &Proven, newest: &KeyRecord) -> Result<Vended, Fault> {
    let still_issued = match &proven.what {
        What::App => true,
        What::Account { serial, .. } => newest.refresh_handles.serial() == Some(*serial),
        What::AppOfConsumer { serial } => newest.oauth1.serial() == Some(*serial),
    };
    if !still_issued || newest.standing(context.now()) != Standing::Active {
        return Err(invalid());
    }
    if !newest.scopes.allows(Scope::TokensVend) {
        let detail = "The key lacks the scope tokens:vend, which no other scope implies.";
        return Err(Fault::new(Code::MissingScope, detail));
    }
    match &proven.what {
        What::Account { account, .. } => of_account(context, account, newest).await,
        What::App | What::AppOfConsumer { .. } => of_app(context).await,
    }
}

async fn of_account(context: &Context, account: &AccountRecord, newest: &KeyRecord) -> Result<Vended, Fault> {
    if !newest.accounts.permits(&account.id) {
        return Err(Fault::new(Code::AccountNotFound, "The key may no longer use this account."));
    }
    context.call.note(|facts| facts.account = Some(account.id.clone()));
    if account.kind == AccountKind::OAuth1 {
        return Err(Fault::new(Code::Conflict, "The account's OAuth 1.0a token is not handed out."));
    }
    match tokens::lasting(context, &account.id).await? {
        Credential::Bearer { token, expires_at: Some(end), .. } => Ok(Vended {
            token,
            expires_in_s: Some((end.ms_since(context.now()) / 1000).max(1)),
            scopes: Some(account.scopes.clone()),
        }),
        _ => Err(Fault::internal()),
    }
}

async fn of_app(context: &Context) -> Result<Vended, Fault> {
    match tokens::app_credential(context, None).await? {
        Credential::Bearer { token, .. } => Ok(Vended { token, expires_in_s: None, scopes: None }),
        Credential::Sign { .. } => Err(Fault::internal()),
    }
}

/// What whoever proves nothing is told.
fn invalid() -> Fault {
    Fault::new(Code::InvalidKey, "What was sent does not prove a key: it is unknown, wrong or has ended.")
}

fn out_of_reach(_: &Unavailable) -> Fault {
    Fault::new(Code::Unavailable, "Keys and accounts cannot be looked up at the moment.").with_retry_after(2)
}
