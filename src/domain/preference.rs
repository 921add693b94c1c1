//! How a client wants its request treated where there is a choice.

use super::planner::Lane;

/// What a client prefers. The default is what holds for one that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Preference {
    /// How urgent the call is.
    pub lane: Lane,
    /// How long to wait for a window that is used up, in ms, instead of being refused at once.
    pub wait_ms: Option<u64>,
    /// Whether to be answered at once with where the outcome will be found.
    pub respond_async: bool,
}
