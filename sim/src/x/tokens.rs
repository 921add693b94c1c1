//! X's tokens: an access token lives its time, a refresh token works once.
//!
//! What a replayed refresh token does is not documented. Both reported rules are played: it is refused, or it is refused and all
//! tokens that came of it die with it.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::Answer;
use crate::weather::one_of;

/// Every token X has given.
pub(crate) struct Tokens {
    revokes_family: bool,
    old_access_dies: bool,
    refuses_as_grant: bool,
    life_ms: u64,
    given: u64,
    refresh: BTreeMap<String, Refresh>,
    access: BTreeMap<String, Access>,
}

struct Refresh {
    user: u64,
    state: Spent,
}

/// What a refresh token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    /// It works, once.
    Not,
    /// It has been exchanged.
    Yes,
    /// Its family has been revoked.
    Revoked,
}

struct Access {
    user: u64,
    until: u64,
}

impl Tokens {
    pub(super) fn draw(rng: &mut Rng) -> Self {
        Self {
            revokes_family: rng.bool(),
            old_access_dies: rng.bool(),
            refuses_as_grant: rng.bool(),
            life_ms: one_of(rng, [7_200_000, 7_200_000, 600_000, 120_000]),
            given: 0,
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
        }
    }

    /// A new pair for `user`: access token, refresh token, and when the access token ends.
    pub(crate) fn give(&mut self, user: u64, now: u64) -> (String, String, u64) {
        self.given += 1;
        let (access, refresh) = (format!("a.{user}.{}", self.given), format!("r.{user}.{}", self.given));
        let until = now + self.life_ms;
        self.access.insert(access.clone(), Access { user, until });
        self.refresh.insert(refresh.clone(), Refresh { user, state: Spent::Not });
        (access, refresh, until)
    }

    /// Exchanges a refresh token.
    pub(super) fn refresh(&mut self, token: &str, now: u64) -> Answer {
        let Some(held) = self.refresh.get_mut(token) else { return self.refusal() };
        let user = held.user;
        if held.state != Spent::Not {
            self.replayed(user);
            return self.refusal();
        }
        held.state = Spent::Yes;
        if self.old_access_dies {
            self.access.retain(|_, access| access.user != user);
        }
        let (access, refresh, _) = self.give(user, now);
        let life_s = self.life_ms / 1000;
        Answer::ok(format!(
            r#"{{"token_type":"bearer","expires_in":{life_s},"access_token":"{access}","refresh_token":"{refresh}","scope":"users.read offline.access"}}"#
        ))
    }

    fn replayed(&mut self, user: u64) {
        if self.revokes_family {
            self.refresh.values_mut().filter(|held| held.user == user).for_each(|held| held.state = Spent::Revoked);
            self.access.retain(|_, access| access.user != user);
        }
    }

    fn refusal(&self) -> Answer {
        let error = if self.refuses_as_grant { "invalid_grant" } else { "invalid_request" };
        let body = format!(r#"{{"error":"{error}","error_description":"Value passed for the token was invalid."}}"#);
        Answer { status: 400, body }
    }

    /// Whom an access token speaks for, if it is good.
    pub(super) fn who(&self, token: &str, now: u64) -> Option<u64> {
        self.access.get(token).filter(|access| now < access.until).map(|access| access.user)
    }

    /// What a refresh token is worth, and whose it is.
    pub(crate) fn worth(&self, refresh: &str) -> Option<(u64, Spent)> {
        self.refresh.get(refresh).map(|held| (held.user, held.state))
    }

    /// Whether a refresh token is `user`'s.
    pub(crate) fn is_of(&self, refresh: &str, user: u64) -> bool {
        self.refresh.get(refresh).is_some_and(|held| held.user == user)
    }

    /// The refresh tokens of `user` that still work.
    pub(crate) fn good(&self, user: u64) -> impl Iterator<Item = &str> {
        let good = self.refresh.iter().filter(move |(_, held)| held.user == user && held.state == Spent::Not);
        good.map(|(token, _)| token.as_str())
    }

    /// When the last access token of `user` ends.
    pub(crate) fn ends_at(&self, user: u64) -> Option<u64> {
        self.access.values().filter(|access| access.user == user).map(|access| access.until).max()
    }
}
