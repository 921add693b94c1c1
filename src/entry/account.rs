//! The door of an X account's object: asked by workers, and woken by its own alarm.

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, wasm_bindgen};

use super::app;
use crate::{
    adapters::cloudflare::{self, Shell},
    domain::account,
};

/// When an object whose settings cannot be read is woken again, in ms.
const PATIENCE_MS: u64 = 120_000;

/// One per X account, and one for the app itself.
#[durable_object(alarm)]
pub struct Account {
    shell: Shell<account::Account>,
    env: Env,
}

impl DurableObject for Account {
    fn new(state: State, env: Env) -> Self {
        Self { shell: Shell::new(state), env }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.shell.fetch(request).await
    }

    /// What is due is done by the same code that a worker runs, which asks this object for every step of it.
    async fn alarm(&self) -> Result<Response> {
        let app = app(&self.env);
        let patience_ms = app.as_ref().map_or(PATIENCE_MS, |app| app.config().writes.lease_ms.saturating_mul(2));
        let work = async {
            let (Ok(app), Some(name)) = (app, self.shell.name()) else {
                worker::console_error!(
                    "{}",
                    r#"{"level":"error","message":"an account's object cannot see to itself"}"#
                );
                return;
            };
            let ports = cloudflare::ports(self.env.clone(), cloudflare::on_its_own(), app.config());
            app.wake(ports, &name).await;
        };
        self.shell.alarm(patience_ms, work).await;
        Response::empty()
    }
}
