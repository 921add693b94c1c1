//! How an account is, for people and for readiness checks.

use serde::{Deserialize, Serialize};

use super::{Account, BusyCause, Grant, ReauthReason, TokenPair, refresh::Standing};
use crate::domain::{Timestamp, ids::UserId, window::Window};

/// Everything an operator asks of an account, and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Whether calls can be made, and if not, what it takes.
    pub state: TokenState,
    /// Whether the operator has paused it.
    pub paused: bool,
    /// Whose account it is.
    pub user: Option<UserId>,
    /// Which tokens are held.
    pub generation: u64,
    /// When the access token ends; OAuth 1.0a tokens do not.
    pub expires_at: Option<Timestamp>,
    /// The scopes X granted.
    pub scopes: Vec<String>,
    /// Refreshes that failed since the last that did not.
    pub refresh_failures: u32,
    /// The newest trouble.
    pub last_error: Option<LastError>,
    /// The rate windows X spoke of.
    pub windows: Vec<Window>,
}

/// The newest trouble of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// A stable code.
    pub code: String,
    /// When.
    pub at: Timestamp,
}

/// What the tokens are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// Nobody has connected it.
    NotConnected,
    /// Good.
    Fresh,
    /// To be renewed when next asked for.
    RefreshDue,
    /// Being renewed.
    Leased,
    /// A renewal ended without a clear answer.
    Unknown,
    /// Renewal is tried again after a while.
    BackingOff(BusyCause),
    /// A person must connect it again.
    NeedsReauth(ReauthReason),
    /// The access token is spent and X gave none to renew it with.
    NoRefresh,
}

impl Account {
    pub(super) fn health(&self, now: Timestamp) -> Health {
        let tokens = self.connected.as_ref().and_then(|connected| match &connected.grant {
            Grant::OAuth2(tokens) => Some(tokens),
            Grant::OAuth1 { .. } => None,
        });
        Health {
            state: self.token_state(tokens, now),
            paused: self.paused,
            user: self.connected.as_ref().map(|connected| connected.user.clone()),
            generation: self.generation,
            expires_at: tokens.map(|tokens| tokens.expires_at),
            scopes: tokens.map(|tokens| tokens.scopes.clone()).unwrap_or_default(),
            refresh_failures: self.refresh.failures,
            last_error: self.last_error.clone(),
            windows: self.planner.windows(now),
        }
    }

    fn token_state(&self, tokens: Option<&TokenPair>, now: Timestamp) -> TokenState {
        let (Some(connected), Some(tokens)) = (&self.connected, tokens) else {
            return if self.connected.is_some() { TokenState::Fresh } else { TokenState::NotConnected };
        };
        if tokens.sealed_refresh.is_none() {
            return if now < tokens.expires_at { TokenState::Fresh } else { TokenState::NoRefresh };
        }
        match self.refresh.standing("", now) {
            Standing::Free if now < connected.renew_at => TokenState::Fresh,
            Standing::Free => TokenState::RefreshDue,
            Standing::Mine | Standing::InFlight | Standing::Slow => TokenState::Leased,
            Standing::Unsettled(_) | Standing::Searching(_) => TokenState::Unknown,
            Standing::BackingOff { cause, .. } => TokenState::BackingOff(cause),
            Standing::Dead => {
                self.refresh.loss.map_or(TokenState::Unknown, |loss| TokenState::NeedsReauth(loss.reason))
            }
        }
    }
}
