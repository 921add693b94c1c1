//! Cloudflare's platform, one binding per file. An adapter has no branch worth a test: what decides is above.

mod arrival;
mod audit_queue;
mod background;
mod d1;
mod edge_limit;
mod kv;
mod objects;
mod platform;
mod strings;
mod upstream;

use std::sync::Arc;

use worker::Env;

use super::sealed_box::XChaCha;
use crate::{
    config::Config,
    ports::{Background, Ports},
};

pub use arrival::{PlatformArrival, pass_on, whole};
pub use background::{wait_until, wait_until_scheduled};
pub use objects::{Account, Allowance, Attempt, Breaker, Nonces};
pub use strings::EnvStrings;

/// The ports of one event: `env` and `background` belong to it.
pub fn ports(env: &Env, background: Arc<dyn Background>, config: &Config) -> Ports {
    Ports {
        clock: Arc::new(platform::PlatformClock),
        entropy: Arc::new(platform::PlatformEntropy),
        timer: Arc::new(platform::PlatformTimer),
        background,
        upstream: Arc::new(upstream::Fetch),
        kv: Arc::new(kv::WorkersKv(env.clone())),
        objects: Arc::new(objects::Stubs(env.clone())),
        sql: Arc::new(d1::D1(env.clone())),
        audit: Arc::new(audit_queue::Queue(env.clone())),
        edge_limit: Arc::new(edge_limit::RateLimitBinding(env.clone())),
        sealed_box: Arc::new(XChaCha::new(config, Arc::new(platform::PlatformEntropy))),
        log: Arc::new(platform::ConsoleLog),
    }
}
