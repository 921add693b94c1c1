//! From a key id to its record: isolate memory, then KV, then D1.

use std::sync::Arc;

use super::store;
use crate::{
    domain::{
        Timestamp,
        api_key::{KeyId, KeyRecord},
    },
    ports::Unavailable,
    services::{
        Context,
        copies::{Copies, Recalled},
    },
};

/// How long an isolate trusts its copy, in ms. A key that is changed or revoked is noticed sooner: see
/// [`limits`](crate::services::limits).
const REMEMBERED_MS: u64 = 60_000;
/// How old a copy may be that is asked for as recent, in ms.
const RECENT_MS: u64 = 2_000;
/// Where the origins of all keys stand in KV.
pub(super) const ORIGINS: &str = "cors:origins";

/// A record, or that an id is nobody's.
type Known = Option<Arc<KeyRecord>>;

/// What an isolate remembers of keys: also that an id is nobody's, so that guessing costs no look-ups.
#[derive(Default)]
pub struct Remembered {
    records: Copies<KeyId, Known>,
    origins: Copies<(), Arc<Vec<String>>>,
}

impl Remembered {
    pub(super) fn remember(&self, kid: &KeyId, record: Known, now: Timestamp) {
        self.records.remember(kid.clone(), record, now, now.plus_ms(REMEMBERED_MS));
    }
}

/// The record of `kid` as far as the isolate remembers: nothing if it does not, and `Some(None)` if it is nobody's.
pub fn remembered(context: &Context, kid: &KeyId) -> Option<Option<Arc<KeyRecord>>> {
    match context.memory.keys.records.recall(kid, context.now()) {
        Recalled::Fresh(known) => Some(known),
        Recalled::Ageing(known) => {
            let (worker, kid) = (context.beside(), kid.clone());
            let renew = async move {
                // What cannot be renewed now is looked up when it has ended.
                let _ = look_up(&worker, &kid).await;
            };
            context.ports.background.spawn(Box::pin(renew));
            Some(known)
        }
        Recalled::Nothing => None,
    }
}

/// The record of `kid`, or nothing if it is nobody's. May be a minute old.
///
/// # Errors
/// When neither KV nor D1 answers.
pub async fn lookup(context: &Context, kid: &KeyId) -> Result<Option<Arc<KeyRecord>>, Unavailable> {
    match remembered(context, kid) {
        Some(known) => Ok(known),
        None => look_up(context, kid).await,
    }
}

/// The record of `kid`, or nothing if it is nobody's, from KV or D1; the isolate then remembers it for a minute.
///
/// # Errors
/// When neither KV nor D1 answers.
pub async fn look_up(context: &Context, kid: &KeyId) -> Result<Option<Arc<KeyRecord>>, Unavailable> {
    let record = match copy_in_kv(context, kid).await {
        Some(record) => Some(record),
        None => store::load(context, kid).await?,
    };
    let record = record.map(Arc::new);
    context.memory.keys.remember(kid, record.clone(), context.now());
    Ok(record)
}

/// The record of `kid`, at most two seconds old: for what an older copy may not know yet. However often it is asked, D1 hears of it
/// once in that time.
///
/// # Errors
/// When D1 does not answer.
pub async fn recent(context: &Context, kid: &KeyId) -> Result<Option<Arc<KeyRecord>>, Unavailable> {
    match context.memory.keys.records.recall_since(kid, context.now().minus_ms(RECENT_MS)) {
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
    let text = context.kv().get(&store::kv_key(kid)).await.ok()??;
    serde_json::from_str(&text).ok()
}

/// Whether any key, or the deployment, may be used from `origin`: what a preflight, which carries no key, is answered by.
pub async fn origin_is_known(context: &Context, origin: &str) -> bool {
    if context.config.origins.iter().any(|known| known == origin) {
        return true;
    }
    let origins = match context.memory.keys.origins.recall(&(), context.now()) {
        Recalled::Fresh(origins) => origins,
        Recalled::Ageing(origins) => {
            let worker = context.beside();
            context.ports.background.spawn(Box::pin(async move { drop(load_origins(&worker).await) }));
            origins
        }
        Recalled::Nothing => load_origins(context).await,
    };
    origins.iter().any(|known| known == origin)
}

async fn load_origins(context: &Context) -> Arc<Vec<String>> {
    let text = context.kv().get(ORIGINS).await.ok().flatten().unwrap_or_default();
    let origins: Arc<Vec<String>> = Arc::new(serde_json::from_str(&text).unwrap_or_default());
    let now = context.now();
    context.memory.keys.origins.remember((), origins.clone(), now, now.plus_ms(REMEMBERED_MS));
    origins
}
