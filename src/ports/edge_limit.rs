//! The platform's own rate limit: coarse, per location, and far cheaper than asking an object.

/// Refuses floods before anything is looked up.
#[async_trait::async_trait]
pub trait EdgeLimit: Send + Sync {
    /// Whether one more call under `key` is let through. An unreachable limit lets it through.
    async fn admits(&self, key: &str) -> bool;
}
