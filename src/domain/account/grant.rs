//! The shapes in which X lets perch act for a user.

use serde::{Deserialize, Serialize};

use crate::domain::{Sealed, Timestamp, ids::UserId};

/// A token is renewed in the last ten minutes of its life, if somebody asks for it then: late, because each rotation is a risk, yet
/// early enough that a lost one leaves time.
pub const RENEW_AHEAD_MS: u64 = 600_000;
/// Accounts connected together do not all renew together: each begins up to two minutes later than it might.
const JITTER_MS: u64 = 120_000;

/// What X granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// OAuth 2.0: a bearer token that expires, and maybe one to renew it.
    OAuth2(TokenPair),
    /// OAuth 1.0a (RFC 5849): a token and secret to sign with, until they are revoked.
    OAuth1 {
        /// The token.
        sealed_token: Sealed,
        /// The token's secret.
        sealed_secret: Sealed,
    },
}

/// OAuth 2.0 user tokens (RFC 6749 section 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPair {
    /// The access token.
    pub sealed_access: Sealed,
    /// The refresh token; absent without `offline.access`.
    pub sealed_refresh: Option<Sealed>,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// The scopes X granted, which may be fewer than asked for.
    pub scopes: Vec<String>,
}

/// An OAuth 1.0a token to sign with, and what its envelopes are bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserToken {
    /// The token.
    pub sealed_token: Sealed,
    /// The token's secret.
    pub sealed_secret: Sealed,
    /// The generation they are sealed under.
    pub generation: u64,
    /// Whose they are.
    pub user: UserId,
}

/// An access token to use, and what its envelope is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The access token.
    pub sealed_access: Sealed,
    /// The generation it is sealed under. Name it when X rejects the token.
    pub generation: u64,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whose it is.
    pub user: UserId,
}

/// The right, and the duty, to exchange the refresh token once. It ends after [`Terms::lease_ms`](super::Terms).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its name, for `Commit` and `RefreshFailed`.
    pub lease_id: String,
    /// The refresh token.
    pub sealed_refresh: Sealed,
    /// The generation it is sealed under: the one in force, unless X has refused that one's.
    pub sealed_under: u64,
    /// The generation in force. What X answers is sealed under the next.
    pub generation: u64,
    /// Whose it is.
    pub user: UserId,
    /// The old access token while it is still good: the caller need not wait for the exchange.
    pub access: Option<Access>,
}

/// New tokens, out of a refresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewed {
    /// The new access token.
    pub sealed_access: Sealed,
    /// The refresh token to use next. If X sent none, the old one goes on (RFC 6749 section 6), sealed anew under the new
    /// generation.
    pub sealed_refresh: Sealed,
    /// When the new access token ends.
    pub expires_at: Timestamp,
}

/// Why an asker has to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusyCause {
    /// Another caller is exchanging the refresh token, and takes long.
    Refreshing,
    /// X's token endpoint does not answer as it should.
    RefreshFailing,
    /// X does not accept the deployment's client credentials.
    Misconfigured,
    /// X has refused the refresh token after an exchange whose outcome is unknown; its tokens are still looked for.
    OutcomeUnknown,
}

/// Why a person must connect the account again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReauthReason {
    /// X refused a refresh token that was surely unspent: revoked or expired.
    GrantRefused,
    /// X refused a refresh token that an earlier, lost exchange may have spent.
    RefreshOutcomeUnknown,
    /// X refused an OAuth 1.0a token, which nothing can renew.
    TokenRejected,
}

/// What the object keeps of a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Connected {
    pub(super) user: UserId,
    pub(super) grant: Grant,
    /// From when on the token is renewed.
    pub(super) renew_at: Timestamp,
    /// The generation the connection began with: what was leased before belongs to another consent.
    #[serde(default)]
    pub(super) first_generation: u64,
}

impl Connected {
    pub(super) fn new(user: UserId, grant: Grant, generation: u64, now: Timestamp) -> Self {
        let renew_at = match &grant {
            Grant::OAuth2(tokens) => renew_at(&user, generation, tokens.expires_at, now),
            Grant::OAuth1 { .. } => Timestamp::from_ms(u64::MAX),
        };
        Self { user, grant, renew_at, first_generation: generation }
    }
}

/// A short-lived token is not renewed before nine tenths of its life are over.
pub(super) fn renew_at(user: &UserId, generation: u64, expires_at: Timestamp, now: Timestamp) -> Timestamp {
    let ahead = RENEW_AHEAD_MS.saturating_sub(jitter_ms(user, generation));
    expires_at.minus_ms(ahead.min(expires_at.ms_since(now) / 10))
}

/// The same each time for the same tokens, and unlike that of others (FNV-1a).
fn jitter_ms(user: &UserId, generation: u64) -> u64 {
    let bytes = user.as_str().bytes().chain(generation.to_be_bytes());
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    bytes.fold(0xCBF2_9CE4_8422_2325, mix) % JITTER_MS
}
