//! How many retries an endpoint group may add to X's load: a tenth of its requests, and one a second.

use crate::domain::Timestamp;

/// Counted in thousandths, so that a millisecond earns one. A request earns a tenth of a retry; ten are kept at most.
const PER_REQUEST: u64 = 100;
const WHOLE: u64 = 1_000;
const MOST: u64 = 10 * WHOLE;

/// The retries saved up by one endpoint group in one isolate. It begins with one.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    saved: u64,
    as_of: Timestamp,
}

impl Budget {
    /// A budget that begins at `now`.
    pub const fn new(now: Timestamp) -> Self {
        Self { saved: WHOLE, as_of: now }
    }

    /// A first attempt is made.
    pub fn deposit(&mut self, now: Timestamp) {
        self.earn(now);
        self.saved = (self.saved + PER_REQUEST).min(MOST);
    }

    /// A retry is to be made: whether it may.
    pub fn withdraw(&mut self, now: Timestamp) -> bool {
        self.earn(now);
        let may = self.saved >= WHOLE;
        if may {
            self.saved -= WHOLE;
        }
        may
    }

    fn earn(&mut self, now: Timestamp) {
        self.saved = self.saved.saturating_add(now.ms_since(self.as_of)).min(MOST);
        self.as_of = self.as_of.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn it_begins_with_one_and_earns_one_a_second() {
        let mut budget = Budget::new(NOW);
        assert_eq!(
            [0, 0, 999, 1_000, 1_000].map(|ms| budget.withdraw(NOW.plus_ms(ms))),
            [true, false, false, true, false]
        );
    }

    #[test]
    fn ten_requests_earn_one() {
        let mut budget = Budget::new(NOW);
        assert!(budget.withdraw(NOW));
        (0..9).for_each(|_| budget.deposit(NOW));
        assert!(!budget.withdraw(NOW));
        budget.deposit(NOW);
        assert!(budget.withdraw(NOW));
    }

    #[test]
    fn a_quiet_day_does_not_save_up_a_storm() {
        let mut budget = Budget::new(NOW);
        let tomorrow = NOW.plus_ms(86_400_000);
        assert_eq!((0..100).filter(|_| budget.withdraw(tomorrow)).count(), 10);
    }

    #[test]
    fn an_outage_of_half_an_hour_adds_a_tenth_and_one_a_second() {
        let mut budget = Budget::new(NOW);
        let (mut requests, mut retries) = (0_u32, 0_u32);
        for n in 0..180_000_u64 {
            let now = NOW.plus_ms(n * 10);
            budget.deposit(now);
            requests += 1;
            retries += u32::from(budget.withdraw(now));
        }
        assert!(retries <= requests / 10 + 1_800 + 1, "{retries} retries of {requests} requests");
        assert!(retries >= requests / 10 + 1_790, "and no fewer than promised");
    }

    #[test]
    fn a_clock_that_goes_back_earns_nothing() {
        let mut budget = Budget::new(NOW);
        assert!(budget.withdraw(NOW));
        assert!(!budget.withdraw(NOW.minus_ms(5_000)));
        assert!(!budget.withdraw(NOW));
    }
}
