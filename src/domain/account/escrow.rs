//! When somebody should look whether a silent holder has left its tokens in escrow.
//!
//! A holder who cannot reach the object leaves what X gave it, sealed, in KV under the name of its lease. KV is read by the Worker; the
//! object says who looks, one asker at a time, and is told when nothing was there.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// An asker who looks and does not come back within this time, in ms, has not looked.
const LOOK_MS: u64 = 5_000;
/// How long one look is good for while there is time, in ms.
const AGAIN_MS: u64 = 10_000;

/// The looks there have been.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Looks {
    begun: Option<Timestamp>,
    ended: Option<Timestamp>,
}

impl Looks {
    /// Whether a look that began at `since` or later has found nothing.
    pub(super) fn ended_since(&self, since: Timestamp) -> bool {
        self.ended.is_some_and(|ended| ended >= since)
    }

    /// Whether somebody is looking.
    pub(super) fn are_on(&self, now: Timestamp) -> bool {
        self.begun.is_some_and(|begun| now.ms_since(begun) < LOOK_MS)
    }

    /// Whether it is time to look: nobody is at it, and the last look was before `since`, or a while ago.
    pub(super) fn are_due(&self, since: Timestamp, now: Timestamp) -> bool {
        let fresh = |ended: Timestamp| ended >= since && now.ms_since(ended) < AGAIN_MS;
        !self.are_on(now) && !self.ended.is_some_and(fresh)
    }

    /// An asker goes to look.
    pub(super) const fn begin(&mut self, now: Timestamp) {
        self.begun = Some(now);
    }

    /// Nothing was there.
    pub(super) const fn end(&mut self, now: Timestamp) {
        *self = Self { begun: None, ended: Some(now) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINCE: Timestamp = Timestamp::from_seconds(1_000);

    #[test]
    fn one_looks_at_a_time_and_a_look_is_good_for_a_while() {
        let mut looks = Looks::default();
        assert!(looks.are_due(SINCE, SINCE));
        looks.begin(SINCE);
        assert!(looks.are_on(SINCE.plus_ms(4_999)) && !looks.are_due(SINCE, SINCE.plus_ms(4_999)));
        assert!(looks.are_due(SINCE, SINCE.plus_ms(5_000)), "whoever looked is gone");
        looks.end(SINCE.plus_ms(1));
        assert!(looks.ended_since(SINCE) && !looks.ended_since(SINCE.plus_ms(2)));
        assert!(!looks.are_due(SINCE, SINCE.plus_ms(10_000)));
        assert!(looks.are_due(SINCE, SINCE.plus_ms(10_001)));
        assert!(looks.are_due(SINCE.plus_ms(2), SINCE.plus_ms(2)), "what was seen before does not count");
    }
}
