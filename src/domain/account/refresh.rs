//! The lease on the refresh token, and what became of it.

use serde::{Deserialize, Serialize};

use super::{Account, BusyCause, Commit, FailureClass, Grant, LastError, ReauthReason, Renewed, Reply, grant};
use crate::domain::{Timestamp, machine::Step};

/// A lease unheard of for this long no longer binds anybody.
const LEASE_MS: u64 = 30_000;
/// Askers wait for a lease until it is this old: as long as its holder may wait for X.
const PATIENCE_MS: u64 = 10_000;
/// When to come back while a slow exchange is under way.
pub(super) const RETRY_SOON_MS: u64 = 1_000;
/// After a transient failure: 1 s, doubling to a minute.
const BACKOFF_MS: u64 = 1_000;
const BACKOFF_CAP_MS: u64 = 60_000;
/// After a refused client: the operator needs time, the token endpoint needs no hammering.
const MISCONFIGURED_MS: u64 = 30_000;

/// The state of renewal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Refresh {
    held: Option<Held>,
    /// The lease of the newest commit, so that a commit repeated after a lost answer is recognised.
    committed: Option<String>,
    /// Tokens from a holder that was believed dead, for the generation that is still to come.
    candidate: Option<(u64, Renewed)>,
    /// An exchange since the newest commit ended without a clear answer: the refresh token may be spent.
    doubtful: bool,
    failures: u32,
    wait: Option<Wait>,
    dead: Option<ReauthReason>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    lease_id: String,
    since: Timestamp,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Wait {
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
    /// The last holder has fallen silent: the refresh token may be spent.
    Unsettled,
    /// The last try failed; not yet time for the next.
    BackingOff { retry_after_ms: u64, cause: BusyCause },
    /// X has refused the grant.
    Dead(ReauthReason),
}

impl Refresh {
    pub(super) fn standing(&self, lease_id: &str, now: Timestamp) -> Standing {
        if let Some(reason) = self.dead {
            return Standing::Dead(reason);
        }
        match (&self.held, self.wait) {
            (Some(held), _) => held.standing(lease_id, now),
            (None, Some(wait)) if now < wait.until => {
                Standing::BackingOff { retry_after_ms: wait.until.ms_since(now), cause: wait.cause }
            }
            (None, _) => Standing::Free,
        }
    }

    /// A lease over one that was never reported on leaves its outcome unknown.
    pub(super) fn lease(&mut self, lease_id: String, now: Timestamp) {
        self.doubtful |= self.held.is_some();
        self.held = Some(Held { lease_id, since: now });
        self.wait = None;
    }

    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    fn is_held_by(&self, lease_id: &str) -> bool {
        self.held.as_ref().is_some_and(|held| held.lease_id == lease_id)
    }

    /// Ends the lease without new tokens.
    fn fail(&mut self, wait_ms: u64, cause: BusyCause, now: Timestamp) {
        self.held = None;
        self.wait = Some(Wait { until: now.plus_ms(wait_ms), cause });
    }

    fn take_candidate(&mut self, generation: u64) -> Option<Renewed> {
        self.candidate.take().filter(|(sealed_under, _)| *sealed_under == generation).map(|(_, renewed)| renewed)
    }
}

impl Held {
    fn standing(&self, lease_id: &str, now: Timestamp) -> Standing {
        match now.ms_since(self.since) {
            LEASE_MS.. => Standing::Unsettled,
            _ if self.lease_id == lease_id => Standing::Mine,
            PATIENCE_MS.. => Standing::Slow,
            _ => Standing::InFlight,
        }
    }
}

impl Account {
    /// Takes new tokens from the holder of the lease; also when it comes late, as long as nobody else has got the lease. From
    /// anybody else they are refused, but kept in case the refresh token turns out to be spent.
    pub(super) fn commit(&mut self, commit: Commit, now: Timestamp) -> Step<Reply> {
        let repeated = self.refresh.committed.as_ref() == Some(&commit.lease_id);
        if repeated && commit.generation == self.generation {
            return Step::reply(Reply::Committed { generation: self.generation });
        }
        let next = commit.generation == self.next_generation();
        if next && self.refresh.is_held_by(&commit.lease_id) {
            self.adopt(commit.renewed, Some(commit.lease_id), now);
            return Step::store(Reply::Committed { generation: self.generation });
        }
        if next && self.connected.is_some() {
            self.refresh.candidate = Some((commit.generation, commit.renewed));
            return Step::store(Reply::Stale { generation: self.generation });
        }
        Step::reply(Reply::Stale { generation: self.generation })
    }

    pub(super) fn refresh_failed(
        &mut self,
        lease_id: &str,
        class: FailureClass,
        reason: &str,
        now: Timestamp,
    ) -> Step<Reply> {
        if !self.refresh.is_held_by(lease_id) {
            return Step::reply(Reply::Stale { generation: self.generation });
        }
        self.refresh.failures = self.refresh.failures.saturating_add(1);
        self.last_error = Some(LastError { code: reason.to_owned(), at: now });
        match class {
            FailureClass::Transient => {
                self.refresh.doubtful = true;
                let wait_ms = backoff_ms(self.refresh.failures);
                self.refuse(wait_ms, BusyCause::RefreshFailing, now)
            }
            FailureClass::Misconfigured => self.refuse(MISCONFIGURED_MS, BusyCause::Misconfigured, now),
            FailureClass::GrantDead => self.grant_refused(now),
        }
    }

    fn refuse(&mut self, wait_ms: u64, cause: BusyCause, now: Timestamp) -> Step<Reply> {
        self.refresh.fail(wait_ms, cause, now);
        Step::store(Reply::Busy { retry_after_ms: wait_ms, cause })
    }

    /// X's refusal is final, unless the exchange it lost to has reported meanwhile.
    fn grant_refused(&mut self, now: Timestamp) -> Step<Reply> {
        if let Some(renewed) = self.refresh.take_candidate(self.next_generation()) {
            self.adopt(renewed, None, now);
            return Step::store(Reply::Stale { generation: self.generation });
        }
        let reason =
            if self.refresh.doubtful { ReauthReason::RefreshOutcomeUnknown } else { ReauthReason::GrantRefused };
        self.refresh.held = None;
        self.refresh.dead = Some(reason);
        Step::store(Reply::NeedsReauth { reason })
    }

    fn adopt(&mut self, renewed: Renewed, lease_id: Option<String>, now: Timestamp) {
        let generation = self.next_generation();
        let Some(connected) = &mut self.connected else { return };
        let Grant::OAuth2(tokens) = &mut connected.grant else {
            return;
        };
        tokens.sealed_access = renewed.sealed_access;
        tokens.sealed_refresh = Some(renewed.sealed_refresh);
        tokens.expires_at = renewed.expires_at;
        connected.renew_at = grant::renew_at(renewed.expires_at, now);
        self.generation = generation;
        self.refresh = Refresh { committed: lease_id, ..Refresh::default() };
        self.last_error = None;
    }

    const fn next_generation(&self) -> u64 {
        self.generation.saturating_add(1)
    }
}

fn backoff_ms(failures: u32) -> u64 {
    let doublings = failures.saturating_sub(1).min(6);
    BACKOFF_MS.saturating_mul(1 << doublings).min(BACKOFF_CAP_MS)
}
