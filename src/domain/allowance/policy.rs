//! A limit: so many requests in any window of that length.

use serde::{Deserialize, Serialize};

use super::{LARGEST_HANDFUL, PERMIT_LIFE_MS};
use crate::domain::api_key::Quota;

/// The policies there are. The names stand in headers and problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyName {
    /// In any 60 seconds.
    Minute,
    /// In any 24 hours.
    Day,
}

impl PolicyName {
    /// The name as written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }

    /// The length of the window.
    pub const fn window_s(self) -> u32 {
        match self {
            Self::Minute => 60,
            Self::Day => 86_400,
        }
    }

    pub(super) const fn window_ms(self) -> u64 {
        self.window_s() as u64 * 1000
    }
}

/// One limit of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Which window.
    pub name: PolicyName,
    /// Requests in it.
    pub quota: u32,
}

impl Policy {
    /// The policies of a key's quota.
    pub fn of(quota: Quota) -> Vec<Self> {
        let minute = Self { name: PolicyName::Minute, quota: quota.per_minute };
        let day = quota.per_day.map(|quota| Self { name: PolicyName::Day, quota });
        std::iter::once(minute).chain(day).collect()
    }

    /// How many permits to lease at once: a tenth of a second's budget, or a six-hundredth of the quota where the window is
    /// longer than a minute; 1 to [`LARGEST_HANDFUL`]. So below 20 requests a second it is one at a time.
    pub fn handful(self) -> u32 {
        (self.quota / (self.name.window_s() * 10).min(600)).clamp(1, LARGEST_HANDFUL)
    }

    /// The handful that suits all `policies` at once.
    pub fn handful_of(policies: &[Self]) -> u32 {
        policies.iter().copied().map(Self::handful).min().unwrap_or(LARGEST_HANDFUL)
    }

    /// Requests the policy admits in a second, rounded up.
    pub(super) fn budget_of_a_second(self) -> u32 {
        self.quota.div_ceil(self.name.window_s())
    }

    /// How long a permit counts after its bucket has ended. A permit out of a handful may be spent later than it was counted.
    pub(super) fn counted_ms(self) -> u64 {
        let late_ms = if self.handful() > 1 { PERMIT_LIFE_MS } else { 0 };
        self.name.window_ms() + late_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handful(name: PolicyName, quota: u32) -> u32 {
        Policy { name, quota }.handful()
    }

    #[test]
    fn small_limits_are_handed_out_one_by_one() {
        assert_eq!(handful(PolicyName::Minute, 0), 1);
        assert_eq!(handful(PolicyName::Minute, 600), 1, "10 a second");
        assert_eq!(handful(PolicyName::Minute, 1_200), 2);
        assert_eq!(handful(PolicyName::Minute, 1_000_000), LARGEST_HANDFUL);
        assert_eq!(handful(PolicyName::Day, 1_000), 1);
        assert_eq!(handful(PolicyName::Day, 10_000), 16);
    }

    #[test]
    fn the_smallest_handful_suits_all() {
        let policies = Policy::of(Quota { per_minute: 6_000, per_day: Some(1_200) });
        assert_eq!(policies.iter().copied().map(Policy::handful).collect::<Vec<_>>(), [10, 2]);
        assert_eq!(Policy::handful_of(&policies), 2);
        assert_eq!(Policy::of(Quota { per_minute: 1, per_day: None }).len(), 1);
    }
}
