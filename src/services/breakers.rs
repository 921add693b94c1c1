//! Resting X where it fails: the isolate's side of the `Breaker` objects, one per endpoint group.
//!
//! An isolate goes by a snapshot at most a second old. While requests flow it is renewed beside them, after half a second, so
//! that no answer waits for it; only the first request after a pause asks before it goes on. Successes are tallied here and told
//! with the next failure: the success path asks no object.
//!
//! A breaker that cannot be reached counts as closed: X may be well, and refusing everything would be our failure, not X's.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::Context;
use crate::{
    domain::{
        Timestamp,
        breaker::{Admission, Breaker, Bucket, Command, Group, Outcome, Override, Reply, Snapshot, Tally},
        fault::{Code, Fault},
        retry::{Budget, Effect},
    },
    ports::{EntropyExt, ObjectsExt, Unavailable},
};

/// How old a snapshot may be to go by, in ms.
const OLDEST_MS: u64 = 1000;
/// From what age on a snapshot is renewed beside a request, in ms.
const RENEW_MS: u64 = 500;

/// What an isolate knows of each group.
#[derive(Default)]
pub struct Remembered(Mutex<BTreeMap<Group, Known>>);

struct Known {
    snapshot: Snapshot,
    asked_at: Option<Timestamp>,
    tally: Tally,
    budget: Budget,
}

impl Remembered {
    fn with<T>(&self, group: Group, now: Timestamp, work: impl FnOnce(&mut Known) -> T) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(all.entry(group).or_insert_with(|| Known {
            snapshot: Snapshot::default(),
            asked_at: None,
            tally: Tally::default(),
            budget: Budget::new(now),
        }))
    }
}

/// Runs `decide` with the group's retry budget.
pub fn budget<T>(context: &Context, group: Group, decide: impl FnOnce(&mut Budget, Timestamp) -> T) -> T {
    let now = context.now();
    context.memory.breakers.with(group, now, |known| decide(&mut known.budget, now))
}

/// A call to `group` begins, which earns the budget a share of a retry.
pub fn deposit(context: &Context, group: Group) {
    budget(context, group, Budget::deposit);
}

/// How a call was let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Like any other.
    Ordinary,
    /// As a probe, under this permit.
    Probe(u64),
}

/// Lets one call to `group` through, or not.
///
/// # Errors
/// [`Code::BreakerOpen`], saying when X is tried again.
pub async fn admit(context: &Context, group: Group, effect: Effect) -> Result<Pass, Fault> {
    let now = context.now();
    let admission = current(context, group, now).await.admission(now);
    let admission = if effect == Effect::Create { admission.for_creation() } else { admission };
    match admission {
        Admission::Go => Ok(Pass::Ordinary),
        Admission::Refuse { retry_after_ms } => Err(open(group, retry_after_ms)),
        Admission::Probe => match ask(context, group, &Command::Probe).await {
            Ok(Reply::Permit(permit)) => Ok(Pass::Probe(permit)),
            Ok(Reply::Refused { retry_after_ms }) => Err(open(group, retry_after_ms)),
            Ok(Reply::Go | Reply::Snapshot(_)) | Err(_) => Ok(Pass::Ordinary),
        },
    }
}

/// Notes what came of a call that was let through.
pub fn note(context: &Context, group: Group, pass: Pass, outcome: Outcome) {
    let now = context.now();
    let random = || context.ports.entropy.bytes().map_or(0, u64::from_le_bytes);
    let command = match pass {
        Pass::Probe(permit) => Some(Command::ProbeResult { permit, outcome, random: random() }),
        Pass::Ordinary => {
            let buckets: Option<Vec<Bucket>> =
                context.memory.breakers.with(group, now, |known| known.tally.note(outcome, now));
            buckets.map(|buckets| Command::Report { buckets, random: random() })
        }
    };
    if let Some(command) = command {
        beside(context, group, command);
    }
}

/// How a group is now, as its object knows it.
///
/// # Errors
/// When the object does not answer.
pub async fn snapshot(context: &Context, group: Group) -> Result<Snapshot, Fault> {
    told(ask(context, group, &Command::Snapshot).await)
}

/// The operator takes a breaker over.
///
/// # Errors
/// When the object does not answer.
pub async fn force(context: &Context, group: Group, forced: Override) -> Result<Snapshot, Fault> {
    told(ask(context, group, &Command::Force(forced)).await)
}

/// The operator gives a breaker back to its own judgement.
///
/// # Errors
/// When the object does not answer.
pub async fn release(context: &Context, group: Group) -> Result<Snapshot, Fault> {
    told(ask(context, group, &Command::Release).await)
}

fn told(reply: Result<Reply, Unavailable>) -> Result<Snapshot, Fault> {
    match reply {
        Ok(Reply::Snapshot(snapshot)) => Ok(snapshot),
        _ => Err(Fault::new(Code::Unavailable, "The breaker cannot be asked at the moment.").with_retry_after(2)),
    }
}

/// The snapshot to go by.
async fn current(context: &Context, group: Group, now: Timestamp) -> Snapshot {
    let (snapshot, age) = context.memory.breakers.with(group, now, |known| {
        let age = known.asked_at.map(|asked| now.ms_since(asked));
        if age.is_some_and(|age| (RENEW_MS..OLDEST_MS).contains(&age)) {
            known.asked_at = Some(now);
        }
        (known.snapshot.clone(), age)
    });
    match age {
        Some(age) if age < RENEW_MS => snapshot,
        Some(age) if age < OLDEST_MS => {
            beside(context, group, Command::Snapshot);
            snapshot
        }
        _ => match ask(context, group, &Command::Snapshot).await {
            Ok(Reply::Snapshot(snapshot)) => snapshot,
            _ => Snapshot::default(),
        },
    }
}

fn beside(context: &Context, group: Group, command: Command) {
    let teller = context.beside();
    let tell = async move {
        // A report that does not arrive is a failure less that is known; the next one is told again.
        let _ = ask(&teller, group, &command).await;
    };
    context.ports.background.spawn(Box::pin(tell));
}

/// Asks the object, and remembers how it says it is.
async fn ask(context: &Context, group: Group, command: &Command) -> Result<Reply, Unavailable> {
    let asked_at = context.now();
    let reply = context.objects().ask::<Breaker>(group.as_str(), command).await;
    context.memory.breakers.with(group, asked_at, |known| {
        known.asked_at = Some(asked_at);
        if let Ok(Reply::Snapshot(snapshot)) = &reply {
            known.snapshot = snapshot.clone();
        }
    });
    reply
}

fn open(group: Group, retry_after_ms: u64) -> Fault {
    let seconds = retry_after_ms.div_ceil(1000).max(1);
    let detail = format!("X has failed too often at {}; it is tried again in {seconds} s.", group.as_str());
    Fault::new(Code::BreakerOpen, detail).with_retry_after(seconds)
}
