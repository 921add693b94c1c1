//! Where an object lives: its machine in memory, what is stored of it, and who is parked there.

use std::{collections::BTreeMap, sync::Arc};

use futures_channel::oneshot;
use perch::{
    adapters::memory::MemoryRecords,
    domain::{Timestamp, machine::Object},
    ports::Unavailable,
};

use super::{CallId, Calls, Message, Standing, machines::AnyMachine};

/// Every object there is.
#[derive(Default)]
pub(crate) struct Seats {
    pub(super) all: BTreeMap<Arc<str>, Seat>,
    calls: Calls,
    called: CallId,
}

/// One object.
#[derive(Default)]
pub(super) struct Seat {
    pub(super) living: Option<Living>,
    pub(super) stored: Option<Stored>,
    pub(super) incarnation: u64,
    /// When the newest write becomes durable: no output leaves before.
    pub(super) durable_at: u64,
    pub(super) parked: BTreeMap<CallId, Message>,
    /// When its alarm goes off.
    pub(super) alarm: Option<u64>,
    /// For the twin that stores after sending: what is being sent, by its name.
    pub(super) begun: BTreeMap<String, Arc<[u8]>>,
    pub(super) standing: Option<Standing>,
}

/// An object in memory.
pub(super) struct Living {
    pub(super) machine: AnyMachine,
    pub(super) rows: MemoryRecords,
}

/// An object in storage.
#[derive(Clone, Default)]
pub(super) struct Stored {
    pub(super) value: Vec<u8>,
    pub(super) rows: MemoryRecords,
}

/// What a step has written.
pub(crate) struct Written {
    /// The value, if it asked for that, and when the object wants to be woken.
    pub(super) value: Option<(Vec<u8>, Option<u64>)>,
    pub(super) rows: Option<MemoryRecords>,
}

impl Living {
    pub(super) fn load(object: Object, stored: Option<&Stored>) -> serde_json::Result<Self> {
        let machine = AnyMachine::load(object, stored.map(|stored| stored.value.as_slice()))?;
        Ok(Self { machine, rows: stored.map(|stored| stored.rows.clone()).unwrap_or_default() })
    }

    /// When the object wants to be woken.
    fn wakes_at(&self) -> Option<u64> {
        self.machine.wakes_at(&self.rows).map(Timestamp::as_ms)
    }
}

impl Seats {
    /// What is stored of an object.
    pub(crate) fn stored(&self, object: Object, name: &str) -> Option<&[u8]> {
        let to: Arc<str> = format!("{object:?}/{name}").into();
        self.all.get(&to)?.stored.as_ref().map(|stored| stored.value.as_slice())
    }

    /// An object begins with this in its storage.
    pub(crate) fn store(&mut self, object: Object, name: &str, value: Vec<u8>) {
        let to: Arc<str> = format!("{object:?}/{name}").into();
        self.all.entry(to).or_default().stored = Some(Stored { value, ..Stored::default() });
    }

    pub(super) fn expect_answer(&mut self, answer: oneshot::Sender<Result<Vec<u8>, Unavailable>>) -> CallId {
        self.called += 1;
        self.calls.insert(self.called, answer);
        self.called
    }

    /// Only the first answer is heard.
    pub(super) fn answer(&mut self, call: CallId, reply: Result<Vec<u8>, Unavailable>) {
        if let Some(caller) = self.calls.remove(&call) {
            drop(caller.send(reply));
        }
    }

    pub(super) fn seat(&mut self, to: &Arc<str>) -> &mut Seat {
        self.all.entry(to.clone()).or_default()
    }

    /// The seat, if it is still in that incarnation.
    pub(super) fn current(&mut self, to: &Arc<str>, incarnation: u64) -> Option<&mut Seat> {
        self.all.get_mut(to).filter(|seat| seat.incarnation == incarnation)
    }
}

impl Seat {
    /// When the object wants to be woken, as it is now.
    pub(super) fn wanted(&mut self, object: Object) -> Option<u64> {
        if self.living.is_none() {
            self.living = Living::load(object, self.stored.as_ref()).ok();
        }
        self.living.as_ref().and_then(Living::wakes_at)
    }
}
