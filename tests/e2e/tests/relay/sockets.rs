//! Requests by the byte: paths with two readings, heads with two meanings. Each has a good key, so it is not that which stops them.

use perch_e2e::{App, Stack};
use serde_json::json;

use super::headers::assert_clean;
use crate::raw;

/// Request lines that lead elsewhere, depending on who reads them.
const LINES: [&str; 21] = [
    "GET /2/%2e%2e/x",
    "GET /2/../v1/keys",
    "GET /2/tweets/..",
    "GET /2/tweets/%2E%2e/users/me",
    "GET /2//evil.example",
    "GET //evil.example/2/tweets/1",
    "GET /2/tweets/..;/x",
    "GET /2/tweets;x/1",
    "GET /2\\tweets\\1",
    "GET /2/tweets/1\\..\\..\\users\\me",
    "GET /2/@evil.example",
    "GET /2/tweets/1@evil.example",
    "GET /2/tweets/%00",
    "GET /2/tweets/1%0d%0aX-A:%20b",
    "GET /2/tweets/1%2f..%2f..%2fusers%2fme",
    "GET /2/tweets/%252e%252e",
    "GET /2/%6fauth2/token",
    "GET /2/tweets/\u{e9}",
    "GET http://evil.example@127.0.0.1/2/nothing",
    "GET @evil.example/2/tweets/1",
    "TRACE /2/tweets/1",
];

/// Headers that have two readings.
fn heads() -> Vec<(&'static str, String)> {
    vec![
        ("two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n".to_owned()),
        ("a length that is none", "Content-Length: 1x\r\n".to_owned()),
        ("a negative length", "Content-Length: -1\r\n".to_owned()),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n".to_owned()),
        ("a NUL in a value", "Accept: a\0b\r\n".to_owned()),
        ("a NUL in a name", "A\0b: c\r\n".to_owned()),
        ("a space before the colon", "Transfer-Encoding : chunked\r\n".to_owned()),
        ("no colon", "nonsense\r\n".to_owned()),
    ]
}

/// Headers that workerd takes: chunks count before a length (RFC 9112, 6.3), and there may be much of the rest.
fn heads_taken() -> Vec<String> {
    vec![
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        format!("X-Long: {}\r\n", "a".repeat(100_000)),
        "X-Many: a\r\n".repeat(10_000),
    ]
}

async fn a_line_with_two_readings_leads_nowhere(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let long = [format!("GET /2/tweets/{}", "1".repeat(4000)), format!("GET /2/tweets?ids={}", "1".repeat(10_000))];
    let mark = stack.sandbox.mark().await;
    let mut told = Vec::new();
    for line in LINES.into_iter().chain(long.iter().map(String::as_str)) {
        let request = raw::request(&app, line, "Connection: close\r\n", "");
        let answer = raw::send(stack, stack.port(), request.as_bytes()).await;
        told.push((line.get(..40).unwrap_or(line), answer.status, is_perch_s(&answer)));
    }
    let passed: Vec<_> = told.iter().filter(|(_, status, _)| !(400..500).contains(status)).collect();
    assert!(passed.is_empty(), "{passed:?}");
    assert!(told.iter().filter(|(.., by_perch)| *by_perch).count() > 15, "most are refused by perch itself: {told:?}");
    let seen: Vec<_> = stack.sandbox.ledger_since(mark).await.requests.into_iter().map(|seen| seen.path).collect();
    assert!(seen.is_empty(), "X was asked for {seen:?}");
}

/// workerd takes a fragment away before a Worker sees the address; what is left has one reading.
async fn a_fragment_leads_no_further_than_the_path_before_it(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let request = raw::request(&app, "GET /2/tweets/1#/../../users/me", "Connection: close\r\n", "");
    let answer = raw::send(stack, stack.port(), request.as_bytes()).await;
    assert!(matches!(answer.status, 200 | 400..=499), "{}", answer.status);
    assert!(stack.sandbox.ledger_since(mark).await.requests.iter().all(|seen| seen.path == "/2/tweets/1"));
}

/// Whether perch answered; else it was workerd, before perch.
fn is_perch_s(answer: &raw::RawAnswer) -> bool {
    answer.text.contains("x-request-id") && answer.text.contains("application/problem+json")
}

