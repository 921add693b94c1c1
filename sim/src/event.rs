//! What can happen at a moment.

use futures_channel::oneshot;

use crate::{kv, objects, upstream, visit::VisitId};

/// Something that happens by itself, without a task.
pub(crate) enum Event {
    /// A task has slept long enough.
    Awake(oneshot::Sender<()>),
    /// Something about visits and the isolates they are on.
    Visit(Occurrence),
    /// Something on the way to a KV location.
    Kv(kv::Event),
    /// Something on the way to or from an object, or inside one.
    Objects(objects::Event),
    /// Something on the way to or from X.
    Upstream(upstream::Event),
}

/// What can happen to visits.
pub(crate) enum Occurrence {
    /// The scenario's turn: its own event of this number.
    Scenario(u64),
    /// The client of the visit leaves.
    HangUp(VisitId),
    /// The platform ends what the visit has left running beside its answer.
    Over(VisitId),
    /// An isolate is killed.
    Crash(usize),
}
