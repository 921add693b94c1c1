//! X's rate windows: their names, what an answer says of one, and how one is shown.
//!
//! X counts calls per endpoint and user, and for some endpoints per app, in windows of 15 minutes, 24 hours or a second, and tells
//! limit, remaining and reset with nearly every answer. What follows from that is the [`planner`](super::planner)'s.

use serde::{Deserialize, Serialize};

use super::Timestamp;

const USUAL_S: u32 = 900;
const DAY_S: u32 = 86_400;
/// What stands behind the name of a window that all accounts of the app share.
pub const SHARED: &str = " app";

/// The name of an operation's window: the operation's own for X's usual 15 minutes, else with a suffix.
pub fn name(operation: &str, window_s: u32) -> String {
    match window_s {
        USUAL_S => operation.to_owned(),
        DAY_S => format!("{operation} 24h"),
        seconds => format!("{operation} {seconds}s"),
    }
}

/// How long the window of that name is, in s.
pub fn length_s(name: &str) -> u32 {
    let own = name.strip_suffix(SHARED).unwrap_or(name);
    match own.rsplit_once(' ') {
        Some((_, "24h")) => DAY_S,
        Some((_, suffix)) => suffix.strip_suffix('s').and_then(|seconds| seconds.parse().ok()).unwrap_or(USUAL_S),
        None => USUAL_S,
    }
}

/// Whether `name` is of a window of `operation`.
pub fn is_of(name: &str, operation: &str) -> bool {
    name.strip_prefix(operation).is_some_and(|suffix| suffix.is_empty() || suffix.starts_with(' '))
}

/// Whether all accounts of the app share the window of that name.
pub fn is_shared(name: &str) -> bool {
    name.ends_with(SHARED)
}

/// What one answer of X said of one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedWindow {
    /// Method and path template, with a suffix where one endpoint has several windows.
    pub name: String,
    /// Calls per window.
    pub limit: u32,
    /// Calls left.
    pub remaining: u32,
    /// When the window ends.
    pub reset_at: Timestamp,
}

/// Where a window's figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// X's own headers.
    Learned,
    /// X's published table: nothing has been heard in this window yet.
    Prior,
}

/// One window, as shown to people and asked by callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Method and path template.
    pub name: String,
    /// Calls per window.
    pub limit: u32,
    /// Calls left, as far as is known.
    pub remaining: u32,
    /// When it ends; nothing before the first call of a new window.
    pub reset_at: Option<Timestamp>,
    /// Learned or prior.
    pub source: Source,
}

impl Window {
    /// A window nothing has been heard of: full, with X's published limit.
    pub const fn prior(name: String, limit: u32) -> Self {
        Self { name, limit, remaining: limit, reset_at: None, source: Source::Prior }
    }

    /// When to come back, if nothing is left at `now`.
    pub fn exhausted_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.reset_at.filter(|reset| self.remaining == 0 && now < *reset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "POST /2/tweets";

    #[test]
    fn a_name_tells_the_operation_and_the_length() {
        for (window_s, expected) in [(900, "POST /2/tweets"), (86_400, "POST /2/tweets 24h"), (1, "POST /2/tweets 1s")]
        {
            assert_eq!(name(NAME, window_s), expected);
            assert_eq!((length_s(expected), is_of(expected, NAME)), (window_s, true));
            let shared = [expected, SHARED].concat();
            assert_eq!((length_s(&shared), is_of(&shared, NAME), is_shared(&shared)), (window_s, true, true));
        }
        assert!(!is_of("POST /2/tweets/search", NAME), "another operation's name begins so");
        assert!(!is_of("POST /2/tweet", NAME) && !is_shared(NAME));
    }

    #[test]
    fn a_window_is_used_up_until_its_reset() {
        let (now, reset) = (Timestamp::from_seconds(100), Timestamp::from_seconds(200));
        let full = Window::prior(NAME.to_owned(), 50);
        assert_eq!(full.exhausted_until(now), None);
        let empty = Window { remaining: 0, reset_at: Some(reset), source: Source::Learned, ..full };
        assert_eq!((empty.exhausted_until(now), empty.exhausted_until(reset)), (Some(reset), None));
    }
}
