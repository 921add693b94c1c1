//! Leases of the windows that all accounts of the app share.
//!
//! The app's own object counts such a window. An account's object leases some of its calls, and sends them without asking again.
//! What is leased counts as used at once; what an ended lease has left is handed back with the next wish.

use serde::{Deserialize, Serialize};

use super::Lane;
use crate::domain::Timestamp;

/// The most calls one lease holds.
const MOST: u32 = 20;
/// The longest a lease lives, in ms.
const LONGEST_MS: u64 = 60 * 60 * 1000;
/// Which part of its window a lease lives.
const LIFE_PART: u64 = 15;
/// Which part of what is left one lease may take: whoever asks first leaves something for the others.
const ROOM_PART: u32 = 8;

/// What an account asks of the app's object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseWish {
    /// The endpoint.
    pub operation: String,
    /// The published limits of its shared windows, `(limit, window in s)`.
    pub limits: Vec<(u32, u32)>,
    /// How many calls.
    pub permits: u32,
    /// For whom: the lanes' reserves hold for shared windows too.
    pub lane: Lane,
    /// Calls of an ended lease that were not made.
    #[serde(default)]
    pub returned: u32,
}

impl LeaseWish {
    /// A wish for a handful: a hundredth of the smallest window, at least one call and at most 20.
    pub(super) fn of(operation: &str, limits: &[(u32, u32)], lane: Lane, returned: u32) -> Self {
        let smallest = limits.iter().map(|(limit, _)| *limit).min().unwrap_or(0);
        let permits = (smallest / 100).clamp(1, MOST);
        Self { operation: operation.to_owned(), limits: limits.to_vec(), permits, lane, returned }
    }
}

/// Calls of a shared window that an account may make until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppLease {
    /// The endpoint.
    pub operation: String,
    /// How many calls are left.
    pub permits: u32,
    /// When it ends.
    pub until: Timestamp,
}

/// How many of `room` calls one lease gets.
pub(super) fn handful(wished: u32, room: u32) -> u32 {
    wished.clamp(1, room.div_ceil(ROOM_PART).max(1))
}

/// How long a lease of calls of a window of `length_ms` lives, in ms.
pub(super) const fn life_ms(length_ms: u64) -> u64 {
    let part = length_ms / LIFE_PART;
    if part < LONGEST_MS { part } else { LONGEST_MS }
}
