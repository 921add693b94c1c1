//! The object classes that `wrangler.toml` binds: each a name around its machine. `Account`, which is woken to do something, is a
//! door of its own.
#![expect(missing_docs, reason = "the macro makes public items that carry no docs")]

use worker::{DurableObject, Env, Request, Response, Result, State, durable_object, wasm_bindgen};

use super::shell::Shell;
use crate::domain::{allowance, attempt, breaker, nonces};

/// One per connection attempt. It ends by its alarm.
#[durable_object(alarm)]
pub struct Attempt(Shell<attempt::Attempt>);

impl DurableObject for Attempt {
    fn new(state: State, _env: Env) -> Self {
        Self(Shell::new(state))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.0.fetch(request).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.0.end().await;
        Response::empty()
    }
}

/// One per API key.
#[durable_object(fetch)]
pub struct Allowance(Shell<allowance::Allowance>);

impl DurableObject for Allowance {
    fn new(state: State, _env: Env) -> Self {
        Self(Shell::new(state))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.0.fetch(request).await
    }
}

/// One per endpoint group.
#[durable_object(fetch)]
pub struct Breaker(Shell<breaker::Breaker>);

impl DurableObject for Breaker {
    fn new(state: State, _env: Env) -> Self {
        Self(Shell::new(state))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.0.fetch(request).await
    }
}

/// One per key and minute. It ends by its alarm.
#[durable_object(alarm)]
pub struct Nonces(Shell<nonces::Nonces>);

impl DurableObject for Nonces {
    fn new(state: State, _env: Env) -> Self {
        Self(Shell::new(state))
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.0.fetch(request).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.0.end().await;
        Response::empty()
    }
}
