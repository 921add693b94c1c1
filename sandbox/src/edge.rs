//! The headers X and its edge add to every answer.

use crate::answer::Answer;
use crate::limits::Admission;
use crate::state::State;

/// The rate-limit headers of X.
pub(crate) const RATE_HEADERS: [&str; 3] = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"];

/// What X and its edge send whatever the answer is, unless it says otherwise itself.
const OF_THE_EDGE: [(&str, &str); 6] = [
    ("server", "cloudflare envoy"),
    ("alt-svc", "h3=\":443\"; ma=86400"),
    ("nel", r#"{"success_fraction":0,"report_to":"cf-nel","max_age":604800}"#),
    ("report-to", r#"{"group":"cf-nel","max_age":604800,"endpoints":[{"url":"https://a.nel.example/report"}]}"#),
    ("x-access-level", "read-write"),
    ("x-powered-by", "Express"),
];

/// `answer` as it leaves X's edge: trace headers, cookies, and the window it counted in.
///
/// `arrived_ms` is when the request came, for `x-response-time`.
pub(crate) fn dress(state: &mut State, answer: Answer, arrived_ms: u64, admission: Option<Admission>) -> Answer {
    let taken_ms = state.now_ms().saturating_sub(arrived_ms);
    let answer = answer
        .with_header("api-version", "2.167")
        .with_header("cache-control", "no-cache, no-store, max-age=0")
        .with_header("x-connection-hash", &state.entropy.text())
        .with_header("x-response-time", &taken_ms.to_string())
        .with_header("x-transaction-id", &state.entropy.hex16());
    let ray = format!("{}-AMS", state.entropy.hex16());
    let answer = with_default(answer, "cf-ray", &ray);
    let answer = OF_THE_EDGE.into_iter().fold(answer, |answer, (name, value)| with_default(answer, name, value));
    let answer = with_cookies(state, answer);
    match admission {
        Some(window) => with_window(answer, window.limit.into(), window.remaining.into(), window.reset_epoch_s),
        None => answer,
    }
}

/// `answer` with these rate-limit headers: calls, calls, seconds since the epoch.
pub(crate) fn with_window(answer: Answer, limit: u64, remaining: u64, reset_epoch_s: u64) -> Answer {
    let values = [limit, remaining, reset_epoch_s];
    RATE_HEADERS
        .into_iter()
        .zip(values)
        .fold(answer, |answer, (name, value)| answer.with_header(name, &value.to_string()))
}

/// `answer` without rate-limit headers.
pub(crate) fn without_window(mut answer: Answer) -> Answer {
    for name in RATE_HEADERS {
        answer.headers.remove(name);
    }
    answer
}

fn with_default(answer: Answer, name: &str, value: &str) -> Answer {
    if answer.headers.contains_key(name) { answer } else { answer.with_header(name, value) }
}

fn with_cookies(state: &mut State, mut answer: Answer) -> Answer {
    let guest =
        format!("guest_id=v1%3A{}; Max-Age=34214400; Path=/; Domain=.x.com; Secure; SameSite=None", state.now_ms());
    let edge = format!("__cf_bm={}; Path=/; HttpOnly; Secure", state.entropy.text());
    for cookie in [guest, edge] {
        if let Ok(value) = http::HeaderValue::try_from(cookie) {
            answer.headers.append(http::header::SET_COOKIE, value);
        }
    }
    answer
}
