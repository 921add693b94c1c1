//! What every use case is handed: the ports, the settings, what the isolate remembers, and the request it works for.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use super::{accounts, audit, breakers, keys, limits, tokens, windows, writes};
use crate::{
    config::Config,
    domain::{Timestamp, api_key::KeyId, backoff::Deadline, ids::AccountId, preference::Preference, trace::Trace},
    ports::{Kv, Objects, Ports, Sql},
};

/// The surroundings of one request, queue message or cron tick. Cloning copies a few pointers.
#[derive(Clone)]
pub struct Context {
    /// The ports.
    pub ports: Ports,
    /// The settings.
    pub config: Arc<Config>,
    /// What this isolate remembers between requests.
    pub memory: Arc<Memory>,
    /// The request.
    pub call: Arc<Call>,
}

impl Context {
    /// The same surroundings with a whole deadline from now on: for work that goes on as long as its client keeps sending.
    #[must_use]
    pub fn renewed(&self) -> Self {
        let deadline = Deadline::longest(self.now());
        let call = Call { deadline, ..Call::clone(&self.call) };
        Self { call: Arc::new(call), ..self.clone() }
    }

    /// The same surroundings for work beside the answer, which the answer does not wait for.
    #[must_use]
    pub fn beside(&self) -> Self {
        let call = Call { waits: Waits::default(), ..Call::clone(&self.call) };
        Self { call: Arc::new(call), ..self.clone() }
    }

    /// Key-value storage. The answer waits for what is asked here.
    pub fn kv(&self) -> &dyn Kv {
        self.call.waits.kv.fetch_add(1, Ordering::Relaxed);
        &*self.ports.kv
    }

    /// The objects. The answer waits for what is asked here.
    pub fn objects(&self) -> &dyn Objects {
        self.call.waits.objects.fetch_add(1, Ordering::Relaxed);
        &*self.ports.objects
    }

    /// The database. The answer waits for what is asked here.
    pub fn sql(&self) -> &dyn Sql {
        self.call.waits.sql.fetch_add(1, Ordering::Relaxed);
        &*self.ports.sql
    }

    /// This moment.
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }
}

/// What an isolate remembers between requests. Everything here is a copy of what an object or the database decides, and old by
/// at most the time its module states.
#[derive(Default)]
pub struct Memory {
    /// Connected accounts, by the names callers use.
    pub accounts: accounts::Remembered,
    /// Key records.
    pub keys: keys::Remembered,
    /// Breakers.
    pub breakers: breakers::Remembered,
    /// Permits.
    pub limits: limits::Remembered,
    /// X's rate windows.
    pub windows: windows::Remembered,
    /// Accounts that were noted to have something to do.
    pub noted: writes::Noted,
    /// Audit rows that are about to be sent.
    pub audit: audit::Gathered,
    /// Credentials.
    pub tokens: tokens::Remembered,
    /// Renewed credentials that have not worked yet.
    pub unproven: tokens::Unproven,
    /// The app's own bearer.
    pub app_token: tokens::RememberedApp,
}

/// One request, from its arrival to its log line. A clone notes into the same line.
#[derive(Clone, Debug)]
pub struct Call {
    /// Ours, in `X-Request-Id` and as correlation id everywhere.
    pub request_id: String,
    /// The trace it belongs to.
    pub trace: Trace,
    /// When it arrived.
    pub started: Timestamp,
    /// When its client wants the answer.
    pub deadline: Deadline,
    /// How its client wants it treated.
    pub preference: Preference,
    /// What its answer waited for.
    pub waits: Waits,
    facts: Arc<Mutex<Facts>>,
}

/// How often an answer waited for each part of the platform. On a warm isolate a relayed call waits for none.
#[derive(Debug, Default)]
pub struct Waits {
    /// Key-value storage.
    pub kv: AtomicU32,
    /// Objects.
    pub objects: AtomicU32,
    /// The database.
    pub sql: AtomicU32,
}

impl Clone for Waits {
    fn clone(&self) -> Self {
        let copy = |count: &AtomicU32| AtomicU32::new(count.load(Ordering::Relaxed));
        Self { kv: copy(&self.kv), objects: copy(&self.objects), sql: copy(&self.sql) }
    }
}

/// What is learned on the way and belongs in the access log.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The key that asked.
    pub kid: Option<KeyId>,
    /// The account it acted for.
    pub account: Option<AccountId>,
    /// Requests sent to X.
    pub x_calls: u32,
    /// X's last status.
    pub x_status: Option<u16>,
    /// How long it was ready to wait for a window, in s, if it was asked to.
    pub waits_s: Option<u64>,
}

impl Call {
    /// A request that arrived at `started`.
    pub fn new(request_id: String, trace: Trace, started: Timestamp, deadline: Deadline) -> Self {
        let (preference, waits, facts) = Default::default();
        Self { request_id, trace, started, deadline, preference, waits, facts }
    }

    /// With what its client prefers.
    #[must_use]
    pub fn preferring(mut self, preference: Preference) -> Self {
        self.preference = preference;
        self
    }

    /// Notes something for the access log.
    pub fn note(&self, note: impl FnOnce(&mut Facts)) {
        note(&mut self.facts.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was noted.
    pub fn facts(&self) -> Facts {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
