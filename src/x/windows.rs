//! The rate windows that X's headers tell of.
//!
//! `x-rate-limit-*` speaks of the window of 15 minutes; `x-user-limit-24hour-*` and `x-app-limit-24hour-*`, where X sends them, of
//! the day. Headers may be missing or senseless: then there is nothing to learn.

use http::HeaderMap;

use crate::domain::{Timestamp, window::LearnedWindow};

const DAY_S: u32 = 86_400;

/// The name of an operation's window: the operation's own for X's usual window, with a suffix for the day's.
pub fn name(operation: &str, window_s: u32) -> String {
    if window_s == DAY_S { format!("{operation} 24h") } else { operation.to_owned() }
}

/// The windows in `headers`.
pub fn read(operation: &str, headers: &HeaderMap) -> Vec<LearnedWindow> {
    let kinds = [
        ("x-rate-limit", operation.to_owned()),
        ("x-user-limit-24hour", format!("{operation} 24h")),
        ("x-app-limit-24hour", format!("{operation} 24h app")),
    ];
    kinds.into_iter().filter_map(|(prefix, name)| window(prefix, name, headers)).collect()
}

/// When the window of `x-rate-limit-reset` ends.
pub fn reset_at(headers: &HeaderMap) -> Option<Timestamp> {
    number(headers, "x-rate-limit-reset").map(Timestamp::from_seconds)
}

fn window(prefix: &str, name: String, headers: &HeaderMap) -> Option<LearnedWindow> {
    let field = |suffix: &str| number(headers, &format!("{prefix}-{suffix}"));
    Some(LearnedWindow {
        name,
        limit: u32::try_from(field("limit")?).ok()?,
        remaining: u32::try_from(field("remaining")?).ok()?,
        reset_at: Timestamp::from_seconds(field("reset")?),
    })
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn both_windows_are_read() {
        let headers = headers(&[
            ("x-rate-limit-limit", "100"),
            ("x-rate-limit-remaining", "99"),
            ("x-rate-limit-reset", "1800000000"),
            ("x-user-limit-24hour-limit", "1000"),
            ("x-user-limit-24hour-remaining", "0"),
            ("x-user-limit-24hour-reset", "1800080000"),
        ]);
        let windows = read("POST /2/tweets", &headers);
        let told: Vec<_> =
            windows.iter().map(|window| (window.name.as_str(), window.limit, window.remaining)).collect();
        assert_eq!(told, [("POST /2/tweets", 100, 99), ("POST /2/tweets 24h", 1000, 0)]);
        assert_eq!(reset_at(&headers), Some(Timestamp::from_seconds(1_800_000_000)));
    }

    #[test]
    fn missing_and_senseless_headers_teach_nothing() {
        assert!(read("GET /x", &headers(&[])).is_empty());
        let garbage =
            [("x-rate-limit-limit", "many"), ("x-rate-limit-remaining", "-1"), ("x-rate-limit-reset", "soon")];
        assert!(read("GET /x", &headers(&garbage)).is_empty());
        let partial = [("x-rate-limit-limit", "10"), ("x-rate-limit-remaining", "1")];
        assert!(read("GET /x", &headers(&partial)).is_empty());
    }
}
