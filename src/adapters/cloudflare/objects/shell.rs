//! The shell around every object's machine: load, step, store, answer.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use futures_util::future::select;
use tokio::sync::Notify;
use worker::{Date, Delay, Request, Response, SqlStorageValue, State};

use super::{rows::Rows, tables};
use crate::domain::{
    Timestamp,
    machine::{Machine, Step},
};

/// How long a parked caller waits for a change before it is stepped again with the time moved on.
const PARKED_FOR: Duration = Duration::from_secs(1);

/// After an alarm by which nothing was done the next one comes so much later, in ms; twice as late after each further one.
const FRUITLESS_MS: u64 = 1_000;
/// How often that is doubled.
const MOST_DOUBLINGS: u32 = 6;

const LOAD: &str = "SELECT value FROM machine WHERE id = 1";
const STORE: &str =
    "INSERT INTO machine (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value";

/// One object's value in memory, and its storage.
///
/// A step runs without an `await` from load to store, so steps never interleave; the platform's output gate holds the answer
/// until what was stored is durable.
pub struct Shell<M> {
    state: State,
    machine: RefCell<Option<M>>,
    changed: Notify,
    /// When the machine wants to be woken, as of the newest step that stored.
    wanted: Cell<Option<Timestamp>>,
    alarm: Cell<Alarm>,
    /// How many alarms in a row have left something undone.
    fruitless: Cell<u32>,
}

/// The object's one alarm.
#[derive(Clone, Copy)]
enum Alarm {
    /// Not asked for since the object came to life.
    Unknown,
    Unset,
    Set(Timestamp),
}

#[derive(serde::Deserialize)]
struct Stored {
    value: String,
}

impl<M: Machine> Shell<M> {
    /// The shell of an object that has just come to life.
    pub fn new(state: State) -> Self {
        let (machine, changed) = (RefCell::new(None), Notify::new());
        let (wanted, alarm, fruitless) = (Cell::new(None), Cell::new(Alarm::Unknown), Cell::new(0));
        Self { state, machine, changed, wanted, alarm, fruitless }
    }

    /// The object's name, which its callers have given it.
    pub fn name(&self) -> Option<String> {
        self.state.id().name()
    }

