//! An isolate's side: the permits of one key it may spend without asking.

use std::collections::VecDeque;

use super::{Grant, PERMIT_LIFE_MS, Unspent, WindowView};
use crate::domain::Timestamp;

/// Leased permits of one key, oldest first. Kept in memory alone: an isolate that ends takes its unspent permits along.
#[derive(Clone, Debug, Default)]
pub struct Permits {
    handfuls: VecDeque<Handful>,
    spent_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
struct Handful {
    left: u32,
    asked_at: Timestamp,
    grant: Grant,
}

impl Handful {
    fn is_good(&self, now: Timestamp) -> bool {
        now.ms_since(self.asked_at) < PERMIT_LIFE_MS
    }
}

impl Permits {
    /// Takes in a grant. `asked_at` is the moment, on this isolate's clock, at which the request for it was sent: so a slow
    /// answer shortens the permits' life and never stretches it.
    pub fn add(&mut self, grant: Grant, asked_at: Timestamp) {
        self.handfuls.push_back(Handful { left: grant.permits, asked_at, grant });
    }

    /// Spends one permit, and tells where the key stands after it; nothing if there is none: ask the object.
    pub fn take(&mut self, now: Timestamp) -> Option<Vec<WindowView>> {
        let handful = self.handfuls.iter_mut().find(|handful| handful.left > 0 && handful.is_good(now))?;
        handful.left -= 1;
        let left = handful.left;
        let windows = handful
            .grant
            .windows
            .iter()
            .map(|window| WindowView { remaining: window.remaining.saturating_add(left), ..*window });
        Some(windows.collect())
    }

    /// Whether to ask for more now, beside the answer: requests of this key flow, and half of the last handful or more is spent, or
    /// in the second half of its life.
    /// Whoever is told so asks; others are not told so again until that must have been answered.
    pub fn run_low(&mut self, now: Timestamp) -> bool {
        let flowing = self.spent_at.replace(now).is_some_and(|spent| now.ms_since(spent) < PERMIT_LIFE_MS);
        let asking = self.asked_at.is_some_and(|asked| now.ms_since(asked) < PERMIT_LIFE_MS);
        let fresh = |handful: &&Handful| now.ms_since(handful.asked_at) < PERMIT_LIFE_MS / 2;
        let left: u32 = self.handfuls.iter().filter(fresh).map(|handful| handful.left).sum();
        let last = self.handfuls.back().map_or(0, |handful| handful.grant.permits);
        let low = flowing && !asking && left <= last / 2;
        if low {
            self.asked_at = Some(now);
        }
        low
    }

    /// What [`run_low`](Self::run_low) had asked for was answered.
    pub fn answered(&mut self) {
        self.asked_at = None;
    }

    /// Hands out what ended unspent, for the next `Take`. Sent once: if that request fails, the key has lost them.
    pub fn returned(&mut self, now: Timestamp) -> Vec<Unspent> {
        let (good, ended): (VecDeque<_>, VecDeque<_>) =
            self.handfuls.drain(..).partition(|handful| handful.is_good(now));
        self.handfuls = good;
        unspent(ended)
    }

    /// Gives up all permits, as when the key's record has changed.
    pub fn surrender(&mut self) -> Vec<Unspent> {
        unspent(std::mem::take(&mut self.handfuls))
    }
}

fn unspent(handfuls: VecDeque<Handful>) -> Vec<Unspent> {
    let unspent = handfuls.into_iter().filter(|handful| handful.left > 0);
    unspent.map(|handful| Unspent { permits: handful.left, granted_at: handful.grant.granted_at }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::allowance::PolicyName;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn grant(permits: u32) -> Grant {
        let window = WindowView { name: PolicyName::Minute, quota: 6_000, window_s: 60, remaining: 5_000, reset_s: 3 };
        Grant { permits, granted_at: NOW, windows: vec![window] }
    }

    #[test]
    fn permits_are_spent_one_by_one() {
        let mut permits = Permits::default();
        permits.add(grant(2), NOW);
        permits.add(grant(1), NOW);
        let remaining: Vec<_> = (0..3).map(|_| permits.take(NOW).unwrap()[0].remaining).collect();
        assert_eq!(remaining, [5_001, 5_000, 5_000]);
        assert_eq!(permits.take(NOW), None);
        assert_eq!(permits.returned(NOW.plus_ms(1_000)), []);
    }

    #[test]
    fn a_permit_ends_a_second_after_it_was_asked_for() {
        let mut permits = Permits::default();
        permits.add(grant(3), NOW);
        assert!(permits.take(NOW.plus_ms(999)).is_some());
        assert_eq!(permits.returned(NOW.plus_ms(999)), []);
        assert_eq!(permits.take(NOW.plus_ms(1_000)), None);
        assert_eq!(permits.returned(NOW.plus_ms(1_000)), [Unspent { permits: 2, granted_at: NOW }]);
        assert_eq!(permits.returned(NOW.plus_ms(1_000)), [], "sent once");
    }

    #[test]
    fn more_are_asked_for_by_one_while_requests_flow() {
        let mut permits = Permits::default();
        permits.add(grant(4), NOW);
        assert!(permits.take(NOW).is_some() && !permits.run_low(NOW), "the first of a while");
        assert!(permits.take(NOW).is_some() && permits.run_low(NOW), "half are left");
        assert!(permits.take(NOW).is_some() && !permits.run_low(NOW), "somebody asks already");
        permits.answered();
        permits.add(grant(4), NOW);
        assert!(permits.take(NOW).is_some() && !permits.run_low(NOW), "four are left");
        assert!(permits.run_low(NOW.plus_ms(500)), "those that are left end soon");
    }

    #[test]
    fn all_permits_can_be_given_up() {
        let mut permits = Permits::default();
        permits.add(grant(3), NOW);
        assert_eq!(permits.surrender(), [Unspent { permits: 3, granted_at: NOW }]);
        assert_eq!(permits.take(NOW), None);
    }
}
