//! Durable Objects: stubs on the caller's side, shells around [`Machine`](crate::domain::machine::Machine)s on the other.

mod classes;
#[cfg(feature = "crashpoints")]
pub(super) mod crashpoints;
mod rows;
mod shell;
mod tables;

use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{Delay, Method, Request, RequestInit, send::SendFuture};

use super::Bindings;
use crate::{
    domain::machine::Object,
    ports::{Objects, Unavailable},
};

pub use classes::{Allowance, Attempt, Breaker, Nonces};
pub use shell::Shell;

/// How long an object may take. A caller may be parked for 10 s, and a panicked object never answers at all.
const DEADLINE: Duration = Duration::from_secs(15);

/// The objects, by their bindings.
#[async_trait::async_trait]
impl Objects for Bindings {
    async fn call(&self, object: Object, name: &str, command: Vec<u8>) -> Result<Vec<u8>, Unavailable> {
        let work = async {
            match select(Box::pin(self.ask(object, name, command)), Delay::from(DEADLINE)).await {
                Either::Left((reply, _)) => reply.map_err(|e| Unavailable::new("object", e)),
                Either::Right(((), _)) => Err(Unavailable::new("object", "no answer in time")),
            }
        };
        SendFuture::new(work).await
    }
}

impl Bindings {
    async fn ask(&self, object: Object, name: &str, command: Vec<u8>) -> worker::Result<Vec<u8>> {
        let stub = self.0.durable_object(binding(object))?.get_by_name(name)?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(js_sys::Uint8Array::from(command.as_slice()).into()));
        let mut response = stub.fetch_with_request(Request::new_with_init("https://object/", &init)?).await?;
        match response.status_code() {
            200 => response.bytes().await,
            status => Err(worker::Error::RustError(format!("the object answered {status}"))),
        }
    }
}

const fn binding(object: Object) -> &'static str {
    match object {
        Object::Attempt => "ATTEMPT",
        Object::Account => "ACCOUNT",
        Object::Allowance => "ALLOWANCE",
        Object::Breaker => "BREAKER",
        Object::Nonces => "NONCES",
    }
}
