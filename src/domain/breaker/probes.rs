//! The few calls that find out whether X has recovered.

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::domain::Timestamp;

/// Probes in one round, and how many of them must succeed: all.
const PROBES: usize = 3;
const PROBE_LIFE_MS: u64 = 15_000;
/// How long a round waits for somebody to probe.
pub(super) const QUIET_MS: u64 = 5_000;

/// One round of probes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Probes {
    out: Vec<Probe>,
    passed: usize,
    quiet_since: Timestamp,
}

/// A probe that has not reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Probe {
    permit: u64,
    ends_at: Timestamp,
}

/// What the round has shown so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Undecided,
    Recovered,
    Failing,
}

impl Probes {
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { out: Vec::new(), passed: 0, quiet_since: now }
    }

    /// Frees the places of probes that have not reported in time.
    pub(super) fn expire(&mut self, now: Timestamp) {
        self.out.retain(|probe| now < probe.ends_at);
    }

    /// Whether nobody has probed for a while.
    pub(super) const fn are_quiet(&self, now: Timestamp) -> bool {
        self.out.is_empty() && now.ms_since(self.quiet_since) >= QUIET_MS
    }

    /// Sends one out under `permit`, if there is a place.
    pub(super) fn send(&mut self, permit: u64, now: Timestamp) -> bool {
        let has_place = self.out.len() + self.passed < PROBES;
        if has_place {
            let ends_at = now.plus_ms(PROBE_LIFE_MS);
            self.out.push(Probe { permit, ends_at });
            self.quiet_since = now;
        }
        has_place
    }

    /// Takes a report. A permit that has ended, or is of an earlier round, says nothing.
    pub(super) fn conclude(&mut self, permit: u64, outcome: Outcome, now: Timestamp) -> Option<Verdict> {
        let at = self.out.iter().position(|probe| probe.permit == permit)?;
        self.out.swap_remove(at);
        self.quiet_since = now;
        Some(match outcome {
            Outcome::Failure | Outcome::Success { slow: true } => Verdict::Failing,
            Outcome::Neutral => Verdict::Undecided,
            Outcome::Success { slow: false } => {
                self.passed += 1;
                if self.passed < PROBES { Verdict::Undecided } else { Verdict::Recovered }
            }
        })
    }
}
