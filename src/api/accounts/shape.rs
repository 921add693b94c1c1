//! Accounts as clients see them.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        account::{self, AccountKind, AccountRecord, TokenState},
        api_key::KeyRecord,
        caller::Caller,
        fault::Fault,
        window,
    },
    gateway::problem::rfc3339,
    services::{Context, keys},
};

/// X's envelope around one thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// The thing.
    pub data: T,
}

impl<T> Data<T> {
    /// `data` in its envelope, as JSON.
    pub const fn json(data: T) -> Json<Self> {
        Json(Self { data })
    }
}

/// The accounts a key may use.
#[derive(Debug, Serialize, ToSchema)]
pub struct List {
    data: Vec<Account>,
    meta: Meta,
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Meta {
    result_count: usize,
}

impl List {
    /// `records`, as `caller` sees them.
    pub fn of(caller: &Caller, records: &[AccountRecord]) -> Self {
        Self {
            data: records.iter().map(|record| Account::of(caller.record(), record)).collect(),
            meta: Meta { result_count: records.len() },
        }
    }
}

/// A connected X account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// perch's id of it, `acc_…`.
    id: String,
    /// X's id of its user.
    x_user_id: String,
    /// The handle, without `@`, as it was when the account was last connected.
    username: String,
    /// The name shown.
    name: String,
    /// Your own name for it.
    label: Option<String>,
    /// `oauth2` or `oauth1`.
    #[schema(value_type = String)]
    kind: AccountKind,
    /// The scopes X granted; none for OAuth 1.0a.
    scopes: Vec<String>,
    /// Whether calls for it are refused.
    paused: bool,
    /// Whether it is the account this key uses when a request names none.
    is_default: bool,
    /// When it was first connected, in RFC 3339.
    connected_at: String,
    /// When this last changed, in RFC 3339.
    updated_at: String,
    /// How it is, where one account is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<Health>,
}

impl Account {
    /// `record`, as the caller with `key` sees it.
    pub fn of(key: &KeyRecord, record: &AccountRecord) -> Self {
        Self {
            id: record.id.to_string(),
            x_user_id: record.user.to_string(),
            username: record.username.clone(),
            name: record.name.clone(),
            label: record.label.clone(),
            kind: record.kind,
            scopes: record.scopes.clone(),
            paused: record.paused,
            is_default: key.default_account.as_ref() == Some(&record.id),
            connected_at: rfc3339(record.connected_at),
            updated_at: rfc3339(record.updated_at),
            health: None,
        }
    }

    /// `record`, as the caller's key sees it after a change to the key.
    ///
    /// # Errors
    /// [`Unavailable`](crate::domain::fault::Code::Unavailable).
    pub async fn now(context: &Context, caller: &Caller, record: &AccountRecord) -> Result<Self, Fault> {
        let key = keys::lookup(context, caller.kid()).await;
        let key = key.map_err(crate::services::accounts::out_of_reach)?;
        Ok(Self::of(key.as_deref().unwrap_or(caller.record()), record))
    }

    /// With how it is.
    #[must_use]
    pub fn with_health(mut self, health: account::Health) -> Self {
        self.health = Some(health.into());
        self
    }
}

/// How an account is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `fresh`, `refresh_due`, `leased` (being renewed), `unknown` (a renewal ended without an answer), `backing_off`,
    /// `needs_reconnect`, `no_refresh` or `not_connected`.
    token_state: &'static str,
    /// Why, for `backing_off` and `needs_reconnect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many tokens it has had.
    generation: u64,
    /// When the access token ends, in RFC 3339; OAuth 1.0a tokens do not.
    expires_at: Option<String>,
    /// Renewals that failed since the last that did not.
    refresh_failures: u32,
    /// The newest trouble.
    last_error: Option<LastError>,
    /// X's rate windows, as its answers taught them.
    windows: Vec<RateWindow>,
}

/// Trouble.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LastError {
    /// A stable code.
    code: String,
    /// When, in RFC 3339.
    at: String,
}

/// One of X's rate windows.
#[derive(Debug, Serialize, ToSchema)]
pub struct RateWindow {
    /// Method and path template.
    name: String,
    /// Calls per window.
    limit: u32,
    /// Calls left.
    remaining: u32,
    /// When the window ends, in RFC 3339; nothing before the first call of a new window.
    reset_at: Option<String>,
    /// `learned` from X's answers, or `prior`: X's published figure.
    #[schema(value_type = String)]
    source: window::Source,
}

impl From<account::Health> for Health {
    fn from(health: account::Health) -> Self {
        let (token_state, reason) = in_words(health.state);
        Self {
            token_state,
            reason,
            generation: health.generation,
            expires_at: health.expires_at.map(rfc3339),
            refresh_failures: health.refresh_failures,
            last_error: health.last_error.map(|error| LastError { code: error.code, at: rfc3339(error.at) }),
            windows: health.windows.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<window::Window> for RateWindow {
    fn from(window: window::Window) -> Self {
        Self {
            name: window.name,
            limit: window.limit,
            remaining: window.remaining,
            reset_at: window.reset_at.map(rfc3339),
            source: window.source,
        }
    }
}

fn in_words(state: TokenState) -> (&'static str, Option<String>) {
    match state {
        TokenState::NotConnected => ("not_connected", None),
        TokenState::Fresh => ("fresh", None),
        TokenState::RefreshDue => ("refresh_due", None),
        TokenState::Leased => ("leased", None),
        TokenState::Unknown => ("unknown", None),
        TokenState::BackingOff(cause) => ("backing_off", stable_name(cause)),
        TokenState::NeedsReauth(reason) => ("needs_reconnect", stable_name(reason)),
        TokenState::NoRefresh => ("no_refresh", None),
    }
}

fn stable_name(kind: impl Serialize) -> Option<String> {
    serde_json::to_value(kind).ok()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{BusyCause, ReauthReason};

    #[test]
    fn a_state_that_has_a_reason_tells_it() {
        let reason = |state| in_words(state).1;
        assert_eq!(reason(TokenState::BackingOff(BusyCause::RefreshFailing)).as_deref(), Some("refresh_failing"));
        assert_eq!(reason(TokenState::NeedsReauth(ReauthReason::GrantRefused)).as_deref(), Some("grant_refused"));
        assert_eq!(reason(TokenState::Fresh), None);
    }
}
