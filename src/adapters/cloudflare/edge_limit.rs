//! The platform's rate-limiting binding.

use worker::{Env, send::SendFuture};

use crate::ports::EdgeLimit;

/// The limit bound as `EDGE_LIMIT`: per location and approximate, so it only keeps floods away from the objects.
pub(super) struct RateLimitBinding(pub(super) Env);

#[async_trait::async_trait]
impl EdgeLimit for RateLimitBinding {
    async fn admits(&self, key: &str) -> bool {
        let limit = async { self.0.rate_limiter("EDGE_LIMIT")?.limit(key.to_owned()).await };
        SendFuture::new(limit).await.map_or(true, |outcome| outcome.success)
    }
}
