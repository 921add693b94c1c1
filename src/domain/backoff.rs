//! How long to wait before trying again, and whether there is time for it.

use serde::{Deserialize, Serialize};

use super::Timestamp;

const BASE_MS: u64 = 100;
const CAP_MS: u64 = 10_000;
/// No attempt starts with less than this left: it could not end well.
const LEAST_MS: u64 = 500;
/// The longest a client may let perch take.
const LONGEST_MS: u64 = 25_000;

/// The next wait, with decorrelated jitter: anything from 100 ms to three times the wait before, at most 10 s. Callers that
/// failed together do not come back together.
///
/// `previous_ms` is the last wait, 0 before the first; `random` is uniform.
pub fn wait_ms(previous_ms: u64, random: u64) -> u64 {
    let longest = previous_ms.clamp(BASE_MS, CAP_MS) * 3;
    (BASE_MS + random % (longest - BASE_MS + 1)).min(CAP_MS)
}

/// The moment by which a client wants its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Deadline(Timestamp);

impl Deadline {
    /// `timeout_ms` from `now`, at most 25 s.
    pub fn after(timeout_ms: u64, now: Timestamp) -> Self {
        Self(now.plus_ms(timeout_ms.min(LONGEST_MS)))
    }

    /// As late as a deadline may be: 25 s from `now`.
    pub fn longest(now: Timestamp) -> Self {
        Self::after(LONGEST_MS, now)
    }

    /// What is left of it.
    pub const fn left_ms(self, now: Timestamp) -> u64 {
        self.0.ms_since(now)
    }

    /// Whether an attempt may start `wait_ms` after `now`.
    pub const fn allows(self, wait_ms: u64, now: Timestamp) -> bool {
        self.left_ms(now.plus_ms(wait_ms)) >= LEAST_MS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn no_attempt_starts_in_the_last_half_second() {
        let deadline = Deadline::after(2_000, NOW);
        assert!(deadline.allows(1_500, NOW));
        assert!(!deadline.allows(1_501, NOW));
        assert!(!deadline.allows(u64::MAX, NOW));
        assert_eq!(deadline.left_ms(NOW.plus_ms(1_990)), 10);
        assert_eq!(deadline.left_ms(NOW.plus_ms(2_010)), 0);
    }

    #[test]
    fn no_client_makes_us_wait_longer_than_25_seconds() {
        assert_eq!(Deadline::after(u64::MAX, NOW).left_ms(NOW), 25_000);
    }

    #[test]
    fn the_whole_range_is_used() {
        let first: Vec<u64> = (0..1_000).map(|random| wait_ms(0, random)).collect();
        assert_eq!((first.iter().min(), first.iter().max()), (Some(&100), Some(&300)));
        let last: Vec<u64> = (0..40_000).map(|random| wait_ms(10_000, random)).collect();
        assert_eq!((last.iter().min(), last.iter().max()), (Some(&100), Some(&10_000)));
    }

    proptest! {
        #[test]
        fn a_wait_is_between_the_base_and_three_times_the_last(previous_ms in 100_u64..1_000_000, random: u64) {
            let wait = wait_ms(previous_ms, random);
            prop_assert!((100..=10_000).contains(&wait) && wait <= previous_ms * 3);
        }
    }
}
