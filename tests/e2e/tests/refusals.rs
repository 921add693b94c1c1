//! Bad input: a problem that says what to fix, and never a call to X.

use perch_e2e::{App, Stack};
use reqwest::Method;
use serde_json::json;

use crate::raw;

async fn a_tweet_needs_a_key(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let answer = stack.anonymous().post("/v1/tweets", &json!({"text": "hello"})).await;
    let _problem = answer.must_be_problem(401, "missing-key");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_tweet_needs_an_account(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let answer = stack.admin().post("/v1/tweets", &json!({"text": "hello"})).await;
    let _problem = answer.must_be_problem(400, "account-needed");
    let nobody = stack.admin().acting_for("acc_0000000000000000");
    let answer = nobody.post("/v1/tweets", &json!({"text": "hello"})).await;
    let _problem = answer.must_be_problem(404, "account-not-found");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

/// Bodies of `POST /v1/tweets` that cannot be taken, and the code they are refused with.
fn bad_bodies() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    vec![
        ("nothing", vec![], 400, "invalid-body"),
        ("half an object", b"{\"text\":".to_vec(), 400, "invalid-body"),
        ("two values", b"{\"text\":\"a\"} {}".to_vec(), 400, "invalid-body"),
        ("an array", b"[]".to_vec(), 400, "invalid-body"),
        ("a wrong type", b"{\"text\":7}".to_vec(), 400, "invalid-body"),
        ("an unknown member", b"{\"text\":\"a\",\"txet\":1}".to_vec(), 400, "invalid-body"),
        ("a member twice", b"{\"text\":\"a\",\"text\":\"b\"}".to_vec(), 400, "invalid-body"),
        ("deep nesting", format!("{{\"text\":\"a\",\"poll\":{deep}}}").into_bytes(), 400, "invalid-body"),
        ("bad UTF-8", b"{\"text\":\"\xff\xfe\"}".to_vec(), 400, "invalid-body"),
        ("a lone surrogate", b"{\"text\":\"\\ud800\"}".to_vec(), 400, "invalid-body"),
        ("a number beyond all", b"{\"text\":1e999}".to_vec(), 400, "invalid-body"),
        ("70 KB", format!("{{\"text\":\"{}\"}}", "a".repeat(70_000)).into_bytes(), 413, "body-too-large"),
        ("no text at all", b"{}".to_vec(), 422, "invalid-fields"),
    ]
}

async fn a_bad_body_is_refused_and_x_not_asked(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for (name, body, status, code) in bad_bodies() {
        let call = app.client.call(Method::POST, "/v1/tweets").header("content-type", "application/json");
        let answer = call.change(|request| request.body(body)).send().await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{name}");
        let _problem = answer.must_be_problem(status, code);
    }
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_long_body_is_cut_off_without_an_announced_length(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let body = format!("{{\"text\":\"{}\"}}", "a".repeat(70_000)).into_bytes();
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = body.chunks(1000).map(|piece| Ok(piece.to_vec())).collect();
    let stream = futures_util::stream::iter(pieces);
    let call = app.client.call(Method::POST, "/v1/tweets").header("content-type", "application/json");
    let answer = call.change(|request| request.body(reqwest::Body::wrap_stream(stream))).send().await;
    let _problem = answer.must_be_problem(413, "body-too-large");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_wrong_content_type_method_or_route_is_refused(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let call = app.client.call(Method::POST, "/v1/tweets").header("content-type", kind);
        let answer = call.change(|request| request.body("{\"text\":\"a\"}")).send().await;
        let _problem = answer.must_be_problem(415, "unsupported-media-type");
    }
    let packed = app.client.call(Method::POST, "/v1/tweets").header("content-encoding", "gzip");
    let _problem = packed.json(&json!({"text": "a"})).send().await.must_be_problem(415, "unsupported-media-type");
    for method in ["PUT", "PATCH", "DELETE", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let answer = app.client.call(method, "/v1/tweets").send().await.must_be_problem(405, "method-not-allowed");
        assert!(answer.header("allow").is_some_and(|allow| allow.contains("POST")));
    }
    for path in ["/", "/v1", "/v1/nothing", "/v2/tweets", "/v1/tweets/", "/v1/tweets/1/nothing"] {
        let _problem = app.client.get(path).await.must_be_problem(404, "route-not-found");
    }
    for id in ["abc", "-1", "1e3", "12345678901234567890"] {
        let _problem = app.client.get(&format!("/v1/tweets/{id}")).await.must_be_problem(400, "invalid-request");
    }
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

/// Paths with two readings.
const HOSTILE: [&str; 16] = [
    "/v1/tweets/../keys",
    "/v1/tweets/%2e%2e/keys",
    "/v1/tweets/%2E./keys",
    "/v1//tweets",
    "//attacker.example/v1/tweets",
    "/v1/tweets%2f1",
    "/v1/tweets\\1",
    "/v1/tweets%5c1",
    "/v1/tweets;a=b",
    "/v1/tweets/1%00",
    "/v1/tweets/%0d%0aset-cookie:a=b",
    "/v1/tweets/%252e%252e/keys",
    "/v1/tweets/%zz",
    "/v1/tweets/1%",
    "/v1/tweets/\u{fc}",
    "/v1/tweets/1?a=%",
];

/// Sent to workerd itself: wrangler's proxy would repair some of them.
async fn a_hostile_path_is_refused_not_repaired(stack: &Stack) {
    let port = stack.direct().port();
    let mark = stack.sandbox.mark().await;
    let long = format!("/v1/tweets/{}", "1".repeat(4000));
    let mut passed = Vec::new();
    for path in HOSTILE.into_iter().chain([long.as_str()]) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: perch.example\r\nConnection: close\r\n\r\n");
        let answer = raw::send(stack, port, request.as_bytes()).await;
        if answer.status != 400 || !answer.text.contains("\"code\":\"invalid-path\"") {
            passed.push((path.to_owned(), answer.status));
        }
    }
    assert!(passed.is_empty(), "{passed:?}");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn requests_that_are_not_http_get_no_answer_of_perch(stack: &Stack) {
    let port = stack.direct().port();
    let mark = stack.sandbox.mark().await;
    for request in [
        "BREW /v1/tweets HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /v1/tweets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
        "POST /v1/tweets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, x\r\nConnection: close\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        let answer = raw::send(stack, port, request.as_bytes()).await;
        assert!(matches!(answer.status, 400..=499 | 501), "{request:?} was answered {}", answer.status);
    }
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn a_body_that_never_ends_is_given_up(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let (key, _) = stack.key(json!({"accounts": [app.account]})).await;
    let mark = stack.sandbox.mark().await;
    let request = format!(
        "POST /v1/tweets HTTP/1.1\r\nHost: perch.example\r\nAuthorization: Bearer {key}\r\nPerch-Account: {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{{\"text\":",
        app.account
    );
    let answer = raw::send(stack, stack.port(), request.as_bytes()).await;
    assert_eq!(answer.status, 408);
    assert!(answer.text.contains("body-timeout"));
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn nothing_a_client_sends_reaches_x(stack: &Stack) {
    let App { client, .. } = stack.app(json!({})).await;
    let hostile = client
        .with("x-forwarded-for", "203.0.113.7")
        .with("x-forwarded-host", "attacker.example")
        .with("cf-connecting-ip", "203.0.113.7")
        .with("cookie", "session=1")
        .with("forwarded", "for=203.0.113.7")
        .with("x-custom", "1");
    let mark = stack.sandbox.mark().await;
    let sent = hostile.post("/v1/tweets", &json!({"text": "clean"})).await.must(201);
    let _read = hostile.get(&format!("/v1/tweets/{}", sent.text("/data/id"))).await.must(200);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests.len(), 2);
    for seen in &ledger.requests {
        for name in
            ["x-forwarded-for", "x-forwarded-host", "cookie", "forwarded", "x-custom", "x-api-key", "perch-account"]
        {
            assert_eq!(seen.header(name), None, "{name} reached X");
        }
    }
}

crate::trials!(
    a_tweet_needs_a_key,
    a_tweet_needs_an_account,
    a_bad_body_is_refused_and_x_not_asked,
    a_long_body_is_cut_off_without_an_announced_length,
    a_wrong_content_type_method_or_route_is_refused,
    a_hostile_path_is_refused_not_repaired,
    requests_that_are_not_http_get_no_answer_of_perch,
    a_body_that_never_ends_is_given_up,
    nothing_a_client_sends_reaches_x,
);
