//! Lanes: who goes first, and what is kept for whom.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Waiting this long lifts a waiter by one lane, in ms: one of X's usual windows. What waits in the lowest lane is at the top after
/// three windows, and from then on nothing that came later goes before it.
const LIFT_MS: u64 = 15 * 60 * 1000;

/// How urgent a call is, as the client says in `Perch-Priority`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// May use the last call of a window.
    Critical,
    /// Leaves 2 % of a window.
    High,
    /// Leaves 5 %.
    #[default]
    Normal,
    /// Leaves 25 %.
    Low,
}

impl Lane {
    /// Every lane, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];

    /// How many calls of a window of `limit` this lane leaves to those above it, rounded down: a window of fewer than 20 calls
    /// keeps nothing from ordinary traffic.
    ///
    /// The fractions are small, because most clients name no lane and what nobody more urgent uses is lost to them. They are large
    /// enough for a person who answers by hand, and keep a bulk job from more than the better part of a window.
    pub const fn reserve(self, limit: u32) -> u32 {
        let percent = match self {
            Self::Critical => 0,
            Self::High => 2,
            Self::Normal => 5,
            Self::Low => 25,
        };
        // In two parts, so that no limit overflows.
        limit / 100 * percent + limit % 100 * percent / 100
    }

    /// The lane's rank after `waited_ms`: 0 is the top.
    pub(super) fn rank_after(self, waited_ms: u64) -> u64 {
        (self as u64).saturating_sub(waited_ms / LIFT_MS)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// The text names no lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of critical, high, normal, low")]
pub struct NoLane;

impl FromStr for Lane {
    type Err = NoLane;

    fn from_str(text: &str) -> Result<Self, NoLane> {
        Self::ALL.into_iter().find(|lane| text.eq_ignore_ascii_case(lane.as_str())).ok_or(NoLane)
    }
}
