//! The rate windows that X's headers tell of.
//!
//! `x-rate-limit-*` speaks of the window of 15 minutes; `x-user-limit-24hour-*` and `x-app-limit-24hour-*`, where X sends them, of
//! the day. Headers may be missing or senseless: then there is nothing to learn.

use http::HeaderMap;

use crate::domain::{Timestamp, window::LearnedWindow};

/// The headers of one window, and what stands behind the operation's name in the window's.
struct Headers {
    limit: &'static str,
    remaining: &'static str,
    reset: &'static str,
    suffix: &'static str,
}

const WINDOWS: [Headers; 3] = [
    Headers { limit: "x-rate-limit-limit", remaining: "x-rate-limit-remaining", reset: RESET, suffix: "" },
    Headers {
        limit: "x-user-limit-24hour-limit",
        remaining: "x-user-limit-24hour-remaining",
        reset: "x-user-limit-24hour-reset",
        suffix: " 24h",
    },
    Headers {
        limit: "x-app-limit-24hour-limit",
        remaining: "x-app-limit-24hour-remaining",
        reset: "x-app-limit-24hour-reset",
        suffix: " 24h app",
    },
];
const RESET: &str = "x-rate-limit-reset";

/// The windows in `headers`.
pub fn read(operation: &str, headers: &HeaderMap) -> Vec<LearnedWindow> {
    WINDOWS.iter().filter_map(|window| window.read(operation, headers)).collect()
}

/// When the window of `x-rate-limit-reset` ends.
pub fn reset_at(headers: &HeaderMap) -> Option<Timestamp> {
    number(headers, RESET).map(Timestamp::from_seconds)
}

impl Headers {
    fn read(&self, operation: &str, headers: &HeaderMap) -> Option<LearnedWindow> {
        Some(LearnedWindow {
            limit: u32::try_from(number(headers, self.limit)?).ok()?,
            remaining: u32::try_from(number(headers, self.remaining)?).ok()?,
            reset_at: Timestamp::from_seconds(number(headers, self.reset)?),
            name: [operation, self.suffix].concat(),
        })
    }
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
