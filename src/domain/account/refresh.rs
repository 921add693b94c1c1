//! The state of renewal: the lease, and what is known of the refresh token it is about.

use serde::{Deserialize, Serialize};

use super::{BusyCause, escrow::Looks, loss::Loss, spares::Spares, terms::Terms};
use crate::domain::{Sealed, Timestamp};

/// Askers wait for a lease until it is this old: as long as its holder may wait for X.
const PATIENCE_MS: u64 = 10_000;
/// When to come back while a slow exchange is under way.
pub(super) const RETRY_SOON_MS: u64 = 1_000;
/// The most leases of silent holders that are remembered. Each held the account for half a minute.
const MOST_SILENT: usize = 4;

/// The state of renewal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Refresh {
    pub(super) held: Option<Held>,
    /// The lease of the newest commit, so that a commit repeated after a lost answer is recognised.
    pub(super) committed: Option<String>,
    /// Leases since the newest commit whose holders fell silent, the newest last: what they left in escrow stands under these names.
    pub(super) silent: Vec<String>,
    /// What came too late.
    pub(super) spares: Spares,
    /// What was in force before, until what is in force has worked once.
    pub(super) previous: Option<Previous>,
    /// An exchange since the newest commit ended without a clear answer: the refresh token may be spent.
    pub(super) doubtful: bool,
    /// When X refused the refresh token in force.
    pub(super) refused: Option<Timestamp>,
    pub(super) looks: Looks,
    pub(super) failures: u32,
    pub(super) wait: Option<Wait>,
    pub(super) loss: Option<Loss>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Held {
    lease_id: String,
    since: Timestamp,
    ends: Timestamp,
    pub(super) source: Source,
    /// X had rejected the access token in force when the lease was given.
    pub(super) rejected: bool,
}

/// Which refresh token a lease is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Source {
    /// The one in force.
    Current,
    /// One that came too late under this lease.
    Spare(String),
    /// The one before.
    Previous,
}

/// A refresh token that X has exchanged for the one in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Previous {
    pub(super) sealed_refresh: Sealed,
    pub(super) generation: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Wait {
    until: Timestamp,
    cause: BusyCause,
}

/// What a renewal would meet now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nobody is at it.
    Free,
    /// The asker itself holds the lease.
    Mine,
    /// Another holds it, and is expected to report.
    InFlight,
    /// Another holds it, and takes longer than anybody should wait.
    Slow,
    /// The last holder has fallen silent, at this moment: the refresh token may be spent.
    Unsettled(Timestamp),
    /// X has refused what there is, at this moment, and a silent holder may have left tokens in escrow.
    Searching(Timestamp),
    /// The last try failed; not yet time for the next.
    BackingOff { retry_after_ms: u64, cause: BusyCause },
    /// X has refused the grant.
    Dead,
}

impl Refresh {
    pub(super) fn standing(&self, lease_id: &str, now: Timestamp) -> Standing {
        if self.loss.is_some() {
            return Standing::Dead;
        }
        match (&self.held, self.wait, self.refused) {
            (Some(held), ..) => held.standing(lease_id, now),
            (None, Some(wait), _) if now < wait.until => {
                Standing::BackingOff { retry_after_ms: wait.until.ms_since(now), cause: wait.cause }
            }
            (None, _, Some(refused)) if self.source().is_none() => Standing::Searching(refused),
            (None, ..) => Standing::Free,
        }
    }

    /// Gives a lease on `source`. One given over another that was never reported on leaves that one's outcome unknown.
    pub(super) fn lease(&mut self, lease_id: String, source: Source, rejected: bool, terms: Terms, now: Timestamp) {
        if let Some(silent) = self.held.take() {
            self.doubtful |= silent.source == Source::Current;
            self.silent.push(silent.lease_id);
            let too_many = self.silent.len().saturating_sub(MOST_SILENT);
            self.silent.drain(..too_many);
        }
        self.held = Some(Held { lease_id, since: now, ends: now.plus_ms(terms.lease_ms), source, rejected });
        self.wait = None;
    }

    /// What the next lease is about; nothing if X has refused all there is.
    pub(super) fn source(&self) -> Option<Source> {
        if self.refused.is_none() {
            return Some(Source::Current);
        }
        let spare = self.spares.newest().map(|lease_id| Source::Spare(lease_id.to_owned()));
        spare.or_else(|| self.previous.as_ref().map(|_| Source::Previous))
    }

    /// The leases under which something may stand in escrow.
    pub(super) fn escrowed(&self) -> Vec<String> {
        let held = self.held.iter().map(|held| held.lease_id.clone());
        self.silent.iter().cloned().chain(held).collect()
    }

    pub(super) fn is_held_by(&self, lease_id: &str) -> bool {
        self.held.as_ref().is_some_and(|held| held.lease_id == lease_id)
    }

    /// Whether somebody else may be at it.
    pub(super) fn is_held_by_another(&self, lease_id: &str, now: Timestamp) -> bool {
        self.held.as_ref().is_some_and(|held| held.lease_id != lease_id && now < held.ends)
    }

    /// Ends the lease without new tokens.
    pub(super) fn fail(&mut self, wait_ms: u64, cause: BusyCause, now: Timestamp) {
        self.held = None;
        self.wait = Some(Wait { until: now.plus_ms(wait_ms), cause });
    }
}

impl Held {
    fn standing(&self, lease_id: &str, now: Timestamp) -> Standing {
        if now >= self.ends {
            return Standing::Unsettled(self.ends);
        }
        match now.ms_since(self.since) {
            _ if self.lease_id == lease_id => Standing::Mine,
            PATIENCE_MS.. => Standing::Slow,
            _ => Standing::InFlight,
        }
    }
}
