//! Key-value storage that may lag by a minute and remembers misses: never the only witness of what may happen once.

use super::Unavailable;

/// A namespace of texts.
#[async_trait::async_trait]
pub trait Kv: Send + Sync {
    /// The value under `key`, possibly an old one.
    ///
    /// # Errors
    /// When storage does not answer.
    async fn get(&self, key: &str) -> Result<Option<String>, Unavailable>;

    /// Writes `value`, to vanish after `ttl_s` seconds if given (the platform's least is 60).
    ///
    /// # Errors
    /// When storage does not answer.
    async fn put(&self, key: &str, value: &str, ttl_s: Option<u64>) -> Result<(), Unavailable>;

    /// Removes `key`; a missing one is no error.
    ///
    /// # Errors
    /// When storage does not answer.
    async fn delete(&self, key: &str) -> Result<(), Unavailable>;

    /// Up to `limit` keys that begin with `prefix`.
    ///
    /// # Errors
    /// When storage does not answer.
    async fn list(&self, prefix: &str, limit: u32) -> Result<Vec<String>, Unavailable>;
}
