//! Counting in a window that slides: sixty buckets, each of which counts until all of it has left.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Policy, Unspent, WindowView};
use crate::domain::Timestamp;

const BUCKETS: u64 = 60;

/// What was granted lately, oldest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct SlidingWindow(VecDeque<Bucket>);

/// Permits granted in one sixtieth of the window, from `start` on.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Bucket {
    start: Timestamp,
    permits: u32,
}

impl Bucket {
    /// The first moment at which it no longer counts.
    fn leaves_at(&self, policy: Policy) -> Timestamp {
        self.start.plus_ms(bucket_ms(policy) + policy.counted_ms())
    }
}

const fn bucket_ms(policy: Policy) -> u64 {
    policy.name.window_ms() / BUCKETS
}

const fn bucket_start(moment: Timestamp, policy: Policy) -> Timestamp {
    moment.minus_ms(moment.as_ms() % bucket_ms(policy))
}

impl SlidingWindow {
    /// Forgets what has left the window, and tells how many more are admitted.
    pub(super) fn remaining(&mut self, policy: Policy, now: Timestamp) -> u32 {
        while self.0.front().is_some_and(|bucket| now >= bucket.leaves_at(policy)) {
            self.0.pop_front();
        }
        policy.quota.saturating_sub(self.used(policy, now))
    }

    /// Counts `permits`. A clock that went back counts in the newest bucket, so that time never runs backwards here.
    pub(super) fn add(&mut self, permits: u32, policy: Policy, now: Timestamp) {
        let start = bucket_start(now, policy);
        match self.0.back_mut() {
            Some(newest) if newest.start >= start => newest.permits = newest.permits.saturating_add(permits),
            _ => self.0.push_back(Bucket { start, permits }),
        }
    }

    /// Takes unspent permits out of the bucket they were counted in. What has left the window is not given back.
    pub(super) fn give_back(&mut self, unspent: Unspent, policy: Policy) {
        let start = bucket_start(unspent.granted_at, policy);
        if let Some(bucket) = self.0.iter_mut().find(|bucket| bucket.start == start) {
            bucket.permits = bucket.permits.saturating_sub(unspent.permits);
        }
        self.0.retain(|bucket| bucket.permits > 0);
    }

    /// When one more is admitted, if none is now.
    pub(super) fn full_until(&self, policy: Policy, now: Timestamp) -> Option<Timestamp> {
        let mut used = self.used(policy, now);
        if used < policy.quota {
            return None;
        }
        for bucket in self.counting(policy, now) {
            used = used.saturating_sub(bucket.permits);
            if used < policy.quota {
                return Some(bucket.leaves_at(policy));
            }
        }
        Some(now.plus_ms(policy.name.window_ms()))
    }

    pub(super) fn view(&self, policy: Policy, now: Timestamp) -> WindowView {
        let next = self.counting(policy, now).next();
        let reset_ms = next.map_or(0, |bucket| bucket.leaves_at(policy).ms_since(now));
        WindowView {
            name: policy.name,
            quota: policy.quota,
            window_s: policy.name.window_s(),
            remaining: policy.quota.saturating_sub(self.used(policy, now)),
            reset_s: u32::try_from(reset_ms.div_ceil(1000)).unwrap_or(u32::MAX),
        }
    }

    fn used(&self, policy: Policy, now: Timestamp) -> u32 {
        self.counting(policy, now).fold(0, |used, bucket| used.saturating_add(bucket.permits))
    }

    fn counting(&self, policy: Policy, now: Timestamp) -> impl Iterator<Item = &Bucket> {
        self.0.iter().filter(move |bucket| now < bucket.leaves_at(policy))
    }
}
