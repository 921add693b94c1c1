//! Outcomes of the last thirty seconds, in ten buckets.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::domain::Timestamp;

const WINDOW_MS: u64 = 30_000;
const BUCKET_MS: u64 = WINDOW_MS / 10;
const MINIMUM_CALLS: u32 = 20;

/// Calls that counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub calls: u32,
    /// Those that failed.
    pub failures: u32,
    /// Those that succeeded, slowly.
    pub slow: u32,
}

impl Counts {
    /// Whether so many opens a breaker: at least 20 calls, half of them failed or four fifths slow.
    pub fn trip(self) -> bool {
        let Self { calls, failures, slow } = self;
        let failing = u64::from(failures) * 2 >= u64::from(calls);
        let slowing = u64::from(slow) * 5 >= u64::from(calls) * 4;
        calls >= MINIMUM_CALLS && (failing || slowing)
    }

    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success { slow } => Self { calls: 1, failures: 0, slow: u32::from(slow) },
            Outcome::Failure => Self { calls: 1, failures: 1, slow: 0 },
            Outcome::Neutral => Self::default(),
        }
    }

    const fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            failures: self.failures.saturating_add(other.failures),
            slow: self.slow.saturating_add(other.slow),
        }
    }
}

/// What happened in three seconds, from a multiple of three seconds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its beginning.
    pub start: Timestamp,
    /// Its calls.
    pub counts: Counts,
}

/// The buckets of the last thirty seconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct OutcomeWindow(VecDeque<Bucket>);

impl OutcomeWindow {
    pub(super) fn note(&mut self, outcome: Outcome, now: Timestamp) {
        let (start, counts) = (start_of(now), Counts::of(outcome));
        self.add(Bucket { start, counts }, now);
    }

    /// Takes in what an isolate counted, each at its time, so that old successes do not hide new failures. A clock ahead of
    /// this one counts as now.
    pub(super) fn merge(&mut self, buckets: &[Bucket], now: Timestamp) {
        for bucket in buckets {
            self.add(Bucket { start: start_of(bucket.start.min(now)), ..*bucket }, now);
        }
    }

    pub(super) fn sum(&self, now: Timestamp) -> Counts {
        let recent = self.0.iter().filter(|bucket| is_recent(bucket, now));
        recent.fold(Counts::default(), |sum, bucket| sum.plus(bucket.counts))
    }

    /// Hands out all that is recent, and keeps nothing.
    pub(super) fn drain(&mut self, now: Timestamp) -> Vec<Bucket> {
        self.0.drain(..).filter(|bucket| is_recent(bucket, now)).collect()
    }

    fn add(&mut self, new: Bucket, now: Timestamp) {
        self.0.retain(|bucket| is_recent(bucket, now));
        match self.0.iter_mut().find(|bucket| bucket.start == new.start) {
            Some(bucket) => bucket.counts = bucket.counts.plus(new.counts),
            None => self.0.push_back(new),
        }
    }
}

const fn start_of(moment: Timestamp) -> Timestamp {
    moment.minus_ms(moment.as_ms() % BUCKET_MS)
}

const fn is_recent(bucket: &Bucket, now: Timestamp) -> bool {
    now.ms_since(bucket.start) < WINDOW_MS
}
