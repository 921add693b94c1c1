//! The shell around every object's machine: load, step, store, answer.

use std::{cell::RefCell, time::Duration};

use futures_util::future::select;
use tokio::sync::Notify;
use worker::{Date, Delay, Request, Response, SqlStorageValue, State};

use crate::domain::{
    Timestamp,
    machine::{Machine, Step},
};

/// How long a parked caller waits for a change before it is stepped again with the time moved on.
const PARKED_FOR: Duration = Duration::from_secs(1);

const CREATE: &str = "CREATE TABLE IF NOT EXISTS machine (id INTEGER PRIMARY KEY CHECK (id = 1), value TEXT NOT NULL)";
const LOAD: &str = "SELECT value FROM machine WHERE id = 1";
const STORE: &str =
    "INSERT INTO machine (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value";

/// One object's value in memory, and its storage.
///
/// A step runs without an `await` from load to store, so steps never interleave; the platform's output gate holds the answer
/// until what was stored is durable.
pub(super) struct Shell<M> {
    state: State,
    machine: RefCell<Option<M>>,
    changed: Notify,
}

#[derive(serde::Deserialize)]
struct Stored {
    value: String,
}

impl<M: Machine> Shell<M> {
    pub(super) fn new(state: State) -> Self {
        Self { state, machine: RefCell::new(None), changed: Notify::new() }
    }

    pub(super) async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
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
                #[cfg(feature = "crashpoints")]
                super::crashpoints::pass(M::OBJECT, &self.state, &body, "stored").await;
            }
            if let Some(reply) = step.reply {
                return Response::from_bytes(serde_json::to_vec(&reply)?);
            }
            select(Box::pin(changed), Delay::from(PARKED_FOR)).await;
        }
    }

    /// Forgets everything: the object's time is over. It never fails, because the platform gives up an alarm that does.
    pub(super) async fn alarm(&self) {
        self.machine.replace(None);
        if let Err(e) = self.state.storage().delete_all().await {
            worker::console_error!(
                "{}",
                serde_json::json!({ "level": "error", "message": "an object stays", "reason": e.to_string() })
            );
        }
    }

    fn step(&self, command: M::Command) -> worker::Result<Step<M::Reply>> {
        let mut memory = self.machine.borrow_mut();
        let mut machine = match memory.take() {
            Some(machine) => machine,
            None => self.load()?,
        };
        let step = machine.step(command, Timestamp::from_ms(Date::now().as_millis()));
        if step.store {
            // Should this fail, the value is dropped: what was not stored has not happened, and is read again.
            self.store(&machine)?;
            self.changed.notify_waiters();
        }
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

    fn load(&self) -> worker::Result<M> {
        let sql = self.state.storage().sql();
        sql.exec(CREATE, None)?;
        let row = sql.exec(LOAD, None)?.next::<Stored>().next().transpose()?;
        Ok(row.map(|row| serde_json::from_str(&row.value)).transpose()?.unwrap_or_default())
    }
}
