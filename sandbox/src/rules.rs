//! Rules of X that differ between plans and times, as switches.

use serde::{Deserialize, Serialize};

/// Rules of X that differ between plans and times. The defaults are an unrestricted plan.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rules {
    /// Refuse a text its author already has in the last 24 hours.
    pub(crate) refuse_duplicates: bool,
    /// Longest weighted length of a tweet.
    pub(crate) max_weighted_length: usize,
    /// Replies only to authors who mentioned or quoted the replying account (self-serve since 2026-02-23).
    pub(crate) summoned_replies_only: bool,
    /// Refuse quotes (self-serve since 2026-04-20).
    pub(crate) refuse_quotes: bool,
    /// Count requests against X's windows and refuse those above.
    pub(crate) enforce_rate_limits: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            refuse_duplicates: true,
            max_weighted_length: 280,
            summoned_replies_only: false,
            refuse_quotes: false,
            enforce_rate_limits: true,
        }
    }
}
