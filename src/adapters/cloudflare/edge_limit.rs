//! The platform's rate-limiting binding.

use worker::send::SendFuture;

use super::Bindings;
use crate::ports::EdgeLimit;

/// The limit bound as `EDGE_LIMIT`: per location and approximate, so it only keeps floods away from the objects.
#[async_trait::async_trait]
impl EdgeLimit for Bindings {
    async fn admits(&self, key: &str) -> bool {
        let limit = async { self.0.rate_limiter("EDGE_LIMIT")?.limit(key.to_owned()).await };
        SendFuture::new(limit).await.map_or(true, |outcome| outcome.success)
    }
}
