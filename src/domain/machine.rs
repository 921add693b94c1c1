//! What every Durable Object of perch is: a value, stepped by commands.
//!
//! The platform's object class is a shell: it loads the value, steps it with a command and the time, stores it when the step
//! says so, and answers. All thinking is in [`Machine::step`], which is pure and tested natively.
//!
//! A step may *park* its caller ([`Step::park`]): the shell lets it wait until another command has changed the value, and steps
//! the same command again. A machine must give every parked caller an end: the shell asks again at least each second, with the
//! time moved on.

mod records;

use serde::{Serialize, de::DeserializeOwned};

use super::Timestamp;
pub use records::{Record, Records};

/// The object classes, as `wrangler.toml` binds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Object {
    /// One per connection attempt, named by its `state`.
    Attempt,
    /// One per X account.
    Account,
    /// One per API key.
    Allowance,
    /// One per endpoint group.
    Breaker,
    /// One per key and minute.
    Nonces,
}

/// A Durable Object's value and its rules.
pub trait Machine: Default + Serialize + DeserializeOwned + Send + 'static {
    /// What callers may ask.
    type Command: Clone + Serialize + DeserializeOwned + Send + Sync;
    /// What they are told.
    type Reply: Serialize + DeserializeOwned + Send;
    /// The class that carries this machine.
    const OBJECT: Object;
    /// Milliseconds after which everything about it may be forgotten; nothing for what stays.
    const LIFETIME_MS: Option<u64> = None;

    /// Takes one command at `now`. Must not fail: a refusal is a reply.
    fn step(&mut self, command: Self::Command, now: Timestamp) -> Step<Self::Reply>;

    /// The same for a machine that also keeps records: what would make the value large, or must be found by more than one name.
    /// What is written to them is stored together with the value, whether or not the step asks for that.
    fn step_over(&mut self, _records: &mut dyn Records, command: Self::Command, now: Timestamp) -> Step<Self::Reply> {
        self.step(command, now)
    }

    /// When the machine wants to be woken, if at all. A machine that wants it is an object with an alarm.
    fn wakes_at(&self, _records: &dyn Records) -> Option<Timestamp> {
        None
    }
}

/// What one step decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<R> {
    /// The answer, or nothing: wait for the next change and step again.
    pub reply: Option<R>,
    /// The value changed in a way that must outlive the process: store it before answering.
    pub store: bool,
}

impl<R> Step<R> {
    /// Answer; nothing worth storing happened.
    pub const fn reply(reply: R) -> Self {
        Self { reply: Some(reply), store: false }
    }

    /// Store the value, then answer.
    pub const fn store(reply: R) -> Self {
        Self { reply: Some(reply), store: true }
    }

    /// Let the caller wait until the value has changed.
    pub const fn park() -> Self {
        Self { reply: None, store: false }
    }
}
