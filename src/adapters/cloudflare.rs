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
    ports::{Background, Clock, Entropy, Log, Ports, SealedBox, Timer, Upstream},
};

pub use arrival::{PlatformArrival, pass_on, whole};
pub use background::{on_its_own, wait_until, wait_until_scheduled};
pub use objects::{Allowance, Attempt, Breaker, Nonces, Shell};
pub use strings::EnvStrings;

/// The platform's parts that belong to one event, by the names that wrangler.toml gives them.
struct Bindings(Env);

/// The parts that are the same for all events.
struct Shared {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    timer: Arc<dyn Timer>,
    upstream: Arc<dyn Upstream>,
    sealed_box: Arc<dyn SealedBox>,
    log: Arc<dyn Log>,
}

impl Shared {
    fn new(config: &Config) -> Self {
        Self {
            clock: Arc::new(platform::PlatformClock),
            entropy: Arc::new(platform::PlatformEntropy),
            timer: Arc::new(platform::PlatformTimer),
            upstream: Arc::new(upstream::Fetch),
            sealed_box: Arc::new(XChaCha::new(config, Arc::new(platform::PlatformEntropy))),
            log: Arc::new(platform::ConsoleLog),
        }
    }
}

/// The ports of one event: `env` and `background` belong to it.
pub fn ports(env: Env, background: Arc<dyn Background>, config: &Config) -> Ports {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    let shared = SHARED.get_or_init(|| Shared::new(config));
    #[cfg(feature = "crashpoints")]
    objects::crashpoints::told(&config.x.api_url);
    let bindings = Arc::new(Bindings(env));
    Ports {
        clock: shared.clock.clone(),
        entropy: shared.entropy.clone(),
        timer: shared.timer.clone(),
        background,
        upstream: shared.upstream.clone(),
        kv: bindings.clone(),
        objects: bindings.clone(),
        sql: bindings.clone(),
        audit: bindings.clone(),
        edge_limit: bindings,
        sealed_box: shared.sealed_box.clone(),
        log: shared.log.clone(),
    }
}
