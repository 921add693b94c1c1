//! What came of a load.

use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Counts and latencies of one run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    latencies: Vec<Duration>,
    /// Answers with another status than the expected one, by status.
    pub(crate) refusals: BTreeMap<u16, u64>,
    /// Requests whose connection broke.
    pub(crate) lost: u64,
    pub(crate) took: Duration,
}

impl Report {
    pub(crate) fn answered(&mut self, after: Duration) {
        self.latencies.push(after);
    }

    pub(crate) fn refused(&mut self, status: u16) {
        *self.refusals.entry(status).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.lost += other.lost;
        for (status, count) in other.refusals {
            *self.refusals.entry(status).or_default() += count;
        }
    }

    pub(crate) fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// The latency that `permille` thousandths of the answers did not exceed (nearest rank).
    fn quantile(sorted: &[Duration], permille: usize) -> Duration {
        let rank = (sorted.len() * permille).div_ceil(1000).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let ms = |permille| Self::quantile(&sorted, permille).as_secs_f64() * 1000.0;
        let report = json!({
            "answers": self.answers(),
            "refusals": self.refusals,
            "lost": self.lost,
            "seconds": self.took.as_secs_f64(),
            "p50_ms": ms(500),
            "p99_ms": ms(990),
        });
        write!(f, "{report}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_nearest_rank() {
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        let ms = |permille| Report::quantile(&sorted, permille).as_millis();
        assert_eq!((ms(500), ms(990), ms(1000)), (100, 198, 200));
        assert_eq!(Report::quantile(&[], 500), Duration::ZERO);
    }
}
