//! The headers X and its edge add to every answer.

use crate::answer::Answer;
use crate::limits::Admission;
use crate::state::State;

/// The rate-limit headers of X.
pub(crate) const RATE_HEADERS: [&str; 3] = ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"];

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
    let answer =
        if answer.headers.contains_key("server") { answer } else { answer.with_header("server", "cloudflare envoy") };
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
