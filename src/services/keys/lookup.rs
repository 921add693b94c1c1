//! From a key id to its record: isolate memory, then KV, then D1.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::store;
use crate::{
    domain::{
        Timestamp,
        api_key::{KeyId, KeyRecord},
    },
    ports::Unavailable,
    services::Context,
};

/// How long an isolate trusts its copy, in ms.
const REMEMBERED_MS: u64 = 60_000;
/// How old a copy may be that is asked for as recent, in ms.
const RECENT_MS: u64 = 2_000;
/// How many records, and how many refused ids, an isolate remembers.
const MOST: usize = 1000;
/// Where the origins of all keys stand in KV.
pub(super) const ORIGINS: &str = "cors:origins";

/// A record, or that an id is nobody's.
type Known = Option<Arc<KeyRecord>>;

/// What an isolate remembers of keys: also that an id is nobody's, so that guessing costs no look-ups.
#[derive(Default)]
pub struct Remembered {
    records: Mutex<BTreeMap<KeyId, (Known, Timestamp)>>,
    origins: Mutex<Option<(Arc<Vec<String>>, Timestamp)>>,
}

impl Remembered {
    fn recall(&self, kid: &KeyId, now: Timestamp, oldest_ms: u64) -> Option<Known> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.get(kid).filter(|(_, since)| now.ms_since(*since) < oldest_ms).map(|(record, _)| record.clone())
    }

    pub(super) fn remember(&self, kid: &KeyId, record: Option<Arc<KeyRecord>>, now: Timestamp) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() >= MOST {
            records.clear();
        }
        records.insert(kid.clone(), (record, now));
    }
}

/// The record of `kid`, or nothing if it is nobody's. May be a minute old.
///
/// # Errors
/// When neither KV nor D1 answers.
pub async fn lookup(context: &Context, kid: &KeyId) -> Result<Option<Arc<KeyRecord>>, Unavailable> {
    let now = context.now();
    if let Some(known) = context.memory.keys.recall(kid, now, REMEMBERED_MS) {
        return Ok(known);
    }
    let record = match copy_in_kv(context, kid).await {
        Some(record) => Some(record),
        None => store::load(context, kid).await?,
    };
    let record = record.map(Arc::new);
    context.memory.keys.remember(kid, record.clone(), now);
    Ok(record)
}

/// The record of `kid`, at most two seconds old: for what an older copy may not know yet. However often it is asked, D1 hears of it
/// once in that time.
///
/// # Errors
/// When D1 does not answer.
pub async fn recent(context: &Context, kid: &KeyId) -> Result<Option<Arc<KeyRecord>>, Unavailable> {
    match context.memory.keys.recall(kid, context.now(), RECENT_MS) {
        Some(known) => Ok(known),
        None => newest(context, kid).await,
    }
}

/// The record of `kid` as D1 has it now, which the isolate then remembers.
///
/// # Errors
/// When D1 does not answer.
pub async fn newest(context: &Context, kid: &KeyId) -> Result<Option<Arc<KeyRecord>>, Unavailable> {
    let record = store::load(context, kid).await?.map(Arc::new);
    context.memory.keys.remember(kid, record.clone(), context.now());
    Ok(record)
}

/// KV's copy. A missing, unreadable or unreachable copy only means that D1 is asked.
async fn copy_in_kv(context: &Context, kid: &KeyId) -> Option<KeyRecord> {
    let text = context.ports.kv.get(&store::kv_key(kid)).await.ok()??;
    serde_json::from_str(&text).ok()
}

/// Whether any key, or the deployment, may be used from `origin`: what a preflight, which carries no key, is answered by.
pub async fn origin_is_known(context: &Context, origin: &str) -> bool {
    if context.config.origins.iter().any(|known| known == origin) {
        return true;
    }
    let now = context.now();
    let remembered = context.memory.keys.origins.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((origins, since)) = remembered
        && now.ms_since(since) < REMEMBERED_MS
    {
        return origins.iter().any(|known| known == origin);
    }
    let text = context.ports.kv.get(ORIGINS).await.ok().flatten().unwrap_or_default();
    let origins: Arc<Vec<String>> = Arc::new(serde_json::from_str(&text).unwrap_or_default());
    let known = origins.iter().any(|known| known == origin);
    *context.memory.keys.origins.lock().unwrap_or_else(PoisonError::into_inner) = Some((origins, now));
    known
}
