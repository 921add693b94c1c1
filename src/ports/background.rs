//! Work beside and after the answer, and waiting.

use std::{future::Future, pin::Pin};

/// Runs work that must not be lost when the client hangs up.
///
/// A Worker's fetch handler dies with its client; what is spawned here has up to 30 s more (Cloudflare docs, Context API, `waitUntil`).
pub trait Background: Send + Sync {
    /// Runs `work` to its end, beside the answer.
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>);
}

/// Waits.
#[async_trait::async_trait]
pub trait Timer: Send + Sync {
    /// Returns after `ms` milliseconds.
    async fn sleep(&self, ms: u64);
}
