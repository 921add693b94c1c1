//! One fixed window and what was used of it.

use super::table::Limit;

/// A window that the first call opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    opened_ms: u64,
    length_ms: u64,
    used: u32,
}

impl Window {
    pub(super) fn opened(now_ms: u64, seconds: u64) -> Self {
        Self { opened_ms: now_ms, length_ms: seconds.saturating_mul(1000), used: 0 }
    }

    /// Whether the window still runs at `now_ms`.
    pub(super) fn is_open(&self, now_ms: u64) -> bool {
        now_ms < self.end_ms()
    }

    pub(super) fn has_room(&self, limit: Limit) -> bool {
        self.used < limit.calls
    }

    /// The window with one more call in it.
    pub(super) fn count(self) -> Self {
        Self { used: self.used.saturating_add(1), ..self }
    }

    pub(super) fn remaining(&self, limit: Limit) -> u32 {
        limit.calls.saturating_sub(self.used)
    }

    /// The end, rounded up: whoever waits for it finds a new window.
    pub(super) fn reset_epoch_s(&self) -> u64 {
        self.end_ms().div_ceil(1000)
    }

    fn end_ms(&self) -> u64 {
        self.opened_ms.saturating_add(self.length_ms)
    }
}
