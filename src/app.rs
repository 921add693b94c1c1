//! The wiring: ports and settings in, a gateway out.

use std::sync::Arc;

use axum::Router;
use http::{HeaderMap, request::Parts};

use crate::{
    api,
    config::Config,
    domain::{backoff::Deadline, caller::Caller, fault::Fault, trace::Trace},
    gateway::{self, Reply},
    jobs::{self, Verdict},
    ports::{Ports, arrival::Arrival},
    relay,
    services::{Call, Context, Memory},
};

/// How long a queue batch or a tick may take, in ms.
const EVENT_MS: u64 = 25_000;

/// perch, as one isolate keeps it between events.
#[derive(Clone)]
pub struct App {
    config: Arc<Config>,
    memory: Arc<Memory>,
    router: Router,
}

impl App {
    /// A fresh isolate's perch.
    pub fn new(config: Config) -> Self {
        Self { config: Arc::new(config), memory: Arc::default(), router: api::router::router() }
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Answers one request, of which `head` is the head.
    pub async fn fetch<A: Arrival>(&self, ports: Ports, head: Parts, arrival: A) -> Reply<A::Body> {
        // Without entropy there is no request id, and nothing may be sealed or signed: nothing can be done safely.
        let Ok(call) = gateway::arrive::name(&ports, &head.headers) else {
            return Fault::internal().into();
        };
        let context = self.context(ports, call);
        let handler = async |head: Parts, caller: Option<Caller>| {
            if let Some(caller) = &caller
                && relay::is_for(head.uri.path())
            {
                return relay::serve(&context, &head, caller, arrival).await;
            }
            api::serve(&context, self.router.clone(), arrival, caller).await
        };
        gateway::handle(&context, head, handler).await
    }

    /// Takes messages of the audit queue, each a row as JSON text, and says of each what becomes of it.
    pub async fn audit_batch(&self, ports: Ports, messages: &[Option<String>]) -> Vec<Verdict> {
        jobs::audit_batch(&self.event(ports), messages).await
    }

    /// Takes messages that the audit queue could not deliver.
    pub async fn audit_dead(&self, ports: Ports, messages: &[Option<String>]) -> Vec<Verdict> {
        jobs::audit_dead(&self.event(ports), messages).await
    }

    /// Does what is due on a tick of the clock.
    pub async fn tick(&self, ports: Ports) {
        jobs::sweep(&self.event(ports)).await;
    }

    /// Does what is due for the account called `name`, because its object has been woken.
    pub async fn wake(&self, ports: Ports, name: &str) {
        jobs::wake(&self.event(ports), name).await;
    }

    /// The surroundings of an event that nobody has asked for.
    fn event(&self, ports: Ports) -> Context {
        let now = ports.clock.now();
        let call = gateway::arrive::name(&ports, &HeaderMap::new());
        // A job neither seals nor signs, so it can go on without entropy, under a name that only tells the time.
        let call = call.unwrap_or_else(|_| {
            let trace = Trace::enter(None, u128::from(now.as_ms()), now.as_ms());
            Call::new(format!("event-{}", now.as_ms()), trace, now, Deadline::after(EVENT_MS, now))
        });
        self.context(ports, call)
    }

    /// The surroundings of one event, `call`.
    pub fn context(&self, ports: Ports, call: Call) -> Context {
        Context { ports, config: self.config.clone(), memory: self.memory.clone(), call: Arc::new(call) }
    }
}
