//! Objects in memory: the same machines as the platform's shells carry, stepped one command at a time.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::records::MemoryRecords;
use crate::{
    domain::{
        Timestamp,
        account::Account,
        allowance::Allowance,
        attempt::Attempt,
        breaker::Breaker,
        machine::{Machine, Object},
        nonces::Nonces,
    },
    ports::{Clock, Objects, Unavailable},
};

type Values = Mutex<BTreeMap<String, Vec<u8>>>;

/// What an object keeps beside its value, and when it wants to be woken.
#[derive(Default)]
struct Beside {
    rows: MemoryRecords,
    wakes_at: Option<Timestamp>,
}

/// Every object there is, each value kept as the bytes its storage would hold.
///
/// A value that a step does not ask to store is kept too, as a living object's memory would: restarting is [`Self::restart`].
pub struct MemoryObjects {
    clock: Arc<dyn Clock>,
    living: Values,
    stored: Values,
    beside: Mutex<BTreeMap<String, Beside>>,
    calls: AtomicU64,
    down: AtomicBool,
}

impl MemoryObjects {
    /// No objects yet, on `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (living, stored, beside) = Default::default();
        Self { clock, living, stored, beside, calls: AtomicU64::new(0), down: AtomicBool::new(false) }
    }

    /// Every object loses its memory and comes back from what it had stored.
    pub fn restart(&self) {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner).clone();
        *self.living.lock().unwrap_or_else(PoisonError::into_inner) = stored;
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// How many calls there have been.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Everything that is stored, as text.
    pub fn stored(&self) -> BTreeMap<String, String> {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |value: &Vec<u8>| String::from_utf8_lossy(value).into_owned();
        let mut all: BTreeMap<_, _> = stored.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        for (name, beside) in self.beside().iter() {
            all.entry(name.clone()).or_default().extend(beside.rows.values());
        }
        all
    }

    /// The accounts whose objects want to be woken by now.
    pub fn accounts_to_wake(&self) -> Vec<String> {
        let now = self.clock.now();
        let beside = self.beside();
        let due = beside.iter().filter(|(_, beside)| beside.wakes_at.is_some_and(|at| at <= now));
        due.filter_map(|(key, _)| key.strip_prefix("Account/").map(str::to_owned)).collect()
    }

    /// When the next object wants to be woken.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        self.beside().values().filter_map(|beside| beside.wakes_at).min()
    }

    fn beside(&self) -> MutexGuard<'_, BTreeMap<String, Beside>> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step<M: Machine>(&self, name: &str, command: &[u8]) -> Result<Option<Vec<u8>>, Unavailable> {
        let fault = |e: serde_json::Error| Unavailable::new("object", e);
        let key = format!("{:?}/{name}", M::OBJECT);
        let mut living = self.living.lock().unwrap_or_else(PoisonError::into_inner);
        let mut machine = match living.get(&key) {
            Some(value) => serde_json::from_slice::<M>(value).map_err(fault)?,
            None => M::default(),
        };
        let command = serde_json::from_slice(command).map_err(fault)?;
        let mut all = self.beside();
        let beside = all.entry(key.clone()).or_default();
        let step = machine.step_over(&mut beside.rows, command, self.clock.now());
        if step.store {
            beside.wakes_at = machine.wakes_at(&beside.rows);
        }
        drop(all);
        let value = serde_json::to_vec(&machine).map_err(fault)?;
        if step.store {
            self.stored.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), value.clone());
        }
        living.insert(key, value);
        step.reply.map(|reply| serde_json::to_vec(&reply).map_err(fault)).transpose()
    }
}

#[async_trait::async_trait]
impl Objects for MemoryObjects {
    async fn call(&self, object: Object, name: &str, command: Vec<u8>) -> Result<Vec<u8>, Unavailable> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable::new("object", "down"));
        }
        // A parked caller lets others go on, and is stepped again. The clock is moved by hand, so the turns are bounded.
        for _ in 0..10_000 {
            let reply = match object {
                Object::Attempt => self.step::<Attempt>(name, &command),
                Object::Account => self.step::<Account>(name, &command),
                Object::Allowance => self.step::<Allowance>(name, &command),
                Object::Breaker => self.step::<Breaker>(name, &command),
                Object::Nonces => self.step::<Nonces>(name, &command),
            };
            if let Some(reply) = reply? {
                return Ok(reply);
            }
            super::platform::yield_now().await;
        }
        Err(Unavailable::new("object", "parked for ever"))
    }
}
