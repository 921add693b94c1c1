//! KV in a map, which can be told to lag as the real one does.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::ports::{Kv, Unavailable};

/// Texts by their keys. Time to live is not played: what may live too long is decided by objects, never by KV.
#[derive(Default)]
pub struct MemoryKv {
    texts: Mutex<BTreeMap<String, String>>,
    stale: Mutex<Option<BTreeMap<String, String>>>,
    down: AtomicBool,
}

impl MemoryKv {
    /// From now on reads see what stands here at this moment, as a location with a cached copy does.
    pub fn freeze_reads(&self) {
        let copy = self.snapshot();
        *self.stale.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy);
    }

    /// Reads see the newest again.
    pub fn thaw_reads(&self) {
        *self.stale.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// Everything that stands here.
    pub fn snapshot(&self) -> BTreeMap<String, String> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn up(&self) -> Result<(), Unavailable> {
        let down = self.down.load(Ordering::Relaxed);
        if down { Err(Unavailable::new("kv", "down")) } else { Ok(()) }
    }
}

#[async_trait::async_trait]
impl Kv for MemoryKv {
    async fn get(&self, key: &str) -> Result<Option<String>, Unavailable> {
        self.up()?;
        let stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(match stale.as_ref() {
            Some(texts) => texts.get(key).cloned(),
            None => self.snapshot().get(key).cloned(),
        })
    }

    async fn put(&self, key: &str, value: &str, _ttl_s: Option<u64>) -> Result<(), Unavailable> {
        self.up()?;
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Unavailable> {
        self.up()?;
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        Ok(())
    }

    async fn list(&self, prefix: &str, limit: u32) -> Result<Vec<String>, Unavailable> {
        self.up()?;
        let keys = self.snapshot().into_keys().filter(|key| key.starts_with(prefix));
        Ok(keys.take(limit as usize).collect())
    }
}
