//! What perch needs of the world, as traits. The platform implements them in `adapters::cloudflare`, memory in
//! `adapters::memory`; nothing above this floor knows which.

pub mod arrival;
mod background;
mod clock;
mod edge_limit;
mod entropy;
mod kv;
mod log;
mod objects;
mod queue;
mod sealed_box;
mod sql;
mod upstream;

use std::sync::Arc;

pub use background::{Background, Timer};
pub use clock::Clock;
pub use edge_limit::EdgeLimit;
pub use entropy::{Entropy, EntropyExt};
pub use kv::Kv;
pub use log::Log;
pub use objects::{Objects, ObjectsExt};
pub use queue::AuditQueue;
pub use sealed_box::{Binding, SealFault, SealedBox};
pub use sql::{Row, Sql, SqlValue, Statement};
pub use upstream::{TransportFault, Upstream, UpstreamBody, UpstreamRequest, UpstreamResponse};

/// The port could not do its work: the platform's part behind it failed or did not answer.
///
/// The display text names the part and holds no value of a caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part} is unavailable: {reason}")]
pub struct Unavailable {
    /// Which part of the platform: `kv`, `d1`, `object`, `queue`, `entropy`.
    pub part: &'static str,
    /// The platform's own words, for the operator's log; never shown to a caller.
    pub reason: String,
}

impl Unavailable {
    /// `part` failed, saying `reason`.
    #[expect(clippy::needless_pass_by_value, reason = "an error is handed over where it ends")]
    pub fn new(part: &'static str, reason: impl ToString) -> Self {
        Self { part, reason: reason.to_string() }
    }
}

/// Every port, as one request sees them. Cloning copies a handful of pointers.
#[derive(Clone)]
pub struct Ports {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Waiting.
    pub timer: Arc<dyn Timer>,
    /// Work that outlives the answer.
    pub background: Arc<dyn Background>,
    /// X.
    pub upstream: Arc<dyn Upstream>,
    /// Key-value storage that may lag.
    pub kv: Arc<dyn Kv>,
    /// The objects, which decide.
    pub objects: Arc<dyn Objects>,
    /// The database that people query.
    pub sql: Arc<dyn Sql>,
    /// The queue of audit rows.
    pub audit: Arc<dyn AuditQueue>,
    /// The platform's own coarse rate limit.
    pub edge_limit: Arc<dyn EdgeLimit>,
    /// Sealing of tokens.
    pub sealed_box: Arc<dyn SealedBox>,
    /// The log.
    pub log: Arc<dyn Log>,
}
