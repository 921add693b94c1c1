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

use std::sync::{Arc, OnceLock};

use worker::Env;

use super::sealed_box::XChaCha;
use crate::{
    config::Config,
    ports::{Background, Ports, SealedBox},
};

pub use arrival::{PlatformArrival, pass_on, whole};
pub use background::{wait_until, wait_until_scheduled};
pub use objects::{Account, Allowance, Attempt, Breaker, Nonces};
pub use strings::EnvStrings;

/// The isolate's sealed box: its settings do not change while the isolate lives.
fn sealed_box(config: &Config) -> Arc<dyn SealedBox> {
    static SEALED_BOX: OnceLock<Arc<XChaCha>> = OnceLock::new();
    SEALED_BOX.get_or_init(|| Arc::new(XChaCha::new(config, Arc::new(platform::PlatformEntropy)))).clone()
}

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
        sealed_box: sealed_box(config),
        log: Arc::new(platform::ConsoleLog),
    }
}
