//! An isolate's side: successes are counted here, and told only when there is something to worry about.

use super::{Bucket, Outcome, window::OutcomeWindow};
use crate::domain::Timestamp;

/// What an isolate has seen of one group and not yet reported.
#[derive(Clone, Debug, Default)]
pub struct Tally(OutcomeWindow);

impl Tally {
    /// Counts a call. With a failure or a slow success it hands out what to send as the `buckets` of a `Report`; otherwise
    /// there is nothing to send.
    pub fn note(&mut self, outcome: Outcome, now: Timestamp) -> Option<Vec<Bucket>> {
        self.0.note(outcome, now);
        match outcome {
            Outcome::Failure | Outcome::Success { slow: true } => Some(self.0.drain(now)),
            Outcome::Success { slow: false } | Outcome::Neutral => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::breaker::Counts;

    /// The beginning of a bucket.
    const NOW: Timestamp = Timestamp::from_seconds(1_000_002);
    const SUCCESS: Outcome = Outcome::Success { slow: false };

    #[test]
    fn successes_and_neutral_answers_are_kept_to_itself() {
        let mut tally = Tally::default();
        for n in 0..10_000 {
            assert_eq!(tally.note(SUCCESS, NOW.plus_ms(n)), None);
            assert_eq!(tally.note(Outcome::Neutral, NOW.plus_ms(n)), None);
        }
    }

    #[test]
    fn a_failure_brings_the_successes_of_the_last_half_minute_along_once() {
        let mut tally = Tally::default();
        for second in [0, 29, 30] {
            tally.note(SUCCESS, NOW.plus_ms(second * 1000));
        }
        let end = NOW.plus_ms(40_000);
        let report = tally.note(Outcome::Failure, end).unwrap();
        let calls: Vec<_> = report.iter().map(|bucket| bucket.counts.calls).collect();
        assert_eq!((calls.iter().sum::<u32>(), report.len()), (3, 3), "one in each of three buckets: {report:?}");
        let again = tally.note(Outcome::Success { slow: true }, end).unwrap();
        assert_eq!(
            again.iter().map(|bucket| bucket.counts).collect::<Vec<_>>(),
            [Counts { calls: 1, failures: 0, slow: 1 }]
        );
    }
}
