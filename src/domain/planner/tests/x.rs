//! X as it counts, without a line in common with the planner: a window opens with the first call it counts, and is over by the
//! clock.

/// What X says of its window: limit, remaining, reset in s.
pub(super) type Told = (u32, u32, u64);

/// One window of X.
pub(super) struct X {
    pub(super) limit: u32,
    pub(super) length_ms: u64,
    opened_ms: Option<u64>,
    used: u32,
    /// Calls that found the window used up.
    pub(super) refused: u32,
    /// Calls it took.
    pub(super) taken: u32,
}

impl X {
    pub(super) fn new(limit: u32, length_ms: u64) -> Self {
        Self { limit, length_ms, opened_ms: None, used: 0, refused: 0, taken: 0 }
    }

    /// A call arrives.
    pub(super) fn call(&mut self, at_ms: u64) -> Told {
        if self.opened_ms.is_none_or(|opened| at_ms >= opened + self.length_ms) {
            self.opened_ms = Some(at_ms);
            self.used = 0;
        }
        if self.used < self.limit {
            self.used += 1;
            self.taken += 1;
        } else {
            self.refused += 1;
        }
        let end_ms = self.opened_ms.unwrap_or(at_ms) + self.length_ms;
        (self.limit, self.limit - self.used, end_ms.div_ceil(1000))
    }
}
