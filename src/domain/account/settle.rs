//! How a lease ends: new tokens are put in force, or X's refusal leads to what is left.

use super::{
    Account, BusyCause, Commit, FailureClass, Grant, LastError, ReauthReason, Renewed, Reply, grant,
    loss::Loss,
    refresh::{Previous, Refresh, Source},
};
use crate::domain::{Timestamp, machine::Step};

/// After a transient failure: 1 s, doubling to half a minute, so that an account is well within a minute of X's recovery.
const BACKOFF_MS: u64 = 1_000;
const BACKOFF_CAP_MS: u64 = 30_000;
/// After a refused client: the operator needs time, the token endpoint needs no hammering.
const MISCONFIGURED_MS: u64 = 30_000;

impl Account {
    /// Takes new tokens, unless somebody else may be exchanging the same refresh token, or has committed already: then they are
    /// refused, and kept in case that what is in force turns out to be dead.
    pub(super) fn commit(&mut self, commit: Commit, now: Timestamp) -> Step<Reply> {
        let repeated = self.refresh.committed.as_ref() == Some(&commit.lease_id);
        if repeated && commit.generation == self.generation {
            return Step::reply(Reply::Committed { generation: self.generation });
        }
        let first = self.connected.as_ref().map(|connected| connected.first_generation);
        if first.is_none_or(|first| commit.generation <= first) || commit.generation > self.next_generation() {
            return Step::reply(self.stale());
        }
        if commit.generation == self.next_generation() && !self.refresh.is_held_by_another(&commit.lease_id, now) {
            self.adopt(commit.renewed, Some(commit.lease_id), now);
            return Step::store(Reply::Committed { generation: self.generation });
        }
        self.refresh.spares.keep(commit);
        Step::store(self.stale())
    }

    pub(super) fn refresh_failed(
        &mut self,
        lease_id: &str,
        class: FailureClass,
        reason: &str,
        now: Timestamp,
    ) -> Step<Reply> {
        if !self.refresh.is_held_by(lease_id) {
            return Step::reply(self.stale());
        }
        self.refresh.failures = self.refresh.failures.saturating_add(1);
        self.last_error = Some(LastError { code: reason.to_owned(), at: now });
        match class {
            FailureClass::Misconfigured => self.refuse(MISCONFIGURED_MS, BusyCause::Misconfigured, now),
            _ if self.adopt_spare(now) => Step::store(self.stale()),
            FailureClass::Transient => {
                let current = self.refresh.held.as_ref().is_some_and(|held| held.source == Source::Current);
                self.refresh.doubtful |= current;
                let wait_ms = backoff_ms(self.refresh.failures);
                self.refuse(wait_ms, BusyCause::RefreshFailing, now)
            }
            FailureClass::GrantDead => self.grant_refused(now),
        }
    }

    /// The access token of `generation` has worked: what it was exchanged for is of no use any more.
    pub(super) fn worked(&mut self, generation: u64) -> Step<Reply> {
        let store = generation == self.generation && self.refresh.previous.take().is_some();
        Step { reply: Some(Reply::Done), store }
    }

    /// The news of the loss under `generation` is in the audit trail and in the log.
    pub(super) fn announced(&mut self, generation: u64) -> Step<Reply> {
        let loss = self.refresh.loss.as_mut().filter(|_| generation == self.generation);
        let store = loss.map(Loss::told).is_some();
        Step { reply: Some(Reply::Done), store }
    }

    /// X has refused the refresh token of the lease. What else there is comes next; if there is nothing, the account is lost, at once
    /// or, if a silent holder may have left something in escrow, when that has been looked through.
    fn grant_refused(&mut self, now: Timestamp) -> Step<Reply> {
        let Some(held) = self.refresh.held.take() else {
            return Step::reply(self.stale());
        };
        match held.source {
            Source::Current => {
                // The one before is worth a try only if X has neither accepted what followed it nor can have exchanged that.
                let may_be_rolled_back = held.rejected && !self.refresh.doubtful;
                self.refresh.previous = self.refresh.previous.take().filter(|_| may_be_rolled_back);
                self.refresh.refused = Some(now);
            }
            Source::Spare(lease_id) => self.refresh.spares.drop(&lease_id),
            Source::Previous => self.refresh.previous = None,
        }
        if self.refresh.source().is_some() || !self.refresh.silent.is_empty() {
            return Step::store(self.stale());
        }
        self.lose(now)
    }

    /// Nothing is left to try.
    pub(super) fn lose(&mut self, now: Timestamp) -> Step<Reply> {
        let unknown = self.refresh.doubtful || !self.refresh.silent.is_empty();
        let reason = if unknown { ReauthReason::RefreshOutcomeUnknown } else { ReauthReason::GrantRefused };
        self.refresh.held = None;
        self.refresh.loss = Some(Loss::new(reason));
        Step { store: true, ..self.lost(now) }
    }

    /// Says that the account is lost, and to one asker that it is to be told.
    pub(super) fn lost(&mut self, now: Timestamp) -> Step<Reply> {
        let generation = self.generation;
        let Some(loss) = &mut self.refresh.loss else {
            return Step::reply(self.stale());
        };
        let announce = loss.is_to_be_told(now).then_some(generation);
        Step { reply: Some(Reply::NeedsReauth { reason: loss.reason, announce }), store: announce.is_some() }
    }

    fn refuse(&mut self, wait_ms: u64, cause: BusyCause, now: Timestamp) -> Step<Reply> {
        self.refresh.fail(wait_ms, cause, now);
        Step::store(Reply::Busy { retry_after_ms: wait_ms, cause })
    }

    /// Puts the newest late tokens in force that can be; says whether there were any.
    fn adopt_spare(&mut self, now: Timestamp) -> bool {
        let spare = self.refresh.spares.take_for(self.next_generation());
        spare.map(|renewed| self.adopt(renewed, None, now)).is_some()
    }

    fn adopt(&mut self, renewed: Renewed, lease_id: Option<String>, now: Timestamp) {
        let generation = self.next_generation();
        let Some(connected) = &mut self.connected else { return };
        let Grant::OAuth2(tokens) = &mut connected.grant else {
            return;
        };
        tokens.sealed_access = renewed.sealed_access;
        let before = tokens.sealed_refresh.replace(renewed.sealed_refresh);
        tokens.expires_at = renewed.expires_at;
        connected.renew_at = grant::renew_at(&connected.user, generation, renewed.expires_at, now);
        let refused = self.refresh.refused.is_some();
        let previous = before.filter(|_| !refused);
        let previous = previous.map(|sealed_refresh| Previous { sealed_refresh, generation: self.generation });
        let mut spares = std::mem::take(&mut self.refresh.spares);
        spares.moved_on(generation);
        self.generation = generation;
        self.refresh = Refresh { committed: lease_id, spares, previous, ..Refresh::default() };
        self.last_error = None;
    }

    const fn stale(&self) -> Reply {
        Reply::Stale { generation: self.generation }
    }

    const fn next_generation(&self) -> u64 {
        self.generation.saturating_add(1)
    }
}

fn backoff_ms(failures: u32) -> u64 {
    let doublings = failures.saturating_sub(1).min(6);
    BACKOFF_MS.saturating_mul(1 << doublings).min(BACKOFF_CAP_MS)
}
