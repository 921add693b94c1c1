//! What a key may still do: permits from its `Allowance` object, a handful at a time.
//!
//! While requests flow, the next handful is leased beside an answer, so that none waits for it.
//!
//! The object also knows the newest version of the key's record: an isolate with an older copy gets no permit until it has read
//! the record anew. Permits end after a second, so a revoked key stops everywhere within one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Context, keys};
use crate::{
    domain::{
        Timestamp,
        allowance::{Allowance, Command, Grant, Permits, Policy, Reply, WindowView},
        api_key::{KeyId, KeyRecord, Standing},
        fault::{Code, Fault},
    },
    ports::{ObjectsExt, Unavailable},
};

/// How many keys' permits an isolate holds. Beyond it all are dropped, which only costs their keys a second's allowance.
const MOST: usize = 1000;

/// The permits an isolate holds.
#[derive(Default)]
pub struct Remembered(Mutex<BTreeMap<(KeyId, u32), Permits>>);

impl Remembered {
    /// Runs `use_permits` on the permits that were granted to this version of the key's record.
    fn with<T>(&self, record: &KeyRecord, use_permits: impl FnOnce(&mut Permits) -> T) -> T {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.clear();
        }
        use_permits(held.entry((record.kid.clone(), record.version)).or_default())
    }
}

/// How a request was let through.
pub struct Admission {
    /// The record as it is now: it may be newer than the one that was asked with.
    pub record: Arc<KeyRecord>,
    /// Where the key stands.
    pub windows: Vec<WindowView>,
}

/// How a request was refused.
pub enum Refusal {
    /// The key has used up its allowance.
    Limited {
        /// What to tell.
        fault: Fault,
        /// Where the key stands.
        windows: Vec<WindowView>,
    },
    /// The key has ended since the record was read.
    Ended,
    /// The object or the database is out of reach.
    OutOfReach(Unavailable),
}

/// Lets one request of `record`'s key through, or not.
///
/// # Errors
/// See [`Refusal`].
pub async fn admit(context: &Context, record: Arc<KeyRecord>) -> Result<Admission, Refusal> {
    let now = context.now();
    let admission = match context.memory.limits.with(&record, |permits| permits.take(now)) {
        Some(windows) => Admission { record, windows },
        None => ask(context, record, now).await?,
    };
    if context.memory.limits.with(&admission.record, |permits| permits.run_low(context.now())) {
        lease_beside(context, admission.record.clone());
    }
    Ok(admission)
}

async fn ask(context: &Context, record: Arc<KeyRecord>, now: Timestamp) -> Result<Admission, Refusal> {
    match take(context, &record, now).await? {
        Reply::Granted(grant) => Ok(spend(context, record, grant, now)),
        Reply::Refused { retry_after_ms, windows, .. } => last_chance(context, record, retry_after_ms, windows),
        Reply::Outdated { .. } => admit_newest(context, &record).await,
        Reply::Noted => Err(Refusal::OutOfReach(Unavailable::new("object", "not an answer"))),
    }
}

/// Leases the next handful beside the answer, so that the next requests find it.
fn lease_beside(context: &Context, record: Arc<KeyRecord>) {
    let worker = context.beside();
    let lease = async move {
        let now = worker.now();
        // Whatever else the object answers, the request that finds no permit hears it for itself.
        let reply = take(&worker, &record, now).await;
        worker.memory.limits.with(&record, |permits| {
            permits.answered();
            if let Ok(Reply::Granted(grant)) = reply {
                permits.add(grant, now);
            }
        });
    };
    context.ports.background.spawn(Box::pin(lease));
}

/// Reads the record anew, judges it again, and asks once more.
async fn admit_newest(context: &Context, old: &KeyRecord) -> Result<Admission, Refusal> {
    let newest = keys::newest(context, &old.kid).await.map_err(Refusal::OutOfReach)?;
    let now = context.now();
    let record = newest.filter(|record| record.standing(now) == Standing::Active).ok_or(Refusal::Ended)?;
    match take(context, &record, now).await? {
        Reply::Granted(grant) => Ok(spend(context, record, grant, now)),
        Reply::Refused { retry_after_ms, windows, .. } => Err(limited(retry_after_ms, windows)),
        _ => Err(Refusal::OutOfReach(Unavailable::new("object", "the record changes too fast"))),
    }
}

async fn take(context: &Context, record: &KeyRecord, now: Timestamp) -> Result<Reply, Refusal> {
    let policies = Policy::of(record.quota);
    let returned = context.memory.limits.with(record, |permits| permits.returned(now));
    let want = Policy::handful_of(&policies);
    let command = Command::Take { want, returned, version_known: record.version, policies };
    let reply = context.objects().ask::<Allowance>(record.kid.as_str(), &command).await;
    // Permits handed back in a call that fails are lost to their key for a window: it may do less, never more.
    reply.map_err(Refusal::OutOfReach)
}

fn spend(context: &Context, record: Arc<KeyRecord>, grant: Grant, asked_at: Timestamp) -> Admission {
    let windows = grant.windows.clone();
    let taken = context.memory.limits.with(&record, |permits| {
        permits.add(grant, asked_at);
        permits.take(context.now())
    });
    // The answer may have taken longer than a permit lives; it was granted for this request all the same.
    Admission { record, windows: taken.unwrap_or(windows) }
}

/// Another request of this isolate may have been granted more than it needed meanwhile.
fn last_chance(
    context: &Context,
    record: Arc<KeyRecord>,
    retry_after_ms: u64,
    windows: Vec<WindowView>,
) -> Result<Admission, Refusal> {
    match context.memory.limits.with(&record, |permits| permits.take(context.now())) {
        Some(windows) => Ok(Admission { record, windows }),
        None => Err(limited(retry_after_ms, windows)),
    }
}

fn limited(retry_after_ms: u64, windows: Vec<WindowView>) -> Refusal {
    let seconds = retry_after_ms.div_ceil(1000).max(1);
    let detail = format!("The key's allowance is used up. It may ask again in {seconds} s.");
    Refusal::Limited { fault: Fault::new(Code::KeyRateLimited, detail).with_retry_after(seconds), windows }
}
