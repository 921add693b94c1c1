//! Time, randomness, waiting and the console.

use std::time::Duration;

use worker::{Delay, send::SendFuture};

use crate::{
    domain::Timestamp,
    ports::{Clock, Entropy, Log, Timer, Unavailable},
};

/// `Date.now()`, which stands still between I/O events.
pub(super) struct PlatformClock;

impl Clock for PlatformClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole milliseconds since 1970")]
        Timestamp::from_ms(js_sys::Date::now() as u64)
    }
}

/// `crypto.getRandomValues`.
pub(super) struct PlatformEntropy;

impl Entropy for PlatformEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        getrandom::getrandom(bytes).map_err(|e| Unavailable::new("entropy", e))
    }
}

/// `setTimeout`.
pub(super) struct PlatformTimer;

#[async_trait::async_trait]
impl Timer for PlatformTimer {
    async fn sleep(&self, ms: u64) {
        SendFuture::new(async move { Delay::from(Duration::from_millis(ms)).await }).await;
    }
}

/// The console, whose JSON lines Workers Logs indexes.
pub(super) struct ConsoleLog;

impl Log for ConsoleLog {
    fn write_text(&self, line: &str) {
        web_sys::console::log_1(&line.into());
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::ports::EntropyExt;

    #[wasm_bindgen_test]
    fn entropy_differs_each_time_and_is_no_zeros() {
        let (one, other) = (PlatformEntropy.bytes::<32>().unwrap(), PlatformEntropy.bytes::<32>().unwrap());
        assert_ne!(one, other);
        assert_ne!(one, [0; 32]);
    }

    #[wasm_bindgen_test]
    fn the_clock_counts_milliseconds() {
        let (year_2026, year_2100) = (1_767_225_600_000, 4_102_444_800_000);
        assert!((year_2026..year_2100).contains(&PlatformClock.now().as_ms()));
    }
}
