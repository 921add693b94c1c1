//! Looking at keys.

use super::{out_of_reach, store, unknown};
use crate::{
    domain::{
        Cursor,
        api_key::{KeyId, KeyRecord},
        fault::Fault,
    },
    services::Context,
};

/// Some records, the newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records.
    pub records: Vec<KeyRecord>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// At most `limit` records from `cursor` on, revoked and expired ones too.
///
/// # Errors
/// [`Code::Unavailable`](crate::domain::fault::Code::Unavailable).
pub async fn page(context: &Context, cursor: Option<&Cursor>, limit: usize) -> Result<Page, Fault> {
    // One more than is shown tells whether there is a next page.
    let probe = limit.saturating_add(1) as u64;
    let mut records = store::load_page(context, cursor, probe).await.map_err(|e| out_of_reach(&e))?;
    let more = records.len() > limit;
    records.truncate(limit);
    let last = records.last().filter(|_| more);
    let next = last.map(|last| Cursor { at: last.created_at, id: last.kid.as_str().to_owned() });
    Ok(Page { records, next })
}

/// The record of `kid`.
///
/// # Errors
/// [`Code::KeyNotFound`](crate::domain::fault::Code::KeyNotFound), [`Code::Unavailable`](crate::domain::fault::Code::Unavailable).
pub async fn get(context: &Context, kid: &KeyId) -> Result<KeyRecord, Fault> {
    store::load(context, kid).await.map_err(|e| out_of_reach(&e))?.ok_or_else(unknown)
}
