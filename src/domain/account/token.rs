//! Who gets which token: the answer to `Token`.

use super::{
    Access, Account, BusyCause, Grant, Lease, ReauthReason, Reply, TokenPair, UserToken,
    grant::Connected,
    refresh::{RETRY_SOON_MS, Standing},
};
use crate::domain::{Timestamp, ids::UserId, machine::Step};

impl Account {
    pub(super) fn token(&mut self, rejected: Option<u64>, lease_id: String, now: Timestamp) -> Step<Reply> {
        if self.paused {
            return Step::reply(Reply::Paused);
        }
        // A rejected generation that is no longer current is old news: the caller gets what is current.
        let rejected = rejected == Some(self.generation);
        match &self.connected {
            None => Step::reply(Reply::NotConnected),
            Some(Connected { grant: Grant::OAuth1 { .. }, .. }) if rejected => {
                Step::reply(Reply::NeedsReauth { reason: ReauthReason::TokenRejected })
            }
            Some(Connected { grant: Grant::OAuth1 { sealed_token, sealed_secret }, user, .. }) => {
                Step::reply(Reply::Sign(UserToken {
                    sealed_token: sealed_token.clone(),
                    sealed_secret: sealed_secret.clone(),
                    generation: self.generation,
                    user: user.clone(),
                }))
            }
            Some(Connected { grant: Grant::OAuth2(tokens), user, renew_at }) => {
                let due = rejected || now >= *renew_at;
                let usable = !rejected && now < tokens.expires_at;
                let access = usable.then(|| self.access(tokens, user));
                match (access, &tokens.sealed_refresh) {
                    (Some(access), refresh) if !due || refresh.is_none() => Step::reply(Reply::Fresh(access)),
                    (_, None) => Step::reply(Reply::NoRefresh),
                    (access, Some(sealed_refresh)) => {
                        let (sealed_refresh, user) = (sealed_refresh.clone(), user.clone());
                        self.renew(Lease { lease_id, sealed_refresh, generation: self.generation, user, access }, now)
                    }
                }
            }
        }
    }

    /// Grants the lease asked for, or says what to do instead. Whoever can do with the old access token never waits.
    fn renew(&mut self, asked: Lease, now: Timestamp) -> Step<Reply> {
        match (self.refresh.standing(&asked.lease_id, now), asked.access) {
            (Standing::Mine, access) => Step::reply(Reply::Leased(Lease { access, ..asked })),
            (Standing::Free, access) => {
                self.refresh.lease(asked.lease_id.clone(), now);
                Step::store(Reply::Leased(Lease { access, ..asked }))
            }
            (Standing::Unsettled, None) => {
                self.refresh.lease(asked.lease_id.clone(), now);
                Step::store(Reply::Leased(Lease { access: None, ..asked }))
            }
            (_, Some(access)) => Step::reply(Reply::Fresh(access)),
            (Standing::InFlight, None) => Step::park(),
            (Standing::Slow, None) => {
                Step::reply(Reply::Busy { retry_after_ms: RETRY_SOON_MS, cause: BusyCause::Refreshing })
            }
            (Standing::BackingOff { retry_after_ms, cause }, None) => {
                Step::reply(Reply::Busy { retry_after_ms, cause })
            }
            (Standing::Dead(reason), None) => Step::reply(Reply::NeedsReauth { reason }),
        }
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
