//! What the database keeps of a connected account: its names, and no token.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Timestamp,
    ids::{AccountId, UserId},
};

/// A connected X account, as the row in D1 has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// perch's id of it.
    pub id: AccountId,
    /// X's id of its user.
    pub user: UserId,
    /// The handle, without `@`.
    pub username: String,
    /// The name shown.
    pub name: String,
    /// The operator's own name for it.
    pub label: Option<String>,
    /// Which tokens X gave.
    pub kind: AccountKind,
    /// The scopes X granted; none for OAuth 1.0a.
    pub scopes: Vec<String>,
    /// Whether it is paused.
    pub paused: bool,
    /// When it was first connected.
    pub connected_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

/// Which tokens X gave for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// OAuth 2.0 with PKCE: a token that is refreshed.
    OAuth2,
    /// OAuth 1.0a: a token that signs, until it is revoked.
    OAuth1,
}
