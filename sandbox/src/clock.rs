//! The sandbox's clock: real time plus an offset that tests move.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch, as the sandbox believes them to be.
///
/// Every lifetime, window and time stamp follows this clock. It keeps running after it was set.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Clock {
    offset_ms: i64,
}

impl Clock {
    /// The sandbox's time now, in ms.
    pub(crate) fn now_ms(self) -> u64 {
        real_ms().saturating_add_signed(self.offset_ms)
    }

    /// Moves the clock forward by `ms`.
    pub(crate) fn advance(&mut self, ms: u64) {
        let ms = i64::try_from(ms).unwrap_or(i64::MAX);
        self.offset_ms = self.offset_ms.saturating_add(ms);
    }

    /// Makes it `now_ms` from this moment on.
    pub(crate) fn set(&mut self, now_ms: u64) {
        let now = i64::try_from(now_ms).unwrap_or(i64::MAX);
        let real = i64::try_from(real_ms()).unwrap_or(i64::MAX);
        self.offset_ms = now.saturating_sub(real);
    }

    /// Returns to real time.
    pub(crate) fn follow_real_time(&mut self) {
        self.offset_ms = 0;
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the sandbox reads the machine's clock")]
fn real_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// `ms` as X prints times: `2026-01-02T03:04:05.678Z`.
pub(crate) fn rfc3339(ms: u64) -> String {
    let ms = i64::try_from(ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_runs_from_the_given_time() {
        let mut clock = Clock::default();
        clock.set(1_000_000);
        clock.advance(500);
        assert!((1_000_500..1_010_000).contains(&clock.now_ms()));
        clock.follow_real_time();
        assert!(clock.now_ms() > 1_700_000_000_000);
    }

    #[test]
    fn times_carry_milliseconds_and_a_z() {
        assert_eq!(rfc3339(1_767_323_045_678), "2026-01-02T03:04:05.678Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
    }
}
