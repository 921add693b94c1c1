//! The wiring: ports and settings in, a gateway out.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::Request;

use crate::{
    api,
    config::Config,
    domain::fault::Fault,
    gateway,
    ports::Ports,
    services::{Call, Context, Memory},
};

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
        Self {
            config: Arc::new(config),
            memory: Arc::default(),
            router: api::router::router(),
        }
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Answers one request.
    pub async fn fetch(&self, ports: Ports, request: Request<Body>) -> Response {
        match gateway::arrive::name(&ports, request.headers()) {
            Ok(call) => gateway::handle(self.context(ports, call), self.router.clone(), request).await,
            // Without entropy there is no request id, and nothing may be sealed or signed: nothing can be done safely.
            Err(_) => Fault::internal().into_response(),
        }
    }

    /// The surroundings of one event, `call`.
    pub fn context(&self, ports: Ports, call: Call) -> Context {
        Context {
            ports,
            config: self.config.clone(),
            memory: self.memory.clone(),
            call: Arc::new(call),
        }
    }
}
