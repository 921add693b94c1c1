//! Workers KV.

use worker::{kv::KvStore, send::SendFuture};

use super::Bindings;
use crate::ports::{Kv, Unavailable};

impl Bindings {
    fn store(&self) -> Result<KvStore, Unavailable> {
        self.0.kv("KV").map_err(|e| Unavailable::new("kv", e))
    }
}

/// The namespace bound as `KV`.
#[async_trait::async_trait]
impl Kv for Bindings {
    async fn get(&self, key: &str) -> Result<Option<String>, Unavailable> {
        let read = async { self.store()?.get(key).text().await.map_err(|e| Unavailable::new("kv", e)) };
        SendFuture::new(read).await
    }

    async fn put(&self, key: &str, value: &str, ttl_s: Option<u64>) -> Result<(), Unavailable> {
        let write = async {
            let put = self.store()?.put(key, value).map_err(|e| Unavailable::new("kv", e))?;
            let put = match ttl_s {
                Some(seconds) => put.expiration_ttl(seconds.max(60)),
                None => put,
            };
            put.execute().await.map_err(|e| Unavailable::new("kv", e))
        };
        SendFuture::new(write).await
    }

    async fn delete(&self, key: &str) -> Result<(), Unavailable> {
        let delete = async { self.store()?.delete(key).await.map_err(|e| Unavailable::new("kv", e)) };
        SendFuture::new(delete).await
    }

    async fn list(&self, prefix: &str, limit: u32) -> Result<Vec<String>, Unavailable> {
        let list = async {
            let list = self.store()?.list().prefix(prefix.to_owned()).limit(u64::from(limit));
            let page = list.execute().await.map_err(|e| Unavailable::new("kv", e))?;
            Ok(page.keys.into_iter().map(|key| key.name).collect())
        };
        SendFuture::new(list).await
    }
}
