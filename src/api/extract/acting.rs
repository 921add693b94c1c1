//! A caller, and the account it acts for.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use http::{StatusCode, request::Parts};

use crate::{
    api::XJson,
    domain::{
        account::AccountRecord,
        api_key::Scope,
        caller::Caller,
        fault::{Code, Fault},
        tweet::TweetId,
    },
    gateway::operation,
    services::{
        Context, accounts,
        engagement::{self, Engagement},
    },
};

/// Who asks, and for which account: the one in `Perch-Account`, else the key's default.
pub struct Acting {
    /// The surroundings of the request.
    pub context: Context,
    /// Who asks.
    pub caller: Caller,
    named: Option<String>,
    idempotency_key: Result<Option<String>, Fault>,
}

impl Acting {
    /// The account to act for. Asked for after the scope, so that a key without it learns of no account.
    ///
    /// # Errors
    /// When it is unknown, not the caller's, or not named at all.
    pub async fn account(&self) -> Result<Arc<AccountRecord>, Fault> {
        accounts::select(&self.context, &self.caller, self.named.as_deref()).await
    }

    /// The client's own name for what it asks for.
    ///
    /// # Errors
    /// As [`operation::idempotency_key`].
    pub fn idempotency_key(&self) -> Result<Option<&str>, Fault> {
        self.idempotency_key.as_ref().map(Option::as_deref).map_err(Clone::clone)
    }

    /// Whether the app itself is named instead of an account.
    pub fn names_the_app(&self) -> bool {
        self.named.as_deref() == Some("app")
    }

    /// Lets the account do something with a tweet, if the caller has `scope`.
    ///
    /// # Errors
    /// As [`engagement::engage`].
    pub async fn engage(&self, scope: Scope, engagement: Engagement, tweet: TweetPath) -> Result<XJson, Fault> {
        self.caller.require(scope)?;
        let account = self.account().await?;
        let answer = engagement::engage(&self.context, &self.caller, &account, engagement, &tweet.0).await?;
        Ok(XJson(StatusCode::OK, answer))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Acting {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        let context = parts.extensions.get::<Context>().cloned().ok_or_else(Fault::internal)?;
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(Fault::internal)?;
        let named = parts.headers.get("perch-account").map(|value| value.to_str().unwrap_or_default().to_owned());
        let idempotency_key = operation::idempotency_key(&parts.headers);
        Ok(Self { context, caller, named, idempotency_key })
    }
}

/// The tweet that the path names.
pub struct TweetPath(pub TweetId);

impl<S: Send + Sync> FromRequestParts<S> for TweetPath {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(text)| TweetId::parse(&text).ok());
        id.map(Self).ok_or_else(|| Fault::new(Code::InvalidRequest, "A tweet's id has 1 to 19 digits."))
    }
}
