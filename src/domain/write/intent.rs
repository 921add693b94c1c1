//! What is to be sent, for whom, and on which terms.

use serde::{Deserialize, Serialize};

/// A call that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The operation's name in the catalogue.
    pub operation: String,
    /// Path and query, built from the operation's template.
    pub target: String,
    /// The client's own headers that X gets: what it accepts, and what the body is.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The X user it is sent for; nobody, if it is sent with the app's own bearer.
    pub user: Option<String>,
    /// The key of the client application that wants it.
    pub application: String,
    /// The request by which it came.
    pub request_id: String,
}

/// A client's own name for a write (`Idempotency-Key`), and what it named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyed {
    /// The name, within its client application: hashed, so that it is short and tells nothing.
    pub key: String,
    /// SHA-256 of operation, target and body.
    pub fingerprint: String,
}

/// How a write is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How long its sender may be silent, in ms, and whoever looks for it: longer than either may take, with a token refreshed on
    /// the way.
    pub lease_ms: u64,
    /// How long after the last moment at which it may have been sent X shows it for sure, in ms.
    pub settle_ms: u64,
    /// How long its outcome is kept, in ms.
    pub keep_ms: u64,
    /// Whether it can be looked for at X at all.
    pub can_be_seen: bool,
    /// How often in a day X is looked at for the account's writes: each look costs money.
    pub looks_per_day: u32,
}
