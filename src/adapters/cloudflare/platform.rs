//! Time, randomness, waiting and the console.

use std::time::Duration;

use worker::{Date, Delay, console_log, send::SendFuture};

use crate::{
    domain::Timestamp,
    ports::{Clock, Entropy, Log, Timer, Unavailable},
};

/// `Date.now()`, which stands still between I/O events.
pub(super) struct PlatformClock;

impl Clock for PlatformClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(Date::now().as_millis())
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
    fn write(&self, line: &serde_json::Value) {
        console_log!("{line}");
    }
}
