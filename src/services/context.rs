//! What every use case is handed: the ports, the settings, what the isolate remembers, and the request it works for.

use std::sync::{Arc, Mutex, PoisonError};

use super::{accounts, keys, limits, tokens, windows};
use crate::{
    config::Config,
    domain::{Timestamp, api_key::KeyId, ids::AccountId},
    ports::Ports,
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
    /// Permits.
    pub limits: limits::Remembered,
    /// X's rate windows.
    pub windows: windows::Remembered,
    /// Credentials.
    pub tokens: tokens::Remembered,
}

/// One request, from its arrival to its log line.
#[derive(Debug)]
pub struct Call {
    /// Ours, in `X-Request-Id` and as correlation id everywhere.
    pub request_id: String,
    /// When it arrived.
    pub started: Timestamp,
    facts: Mutex<Facts>,
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
}

impl Call {
    /// A request that arrived at `started`.
    pub fn new(request_id: String, started: Timestamp) -> Self {
        Self {
            request_id,
            started,
            facts: Mutex::default(),
        }
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
