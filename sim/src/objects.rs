//! Objects by the platform's rules: one step at a time, answers held until what they rest on is stored, memory that may go at any
//! moment, and messages that are slow, lost, late or doubled.

mod alarm;
mod machines;
mod rows;
mod seat;
mod step;

use std::{collections::BTreeMap, sync::Arc};

use futures_channel::oneshot;
use perch::{
    domain::machine::Object,
    ports::{Objects, Unavailable},
};

use crate::{event, isolate::Port, world::State};

pub(crate) use machines::{AnyMachine, Standing};
pub(crate) use seat::{Seats, Written};

/// How long a caller waits for an object, in ms: as perch's adapter for the platform does.
const DEADLINE_MS: u64 = 15_000;

/// A call's number.
pub(crate) type CallId = u64;

/// A command on its way.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) to: Arc<str>,
    pub(crate) object: Object,
    pub(crate) call: CallId,
    pub(crate) command: Arc<[u8]>,
    pub(crate) location: usize,
}

/// What is on its way to or from an object, or happens inside one. An incarnation ends when its object dies, and all it had under
/// way with it.
pub(crate) enum Event {
    /// A command arrives.
    Deliver(Message),
    /// A parked caller is stepped again.
    Again { to: Arc<str>, incarnation: u64, call: CallId },
    /// A write becomes durable.
    Durable { to: Arc<str>, incarnation: u64, written: Box<Written>, standing: Option<Standing> },
    /// The output gate opens for a reply.
    Release { to: Arc<str>, incarnation: u64, call: CallId, reply: Vec<u8>, standing: Option<Standing> },
    /// A caller hears.
    Answer { call: CallId, reply: Result<Vec<u8>, Unavailable> },
    /// The object dies.
    Crash { to: Arc<str> },
    /// The alarm goes off that was set for then.
    Alarm { to: Arc<str>, at: u64 },
}

/// Callers that have not been answered.
pub(crate) type Calls = BTreeMap<CallId, oneshot::Sender<Result<Vec<u8>, Unavailable>>>;

#[async_trait::async_trait]
impl Objects for Port {
    async fn call(&self, object: Object, name: &str, command: Vec<u8>) -> Result<Vec<u8>, Unavailable> {
        let (answer, reply) = oneshot::channel();
        self.world.with(|state| {
            let call = state.seats.expect_answer(answer);
            let location = state.location(self.isolate);
            let to = format!("{object:?}/{name}").into();
            state.send_command(Message { to, object, call, command: command.into(), location });
        });
        self.danger("a command is under way", 40);
        reply.await.unwrap_or_else(|_| Err(unavailable("the caller is gone")))
    }
}

impl State {
    fn send_command(&mut self, message: Message) {
        let weather = self.weather.clone();
        self.answer_in(DEADLINE_MS, message.call, Err(unavailable("no answer in time")));
        if self.chance(weather.command_lost) {
            let ms = self.rng.u64(1..=100);
            self.note("a command is lost", [message.call, ms], || message.to.to_string());
            return self.answer_in(ms, message.call, Err(unavailable("not reached")));
        }
        if self.chance(weather.command_twice) {
            let ms = self.rng.u64(1..=weather.latest_ms);
            self.note("a command will come twice", [message.call, ms], || format!("{} in {ms} ms", message.to));
            self.after(ms, objects(Event::Deliver(message.clone())));
        }
        let ms = if self.chance(weather.command_late) {
            self.rng.u64(1..=weather.latest_ms)
        } else if self.chance(weather.command_slow) {
            self.rng.u64(100..=15_000)
        } else {
            self.rng.u64(1..=15)
        };
        self.after(ms, objects(Event::Deliver(message)));
    }

    pub(super) fn answer_in(&mut self, ms: u64, call: CallId, reply: Result<Vec<u8>, Unavailable>) {
        self.after(ms, objects(Event::Answer { call, reply }));
    }

    pub(crate) fn objects_event(&mut self, event: Event) {
        match event {
            Event::Deliver(message) => self.deliver(message),
            Event::Again { to, incarnation, call } => self.again(&to, incarnation, call),
            Event::Durable { to, incarnation, written, standing } => self.durable(&to, incarnation, *written, standing),
            Event::Release { to, incarnation, call, reply, standing } => {
                self.release(&to, incarnation, call, reply, standing);
            }
            Event::Answer { call, reply } => self.seats.answer(call, reply),
            Event::Crash { to } => self.object_dies(&to),
            // The world's, which can begin work.
            Event::Alarm { .. } => {}
        }
    }
}

pub(crate) const fn objects(event: Event) -> event::Event {
    event::Event::Objects(event)
}

pub(crate) fn unavailable(reason: &str) -> Unavailable {
    Unavailable::new("object", reason)
}
