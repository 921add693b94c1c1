//! What isolates and operators know of a breaker.

use serde::{Deserialize, Serialize};

use super::{Counts, Mode, Override};
use crate::domain::Timestamp;

/// A breaker at one moment. An isolate goes by it for a second at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// By itself.
    pub phase: Phase,
    /// By the operator.
    pub forced: Option<Override>,
    /// What was reported in the last 30 s while it was closed.
    pub counts: Counts,
    /// Whether those counts would open it, were it not for the operator.
    pub would_open: bool,
}

/// The three states, as seen from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Calls pass.
    #[default]
    Closed,
    /// Calls are refused.
    Open {
        /// Then it is half-open.
        until: Timestamp,
    },
    /// A few probes pass.
    HalfOpen,
}

/// What to do with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Make it, and tally its outcome.
    Go,
    /// Ask the breaker to be a probe. A creation is refused instead: [`Admission::for_creation`].
    Probe,
    /// Answer without it.
    Refuse {
        /// When to try again.
        retry_after_ms: u64,
    },
}

impl Snapshot {
    /// What to do at `now` with a call that may be repeated.
    pub fn admission(&self, now: Timestamp) -> Admission {
        match (&self.forced, self.phase) {
            (Some(Override { mode: Mode::Open, expires_at, .. }), _) => {
                let wait_ms = expires_at.map_or(super::OPEN_CAP_MS, |end| end.ms_since(now));
                Admission::Refuse { retry_after_ms: wait_ms.clamp(super::PROBES_OUT_MS, super::OPEN_CAP_MS) }
            }
            (Some(_), _) | (None, Phase::Closed) => Admission::Go,
            (None, Phase::Open { until }) if now < until => Admission::Refuse { retry_after_ms: until.ms_since(now) },
            (None, Phase::Open { .. } | Phase::HalfOpen) => Admission::Probe,
        }
    }
}

impl Admission {
    /// The same for a call that creates something: never a probe.
    #[must_use]
    pub const fn for_creation(self) -> Self {
        match self {
            Self::Probe => Self::Refuse { retry_after_ms: super::QUIET_MS },
            Self::Go | Self::Refuse { .. } => self,
        }
    }
}
