//! For whom a call is made at X, and so with which kind of credential: the account's, or the app's own.

use std::sync::Arc;

use crate::{
    domain::{
        account::{AccountKind, AccountRecord},
        caller::Caller,
        fault::{Code, Fault},
        ids::{AccountId, UserId},
        retry::Effect,
    },
    services::{Context, accounts, tokens, tokens::Credential},
    x::operation::{Auth, Operation},
};

/// The name in `Perch-Account` by which a client asks for the app's own bearer.
const APP: &str = "app";

/// For whom a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An account.
    Account(Arc<AccountRecord>),
    /// The app, which is nobody's.
    App,
    /// Anybody: X asks for no credential.
    Anybody,
}

impl Actor {
    /// Whose windows the call counts in.
    pub fn owner(&self) -> AccountId {
        match self {
            Self::Account(account) => account.id.clone(),
            Self::App | Self::Anybody => AccountId::app(),
        }
    }

    /// The X user of the account.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Account(account) => Some(account.user.clone()),
            Self::App | Self::Anybody => None,
        }
    }

    /// What to send with. `rejected` names the generation that X has just refused.
    ///
    /// # Errors
    /// As [`tokens::credential`] and [`tokens::app_credential`].
    pub async fn credential(&self, context: &Context, rejected: Option<u64>) -> Result<Option<Credential>, Fault> {
        match self {
            Self::Account(account) => tokens::credential(context, &account.id, rejected).await.map(Some),
            Self::App => tokens::app_credential(context, rejected).await.map(Some),
            Self::Anybody => Ok(None),
        }
    }

    /// X has answered a call with `credential`, which may have been the first.
    pub fn worked(&self, context: &Context, credential: Option<&Credential>, status: u16) {
        if let (Self::Account(account), Some(credential)) = (self, credential) {
            tokens::worked(context, &account.id, credential.generation(), status);
        }
    }
}

/// The actor of a call to `operation`: the app where X takes nothing else or the client asks for it; else the account that is named
/// or follows from the key, if X takes its kind of token; else the app, where that will do.
///
/// What the app itself changes at X (stream rules, webhooks, connections) concerns everybody: it takes a key for all accounts.
///
/// # Errors
/// As [`accounts::select`]; [`Code::InvalidRequest`] when X takes neither; [`Code::MissingScope`].
pub async fn choose(
    context: &Context,
    caller: &Caller,
    operation: &Operation,
    named: Option<&str>,
) -> Result<Actor, Fault> {
    let actor = pick(context, caller, operation, named).await?;
    if actor == Actor::App && operation.effect != Effect::Read && !caller.acts_for_all() {
        let detail = format!("{} changes what belongs to the app: it takes a key for all accounts.", operation.name);
        return Err(Fault::new(Code::MissingScope, detail));
    }
    Ok(actor)
}

async fn pick(context: &Context, caller: &Caller, operation: &Operation, named: Option<&str>) -> Result<Actor, Fault> {
    let auth = operation.auth;
    if auth == Auth::NONE {
        return Ok(Actor::Anybody);
    }
    if named == Some(APP) {
        return if auth.app() { Ok(Actor::App) } else { Err(not_for(operation, "the app's own token")) };
    }
    if !auth.oauth2() && !auth.oauth1() {
        return Ok(Actor::App);
    }
    let account = match accounts::select(context, caller, named).await {
        Ok(account) => account,
        Err(fault) if named.is_none() && auth.app() && fault.code == Code::AccountNeeded => return Ok(Actor::App),
        Err(fault) => return Err(fault),
    };
    match account.kind {
        AccountKind::OAuth2 if auth.oauth2() => Ok(Actor::Account(account)),
        AccountKind::OAuth1 if auth.oauth1() => Ok(Actor::Account(account)),
        _ if auth.app() => Ok(Actor::App),
        AccountKind::OAuth2 => Err(not_for(operation, "OAuth 2.0 tokens, which this account has")),
        AccountKind::OAuth1 => Err(not_for(operation, "OAuth 1.0a tokens, which this account has")),
    }
}

fn not_for(operation: &Operation, what: &str) -> Fault {
    Fault::new(Code::InvalidRequest, format!("X's {} does not take {what}.", operation.name))
}
