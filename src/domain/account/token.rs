//! Who gets which token: the answer to `Token`.

use super::{
    Access, Account, BusyCause, Grant, Lease, ReauthReason, Reply, TokenPair, UserToken,
    command::Ask,
    grant::Connected,
    refresh::{RETRY_SOON_MS, Source, Standing},
};
use crate::domain::{Timestamp, ids::UserId, machine::Step};

impl Account {
    /// Nothing was in escrow. Who waits for that goes on.
    pub(super) fn looked(&mut self, now: Timestamp) -> Step<Reply> {
        self.refresh.looks.end(now);
        Step::store(Reply::Done)
    }

    pub(super) fn token(&mut self, ask: &Ask, now: Timestamp) -> Step<Reply> {
        if self.paused {
            return Step::reply(Reply::Paused);
        }
        // A rejected generation that is no longer current is old news: the caller gets what is current.
        let rejected = ask.rejected_generation == Some(self.generation);
        match &self.connected {
            None => Step::reply(Reply::NotConnected),
            Some(Connected { grant: Grant::OAuth1 { .. }, .. }) if rejected => {
                Step::reply(Reply::NeedsReauth { reason: ReauthReason::TokenRejected, announce: None })
            }
            Some(Connected { grant: Grant::OAuth1 { sealed_token, sealed_secret }, user, .. }) => {
                Step::reply(Reply::Sign(UserToken {
                    sealed_token: sealed_token.clone(),
                    sealed_secret: sealed_secret.clone(),
                    generation: self.generation,
                    user: user.clone(),
                }))
            }
            Some(Connected { grant: Grant::OAuth2(tokens), user, renew_at, .. }) => {
                let due = rejected || now >= *renew_at;
                let usable = !rejected && now < tokens.expires_at;
                let access = usable.then(|| self.access(tokens, user));
                match (access, &tokens.sealed_refresh) {
                    (Some(access), refresh) if !due || refresh.is_none() => Step::reply(Reply::Fresh(access)),
                    (_, None) => Step::reply(Reply::NoRefresh),
                    (access, Some(_)) => self.renew(ask, access, now),
                }
            }
        }
    }

    /// Grants the lease asked for, or says what to do instead. Whoever can do with the old access token never waits.
    fn renew(&mut self, ask: &Ask, access: Option<Access>, now: Timestamp) -> Step<Reply> {
        match (self.refresh.standing(&ask.lease_id, now), access) {
            (Standing::Mine, access) => Step { store: false, ..self.leased(ask, access) },
            (Standing::Free, access) => self.lease(ask, access, now),
            (Standing::Unsettled(since), access) => self.unsettled(ask, since, access, now),
            (Standing::Searching(since), access) => self.searching(ask, since, access, now),
            (Standing::Dead, None) => self.lost(now),
            (_, Some(access)) => Step::reply(Reply::Fresh(access)),
            (Standing::InFlight, None) => Step::park(),
            (Standing::Slow, None) => busy(RETRY_SOON_MS, BusyCause::Refreshing),
            (Standing::BackingOff { retry_after_ms, cause }, None) => busy(retry_after_ms, cause),
        }
    }

    /// The last holder fell silent at `since`. What it may have left is looked for; then the old access token is used up; then the
    /// refresh token is tried once more.
    fn unsettled(&mut self, ask: &Ask, since: Timestamp, access: Option<Access>, now: Timestamp) -> Step<Reply> {
        match access {
            access if self.refresh.looks.are_due(since, now) => self.look(access, now),
            Some(access) => Step::reply(Reply::Fresh(access)),
            None if self.refresh.looks.ended_since(since) => self.lease(ask, None, now),
            None => Step::park(),
        }
    }

    /// X refused all there is at `since`, and an earlier exchange has an unknown outcome. Its tokens are looked for until KV must have
    /// them.
    fn searching(&mut self, ask: &Ask, since: Timestamp, access: Option<Access>, now: Timestamp) -> Step<Reply> {
        let end = since.plus_ms(ask.terms.escrow_ms);
        let due_since = if now < end { since } else { end };
        match access {
            access if self.refresh.looks.are_due(due_since, now) => self.look(access, now),
            Some(access) => Step::reply(Reply::Fresh(access)),
            None if self.refresh.looks.ended_since(end) => self.lose(now),
            None => busy(end.ms_since(now).max(RETRY_SOON_MS), BusyCause::OutcomeUnknown),
        }
    }

    fn look(&mut self, access: Option<Access>, now: Timestamp) -> Step<Reply> {
        self.refresh.looks.begin(now);
        Step::reply(Reply::LookInEscrow { leases: self.refresh.escrowed(), access })
    }

    fn lease(&mut self, ask: &Ask, access: Option<Access>, now: Timestamp) -> Step<Reply> {
        let rejected = ask.rejected_generation == Some(self.generation);
        let source = self.refresh.source().unwrap_or(Source::Current);
        self.refresh.lease(ask.lease_id.clone(), source, rejected, ask.terms, now);
        self.leased(ask, access)
    }

    fn leased(&self, ask: &Ask, access: Option<Access>) -> Step<Reply> {
        let lease = self.lease_of(ask, access);
        lease.map_or_else(|| busy(RETRY_SOON_MS, BusyCause::Refreshing), |lease| Step::store(Reply::Leased(lease)))
    }

    /// The lease as its holder has it.
    fn lease_of(&self, ask: &Ask, access: Option<Access>) -> Option<Lease> {
        let Connected { grant: Grant::OAuth2(tokens), user, .. } = self.connected.as_ref()? else {
            return None;
        };
        let (sealed_refresh, sealed_under) = match &self.refresh.held.as_ref()?.source {
            Source::Current => (tokens.sealed_refresh.clone()?, self.generation),
            Source::Spare(lease_id) => {
                let (sealed_refresh, sealed_under) = self.refresh.spares.of(lease_id)?;
                (sealed_refresh.clone(), sealed_under)
            }
            Source::Previous => {
                let previous = self.refresh.previous.as_ref()?;
                (previous.sealed_refresh.clone(), previous.generation)
            }
        };
        let (lease_id, generation, user) = (ask.lease_id.clone(), self.generation, user.clone());
        Some(Lease { lease_id, sealed_refresh, sealed_under, generation, user, access })
    }

    fn access(&self, tokens: &TokenPair, user: &UserId) -> Access {
        Access {
            sealed_access: tokens.sealed_access.clone(),
            generation: self.generation,
            expires_at: tokens.expires_at,
            user: user.clone(),
        }
    }
}

const fn busy(retry_after_ms: u64, cause: BusyCause) -> Step<Reply> {
    Step::reply(Reply::Busy { retry_after_ms, cause })
}
