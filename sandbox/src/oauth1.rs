//! OAuth 1.0a (RFC 5849) verification as X does it: HMAC-SHA1, fresh time stamps, nonces used once.

pub(crate) mod signature;
pub(crate) mod verify;

use std::collections::HashMap;

/// The app's API key.
pub const CONSUMER_KEY: &str = "perch-consumer";
/// The app's API key secret.
pub const CONSUMER_SECRET: &str = "perch-consumer-secret";

/// Farthest a time stamp may be from the sandbox's clock, in ms.
pub(crate) const TIMESTAMP_TOLERANCE_MS: u64 = 300_000;

/// The access token of a user: `<id>-oauth1`. X's tokens begin with the user's id as well.
pub(crate) fn token_of(user_id: &str) -> String {
    format!("{user_id}-oauth1")
}

/// The token secret of a user: `<id>-oauth1-secret`.
pub(crate) fn secret_of(user_id: &str) -> String {
    format!("{user_id}-oauth1-secret")
}

/// Nonces seen, for as long as their time stamp would be accepted.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    seen: HashMap<(String, String), u64>,
    swept_ms: u64,
}

impl Nonces {
    /// Notes a token's nonce; `false` when it was seen before.
    pub(crate) fn first_use(&mut self, token: &str, nonce: &str, now_ms: u64) -> bool {
        self.sweep(now_ms);
        let forget_at = now_ms.saturating_add(2 * TIMESTAMP_TOLERANCE_MS);
        self.seen.insert((token.to_owned(), nonce.to_owned()), forget_at).is_none()
    }

    fn sweep(&mut self, now_ms: u64) {
        if now_ms.abs_diff(self.swept_ms) > TIMESTAMP_TOLERANCE_MS {
            self.seen.retain(|_, forget_at| *forget_at > now_ms);
            self.swept_ms = now_ms;
        }
    }
}
