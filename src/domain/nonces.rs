//! Nonces of signed requests: each is taken once (RFC 5849, 3.3).
//!
//! One object per key and minute of the signed timestamp. A timestamp is taken only within [`TOLERANCE_S`] of now, so an object is
//! asked for less than eleven minutes, and may be forgotten after twelve: from then on its minute is refused by the clock.
//!
//! An object holds a mark of eight bytes for each request, at most [`MOST`] of them: that is what it costs to store, and how many
//! signed requests a key may make in a minute.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Timestamp,
    api_key::KeyId,
    machine::{Machine, Object, Step},
};

/// How far a timestamp may be from now, in seconds, in either direction.
pub const TOLERANCE_S: u64 = 300;
/// How many requests of one key may bear timestamps of the same minute.
pub const MOST: usize = 8192;

/// What tells one signed request of a key from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(u64);

impl Mark {
    /// The mark of a request: nonces count per token and timestamp.
    pub fn of(token: &str, timestamp_s: u64, nonce: &str) -> Self {
        let text = format!("{timestamp_s} {token} {nonce}");
        let digest: [u8; 32] = Sha256::digest(text).into();
        Self(digest.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes)))
    }
}

/// The object that knows the nonces of `kid` in the minute of `timestamp_s`.
pub fn object_name(kid: &KeyId, timestamp_s: u64) -> String {
    format!("{kid}/{}", timestamp_s / 60)
}

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Takes a request's nonce, once.
    Take(Mark),
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// It is new.
    Taken,
    /// It was taken before.
    Replayed,
    /// There have been too many in this minute.
    Full,
}

/// The nonces of a minute.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Nonces {
    taken: BTreeSet<Mark>,
}

impl Machine for Nonces {
    type Command = Command;
    type Reply = Reply;
    const OBJECT: Object = Object::Nonces;
    const LIFETIME_MS: Option<u64> = Some(720_000);

    fn step(&mut self, Command::Take(mark): Command, _now: Timestamp) -> Step<Reply> {
        if self.taken.contains(&mark) {
            return Step::reply(Reply::Replayed);
        }
        if self.taken.len() >= MOST {
            return Step::reply(Reply::Full);
        }
        self.taken.insert(mark);
        Step::store(Reply::Taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn take(nonces: &mut Nonces, nonce: &str) -> Step<Reply> {
        nonces.step(Command::Take(Mark::of("token", 1_000_000, nonce)), NOW)
    }

    #[test]
    fn a_nonce_is_taken_once_and_stored_before_it_is_told() {
        let mut nonces = Nonces::default();
        assert_eq!(take(&mut nonces, "a"), Step::store(Reply::Taken));
        assert_eq!(take(&mut nonces, "a"), Step::reply(Reply::Replayed));
        assert_eq!(take(&mut nonces, "b"), Step::store(Reply::Taken));
        let mut restarted: Nonces = serde_json::from_str(&serde_json::to_string(&nonces).unwrap()).unwrap();
        assert_eq!(take(&mut restarted, "b"), Step::reply(Reply::Replayed));
    }

    #[test]
    fn the_same_nonce_of_another_token_or_second_is_another() {
        let marks = [Mark::of("a", 1, "n"), Mark::of("b", 1, "n"), Mark::of("a", 2, "n"), Mark::of("a", 1, "m")];
        assert_eq!(BTreeSet::from(marks).len(), 4);
    }

    #[test]
    fn a_full_minute_takes_no_more_and_still_knows_its_own() {
        let mut nonces = Nonces::default();
        for at in 0..MOST {
            assert_eq!(take(&mut nonces, &at.to_string()).reply, Some(Reply::Taken));
        }
        assert_eq!(take(&mut nonces, "one more"), Step::reply(Reply::Full));
        assert_eq!(take(&mut nonces, "0"), Step::reply(Reply::Replayed));
        assert!(serde_json::to_string(&nonces).unwrap().len() < 200_000);
    }

    #[test]
    fn an_object_outlives_the_timestamps_it_is_asked_about() {
        let asked_for_ms = (2 * TOLERANCE_S + 60) * 1000;
        assert!(Nonces::LIFETIME_MS.is_some_and(|lifetime| lifetime > asked_for_ms));
    }
}
