//! An account that needs a person: why, and whether that has been told.

use serde::{Deserialize, Serialize};

use super::ReauthReason;
use crate::domain::Timestamp;

/// A worker that was asked to tell and has not said that it did within this time, in ms, has not.
const TELL_MS: u64 = 30_000;

/// The grant is lost.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Loss {
    pub(super) reason: ReauthReason,
    told: Told,
}

/// What became of the news.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Told {
    /// Nobody has been asked to tell it.
    No,
    /// A worker is about to.
    Since(Timestamp),
    /// It stands in the audit trail and in the log.
    Yes,
}

impl Loss {
    pub(super) const fn new(reason: ReauthReason) -> Self {
        Self { reason, told: Told::No }
    }

    /// Whether this asker is the one to tell.
    pub(super) fn is_to_be_told(&mut self, now: Timestamp) -> bool {
        let open = match self.told {
            Told::No => true,
            Told::Since(begun) => now.ms_since(begun) >= TELL_MS,
            Told::Yes => false,
        };
        if open {
            self.told = Told::Since(now);
        }
        open
    }

    /// It has been told.
    pub(super) const fn told(&mut self) {
        self.told = Told::Yes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_asked_to_tell_and_another_if_that_one_dies() {
        let now = Timestamp::from_seconds(1);
        let mut loss = Loss::new(ReauthReason::GrantRefused);
        assert!(loss.is_to_be_told(now));
        assert!(!loss.is_to_be_told(now.plus_ms(29_999)));
        assert!(loss.is_to_be_told(now.plus_ms(30_000)));
        loss.told();
        assert!(!loss.is_to_be_told(now.plus_ms(90_000)));
    }
}
