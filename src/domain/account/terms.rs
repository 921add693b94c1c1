//! The protocol's times that a deployment may set.

use serde::{Deserialize, Serialize};

/// How long a silent holder of the lease is believed in, and how long its tokens are looked for. Each asker brings them along: an
/// object has no settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// A lease unheard of for this long no longer binds anybody, in ms.
    pub lease_ms: u64,
    /// How long escrow is looked through after X has refused, in ms: longer than KV may go on saying that it has nothing (60 s,
    /// Cloudflare docs, "How KV works").
    pub escrow_ms: u64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { lease_ms: 30_000, escrow_ms: 90_000 }
    }
}