async fn a_head_with_two_readings_leads_nowhere(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let mut passed = Vec::new();
    for (name, headers) in heads() {
        let request = raw::request(&app, "POST /2/tweets", &format!("{headers}Connection: close\r\n"), "");
        let answer = raw::send(stack, stack.port(), format!("{request}0\r\n\r\n").as_bytes()).await;
        // workerd answers 501 to a coding it does not know.
        if !matches!(answer.status, 400..=499 | 501) {
            passed.push((name, answer.status));
        }
    }
    assert!(passed.is_empty(), "{passed:?}");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_head_of_too_much_is_refused_or_leaves_nothing_of_it(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    for headers in heads_taken() {
        let mark = stack.sandbox.mark().await;
        let request = raw::request(&app, "POST /2/tweets", &format!("{headers}Connection: close\r\n"), "");
        let answer = raw::send(stack, stack.port(), format!("{request}0\r\n\r\n").as_bytes()).await;
        assert!((400..500).contains(&answer.status), "refused, or X's word on an empty tweet: {}", answer.status);
        let ledger = stack.sandbox.ledger_since(mark).await;
        assert!(ledger.requests.len() <= 1);
        for seen in &ledger.requests {
            assert_clean(seen);
            assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.body_bytes), ("POST", "/2/tweets", 0));
        }
    }
}

async fn a_header_that_comes_twice_has_one_meaning(stack: &Stack) {
    let stack = stack.direct();
    let (app, other) = (stack.app(json!({})).await, stack.app(json!({})).await);
    let mark = stack.sandbox.mark().await;
    let get = async |headers: String| {
        let request = raw::request(&app, "GET /2/users/me", &format!("{headers}Connection: close\r\n"), "");
        raw::send(stack, stack.port(), request.as_bytes()).await
    };
    let two_keys = get(format!("Authorization: Bearer {}\r\n", other.key)).await;
    assert_eq!(two_keys.status, 401, "two keys are no key");
    let two_accounts = get(format!("Perch-Account: {}\r\n", other.account)).await;
    assert!((400..500).contains(&two_accounts.status), "two accounts are none: {}", two_accounts.status);
    let both = get(format!("X-API-Key: {}\r\n", other.key)).await;
    assert!((400..500).contains(&both.status), "{}", both.status);
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
    let two_hosts = get("Host: evil.example\r\n".to_owned()).await;
    let folded = get("Accept: a,\r\n b\r\n".to_owned()).await;
    for answer in [two_hosts, folded] {
        assert!(answer.status == 200 || (400..500).contains(&answer.status), "{}", answer.status);
    }
    let ledger = stack.sandbox.ledger_since(mark).await;
    let host = stack.sandbox.base().trim_start_matches("http://");
    assert!(ledger.requests.iter().all(|seen| seen.host == host && seen.path == "/2/users/me"));
}

async fn another_request_inside_a_body_stays_inside(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let hidden = raw::request(&app, "DELETE /2/tweets/1", "", "");
    for (headers, body) in [
        (format!("Content-Length: {}\r\n", hidden.len()), hidden.clone()),
        ("Transfer-Encoding: chunked\r\n".to_owned(), format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len())),
    ] {
        let mark = stack.sandbox.mark().await;
        let headers = format!("{headers}Content-Type: application/json\r\nConnection: close\r\n");
        let request = raw::request(&app, "POST /2/tweets", &headers, "") + &body;
        let answer = raw::send(stack, stack.port(), request.as_bytes()).await;
        assert_eq!(answer.status, 400, "X's word on a body that is no JSON");
        let ledger = stack.sandbox.ledger_since(mark).await;
        let seen: Vec<_> = ledger.requests.iter().map(|seen| (seen.method.as_str(), seen.body_bytes)).collect();
        assert_eq!(seen, [("POST", hidden.len() as u64)]);
    }
}

async fn connect_and_the_like_open_no_tunnel(stack: &Stack) {
    let stack = stack.direct();
    let app: App = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for line in ["CONNECT api.x.com:443", "CONNECT /2/tweets", "BREW /2/tweets", "OPTIONS *", "PRI *"] {
        let request = raw::request(&app, line, "Connection: close\r\n", "");
        let answer = raw::send(stack, stack.port(), request.as_bytes()).await;
        // workerd answers 500 to a CONNECT, since no Worker takes it here, and 501 to a method it does not know.
        let by_workerd = matches!(answer.status, 500 | 501) && !is_perch_s(&answer);
        assert!(by_workerd || (400..500).contains(&answer.status), "{line} was answered {}", answer.status);
    }
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

crate::trials!(
    a_line_with_two_readings_leads_nowhere,
    a_fragment_leads_no_further_than_the_path_before_it,
    a_head_with_two_readings_leads_nowhere,
    a_head_of_too_much_is_refused_or_leaves_nothing_of_it,
    a_header_that_comes_twice_has_one_meaning,
    another_request_inside_a_body_stays_inside,
    connect_and_the_like_open_no_tunnel,
);
