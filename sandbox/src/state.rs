//! Everything the emulated X knows, behind one lock.

use crate::clock::Clock;
use crate::config::Config;
use crate::crashpoints::Crashpoints;
use crate::engagement::Engagement;
use crate::entropy::Entropy;
use crate::faults::Faults;
use crate::follows::Follows;
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::media::MediaStore;
use crate::oauth1::Nonces;
use crate::oauth2::OAuth2;
use crate::rules::Rules;
use crate::streams::Streams;
use crate::tweets::Tweets;
use crate::users::Users;

/// Everything the emulated X knows.
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) users: Users,
    pub(crate) oauth2: OAuth2,
    pub(crate) nonces: Nonces,
    pub(crate) rules: Rules,
    pub(crate) limits: Limits,
    pub(crate) tweets: Tweets,
    pub(crate) media: MediaStore,
    pub(crate) engagement: Engagement,
    pub(crate) follows: Follows,
    pub(crate) streams: Streams,
    pub(crate) faults: Faults,
    pub(crate) crashpoints: Crashpoints,
    pub(crate) ledger: Ledger,
}

impl State {
    /// A fresh X with the users of `config`. `seed` makes its tokens unguessable.
    pub(crate) fn new(config: Config, seed: [u8; 32]) -> Self {
        let clock = Clock::default();
        Self {
            clock,
            entropy: Entropy::new(seed),
            users: Users::new(&config.accounts, clock.now_ms()),
            oauth2: OAuth2::new(&config),
            nonces: Nonces::default(),
            rules: Rules::default(),
            limits: Limits::load(),
            tweets: Tweets::default(),
            media: MediaStore::default(),
            engagement: Engagement::default(),
            follows: Follows::default(),
            streams: Streams::default(),
            faults: Faults::default(),
            crashpoints: Crashpoints::default(),
            ledger: Ledger::default(),
            config,
        }
    }

    /// Forgets everything but the start configuration. Neither tokens nor ledger numbers given out before come back.
    pub(crate) fn reset(&mut self) {
        let entropy = std::mem::replace(&mut self.entropy, Entropy::new([0; 32]));
        let mut ledger = std::mem::take(&mut self.ledger);
        ledger.clear();
        *self = Self { entropy, ledger, ..Self::new(self.config.clone(), [0; 32]) };
    }

    /// The sandbox's time, in ms.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Notes a committed change in the ledger.
    pub(crate) fn commit(&mut self, kind: &'static str, user_id: Option<&str>, details: serde_json::Value) {
        self.ledger.commit(self.clock.now_ms(), kind, user_id, details);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_keeps_the_users_and_forgets_the_rest() {
        let mut state = State::new(Config::default(), [3; 32]);
        let before = state.entropy.text();
        state.commit("tweet.create", Some("1"), serde_json::json!({}));
        state.clock.advance(1_000_000_000);
        state.reset();
        assert_eq!(state.ledger.since(0)["effects"].as_array().map(Vec::len), Some(0));
        assert!(state.users.by_username("alice").is_some());
        assert_ne!(state.entropy.text(), before);
    }
}
