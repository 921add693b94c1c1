//! The ports of one visit, as perch gets them: every call goes through the world, and may be the isolate's last.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use futures_channel::oneshot;
use perch::{
    config::Config,
    domain::{Timestamp, audit::AuditRow, backoff::Deadline, trace::Trace},
    ports::{AuditQueue, Background, Clock, EdgeLimit, Entropy, Log, Ports, Row, Sql, Statement, Timer, Unavailable},
    services::{Call, Context},
};

use crate::{
    event::{Event, Occurrence},
    visit::VisitId,
    world::{State, World},
};

/// Every port of one visit.
#[derive(Clone)]
pub(crate) struct Port {
    pub(crate) world: World,
    pub(crate) visit: VisitId,
    pub(crate) isolate: usize,
}

impl Port {
    /// The surroundings of a request that arrives now.
    pub(crate) fn context(&self, config: &Arc<Config>) -> Context {
        let (now, memory) = self.world.with(|state| {
            let memory = state.isolates.get(self.isolate).map(|isolate| isolate.memory.clone());
            (state.timestamp(), memory.unwrap_or_default())
        });
        let trace = Trace::enter(None, 1, 1);
        let call = Call::new(format!("visit-{}", self.visit), trace, now, Deadline::longest(now));
        Context { ports: self.ports(), config: config.clone(), memory, call: Arc::new(call) }
    }

    fn ports(&self) -> Ports {
        let port = Arc::new(self.clone());
        Ports {
            clock: port.clone(),
            entropy: port.clone(),
            timer: port.clone(),
            background: port.clone(),
            upstream: port.clone(),
            kv: port.clone(),
            objects: port.clone(),
            sql: port.clone(),
            audit: port.clone(),
            edge_limit: port.clone(),
            sealed_box: port.clone(),
            log: port,
        }
    }

    /// The isolate may be killed in the next `ms`: before what it has just sent arrives, at the very moment, or before the answer.
    pub(crate) fn danger(&self, at: &'static str, ms: u64) {
        self.world.with(|state| {
            let rate = state.weather.isolate_crash;
            if state.chance(rate) {
                let when = if state.rng.bool() { 0 } else { state.rng.u64(..=ms) };
                let isolate = self.isolate;
                state.verdict.counts.crashes += 1;
                state.note("danger", [isolate as u64, when], || format!("for isolate {isolate} in {when} ms: {at}"));
                state.after(when, Event::Visit(Occurrence::Crash(isolate)));
            }
        });
    }

    /// Takes 1 to `most_ms`.
    pub(crate) async fn pause(&self, most_ms: u64) {
        let ms = self.world.with(|state| state.rng.u64(1..=most_ms));
        self.sleep(ms).await;
    }
}

impl State {
    /// Which of KV's locations an isolate is at.
    pub(crate) fn location(&self, isolate: usize) -> usize {
        self.isolates.get(isolate).map_or(0, |isolate| isolate.location)
    }
}

/// The settings of every run.
pub(crate) fn config() -> Option<Arc<Config>> {
    static CONFIG: OnceLock<Option<Arc<Config>>> = OnceLock::new();
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let read = || {
        let master_keys = format!(r#"{{"active":"k1","keys":{{"k1":"{KEY}"}}}}"#);
        let strings: BTreeMap<&str, String> = [
            ("ENVIRONMENT", "simulation"),
            ("PUBLIC_URL", "https://perch.example"),
            ("X_API_URL", "https://api.x.example"),
            ("X_AUTHORIZE_URL", "https://x.example/authorize"),
            ("X_CLIENT_ID", "client"),
            ("X_CLIENT_SECRET", "secret"),
            ("PERCH_MASTER_KEYS", &master_keys),
            ("PERCH_KEY_PEPPER", KEY),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into();
        Config::read(&strings).ok().map(Arc::new)
    };
    CONFIG.get_or_init(read).clone()
}

impl Clock for Port {
    fn now(&self) -> Timestamp {
        self.world.with(|state| state.timestamp())
    }
}

impl Entropy for Port {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        self.world.with(|state| state.rng.fill(bytes));
        Ok(())
    }
}

#[async_trait::async_trait]
impl Timer for Port {
    async fn sleep(&self, ms: u64) {
        let (sleeper, awake) = oneshot::channel();
        self.world.with(|state| state.after(ms, Event::Awake(sleeper)));
        let _ = awake.await;
    }
}

impl Background for Port {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.world.with(|state| state.begin_beside(self.visit, work));
    }
}

/// The database of people: nothing that is simulated depends on it.
#[async_trait::async_trait]
impl Sql for Port {
    async fn query(&self, _: Statement) -> Result<Vec<Row>, Unavailable> {
        self.pause(20).await;
        Ok(Vec::new())
    }

    async fn batch(&self, statements: Vec<Statement>) -> Result<u64, Unavailable> {
        self.pause(20).await;
        Ok(statements.len() as u64)
    }
}

#[async_trait::async_trait]
impl AuditQueue for Port {
    async fn send(&self, _rows: &[AuditRow]) -> Result<(), Unavailable> {
        self.pause(10).await;
        Ok(())
    }
}

#[async_trait::async_trait]
impl EdgeLimit for Port {
    async fn admits(&self, _: &str) -> bool {
        true
    }
}

impl Log for Port {
    fn write_text(&self, line: &str) {
        self.world.with(|state| {
            state.note("log", [self.visit as u64, line.len() as u64], || line.to_owned());
            state.ledger.logged(line);
        });
    }
}
