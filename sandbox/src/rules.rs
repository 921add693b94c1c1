//! Rules of X that differ between plans and times, as switches.

use serde::{Deserialize, Serialize};

use crate::media::ProcessingRules;

/// Rules of X that differ between plans and times. The defaults are an unrestricted plan.
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with its own name on the control port")]
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
    /// How long a video or GIF is processed after its upload, in ms.
    pub(crate) media_processing_ms: u64,
    /// Processing ends in `failed`.
    pub(crate) media_processing_fails: bool,
    /// Longest silence of a stream before its keep-alive, in ms.
    pub(crate) stream_keep_alive_ms: u64,
    /// Refuse the filtered stream while it has no rule; else it then tells every tweet.
    pub(crate) stream_needs_filter: bool,
}

impl Rules {
    /// How media is processed.
    pub(crate) fn processing(&self) -> ProcessingRules {
        ProcessingRules { duration_ms: self.media_processing_ms, fails: self.media_processing_fails }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            refuse_duplicates: true,
            max_weighted_length: 280,
            summoned_replies_only: false,
            refuse_quotes: false,
            enforce_rate_limits: true,
            media_processing_ms: 2_000,
            media_processing_fails: false,
            stream_keep_alive_ms: 20_000,
            stream_needs_filter: false,
        }
    }
}
