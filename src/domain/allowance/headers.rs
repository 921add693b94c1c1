//! `RateLimit-Policy`, `RateLimit` and `Retry-After`, written as draft-ietf-httpapi-ratelimit-headers says (lists of
//! Structured Fields, RFC 9651) and RFC 9110 section 10.2.3.

use super::WindowView;

/// The value of `RateLimit-Policy`: `"minute";q=100;w=60, "day";q=10000;w=86400`.
pub fn rate_limit_policy(windows: &[WindowView]) -> String {
    list(windows, |window| format!("\"{}\";q={};w={}", window.name.as_str(), window.quota, window.window_s))
}

/// The value of `RateLimit`: `"minute";r=42;t=13, "day";r=9042;t=700`.
pub fn rate_limit(windows: &[WindowView]) -> String {
    list(windows, |window| format!("\"{}\";r={};t={}", window.name.as_str(), window.remaining, window.reset_s))
}

/// The value of `Retry-After`: whole seconds, at least one, never earlier than promised.
pub const fn retry_after(retry_after_ms: u64) -> u64 {
    let seconds = retry_after_ms.div_ceil(1000);
    if seconds == 0 { 1 } else { seconds }
}

fn list(windows: &[WindowView], item: impl Fn(&WindowView) -> String) -> String {
    windows.iter().map(item).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::allowance::PolicyName;

    fn windows() -> [WindowView; 2] {
        [
            WindowView { name: PolicyName::Minute, quota: 100, window_s: 60, remaining: 42, reset_s: 13 },
            WindowView { name: PolicyName::Day, quota: 10_000, window_s: 86_400, remaining: 9_042, reset_s: 700 },
        ]
    }

    #[test]
    fn the_fields_are_structured_lists() {
        assert_eq!(rate_limit_policy(&windows()), r#""minute";q=100;w=60, "day";q=10000;w=86400"#);
        assert_eq!(rate_limit(&windows()), r#""minute";r=42;t=13, "day";r=9042;t=700"#);
        assert_eq!(rate_limit(&windows()[..1]), r#""minute";r=42;t=13"#);
    }

    #[test]
    fn a_client_that_obeys_is_never_early() {
        assert_eq!([0, 1, 1_000, 1_001].map(retry_after), [1, 1, 1, 2]);
    }
}