    /// Answers a command.
    ///
    /// # Errors
    /// When storage refuses; the value is then read again from what was stored.
    pub async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let body = request.bytes().await?;
        let Ok(command) = serde_json::from_slice::<M::Command>(&body) else {
            return Response::error("not a command of this object", 400);
        };
        #[cfg(feature = "crashpoints")]
        super::crashpoints::pass(M::OBJECT, &self.state, &body, "received").await;
        loop {
            let changed = self.changed.notified();
            let step = self.step(command.clone())?;
            if step.store {
                self.end_in_time().await?;
            }
            self.arm().await?;
            #[cfg(feature = "crashpoints")]
            if step.store {
                super::crashpoints::pass(M::OBJECT, &self.state, &body, "stored").await;
            }
            if let Some(reply) = step.reply {
                return Response::from_bytes(serde_json::to_vec(&reply)?);
            }
            select(Box::pin(changed), Delay::from(PARKED_FOR)).await;
        }
    }

    /// Forgets everything: the object's time is over. It never fails, because the platform gives up an alarm that does.
    pub async fn end(&self) {
        self.machine.replace(None);
        if let Err(e) = self.state.storage().delete_all().await {
            report("an object stays", &e);
        }
    }

    fn step(&self, command: M::Command) -> worker::Result<Step<M::Reply>> {
        let mut memory = self.machine.borrow_mut();
        let mut machine = match memory.take() {
            Some(machine) => machine,
            None => self.load()?,
        };
        let mut rows = Rows::of(self.state.storage().sql());
        let step = machine.step_over(&mut rows, command, now());
        if step.store {
            // Should this fail, the value is dropped: what was not stored has not happened, and is read again.
            self.store(&machine)?;
            self.wanted.set(machine.wakes_at(&rows));
            self.changed.notify_waiters();
        }
        rows.sound()?;
        *memory = Some(machine);
        Ok(step)
    }

    fn store(&self, machine: &M) -> worker::Result<()> {
        let value: SqlStorageValue = serde_json::to_string(machine)?.into();
        self.state.storage().sql().exec(STORE, vec![value])?;
        Ok(())
    }

    /// Sets the alarm that ends an object whose machine does not stay; the first one counts.
    async fn end_in_time(&self) -> worker::Result<()> {
        let Some(lifetime_ms) = M::LIFETIME_MS else { return Ok(()) };
        let storage = self.state.storage();
        if storage.get_alarm().await?.is_none() {
            storage.set_alarm(Duration::from_millis(lifetime_ms)).await?;
        }
        Ok(())
    }

    /// Has the object woken when its machine wants it, also one that has just come to life and was to be woken before. An alarm that
    /// comes too early finds nothing to do and is set again, which costs less than moving it with every write.
    async fn arm(&self) -> worker::Result<()> {
        let Some(wanted) = self.wanted.get() else { return Ok(()) };
        let storage = self.state.storage();
        if let Alarm::Unknown = self.alarm.get() {
            let known = storage.get_alarm().await?.and_then(|at| u64::try_from(at).ok());
            self.alarm.set(known.map_or(Alarm::Unset, |at| Alarm::Set(Timestamp::from_ms(at))));
        }
        if !matches!(self.alarm.get(), Alarm::Set(at) if at <= wanted) {
            self.wake_in(wanted.ms_since(now())).await?;
        }
        Ok(())
    }

    async fn wake_in(&self, ms: u64) -> worker::Result<()> {
        self.alarm.set(Alarm::Set(now().plus_ms(ms)));
        self.state.storage().set_alarm(Duration::from_millis(ms)).await
    }

    /// Does `work` because the alarm has gone off. Whatever becomes of it, the object is woken again: after `patience_ms` if the work
    /// never ends, and when the machine wants it otherwise. It never fails, because the platform gives up an alarm that does.
    pub async fn alarm(&self, patience_ms: u64, work: impl Future<Output = ()>) {
        self.alarm.set(Alarm::Unset);
        let armed = self.wake_in(patience_ms).await;
        work.await;
        let known = self.look_when_wanted();
        let armed = match (armed.and(known), self.wanted.get()) {
            (Ok(()), Some(wanted)) => self.wake_in(self.pause_ms(wanted)).await,
            (Ok(()), None) => self.state.storage().delete_alarm().await,
            (Err(e), _) => Err(e),
        };
        if let Err(e) = armed {
            report("an alarm is not set again", &e);
        }
    }

    /// How long from now the machine is woken that wants to be woken at `wanted`. What is overdue could not be done just now.
    fn pause_ms(&self, wanted: Timestamp) -> u64 {
        let pause_ms = wanted.ms_since(now());
        if pause_ms > 0 {
            self.fruitless.set(0);
            return pause_ms;
        }
        let doublings = self.fruitless.get().min(MOST_DOUBLINGS);
        self.fruitless.set(doublings + 1);
        FRUITLESS_MS << doublings
    }

    fn look_when_wanted(&self) -> worker::Result<()> {
        let mut memory = self.machine.borrow_mut();
        let machine = match memory.take() {
            Some(machine) => machine,
            None => self.load()?,
        };
        let rows = Rows::of(self.state.storage().sql());
        self.wanted.set(machine.wakes_at(&rows));
        *memory = Some(machine);
        rows.sound()
    }

    fn load(&self) -> worker::Result<M> {
        let sql = self.state.storage().sql();
        tables::migrate(&sql)?;
        let row = sql.exec(LOAD, None)?.next::<Stored>().next().transpose()?;
        let machine: M = row.map(|row| serde_json::from_str(&row.value)).transpose()?.unwrap_or_default();
        self.wanted.set(machine.wakes_at(&Rows::of(sql)));
        Ok(machine)
    }
}

fn now() -> Timestamp {
    Timestamp::from_ms(Date::now().as_millis())
}

fn report(message: &str, e: &worker::Error) {
    let line = serde_json::json!({ "level": "error", "message": message, "reason": e.to_string() });
    worker::console_error!("{line}");
}
