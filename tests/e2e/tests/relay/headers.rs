//! Which headers pass: of a request and of an answer, those that are listed.

use perch_e2e::{Seen, Stack};
use reqwest::Method;
use serde_json::json;

use crate::raw;

/// What perch sends to X, and what frames it. `cf-worker` is workerd's: it marks what a Worker sends, and no Worker can help it.
const TO_X: [&str; 9] = [
    "accept",
    "accept-encoding",
    "authorization",
    "cf-worker",
    "content-length",
    "content-type",
    "host",
    "traceparent",
    "user-agent",
];

/// What a hostile or careless client sends beside its key.
const SENT: &str = "\
    Cookie: session=1\r\nCF-Connecting-IP: 203.0.113.7\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Host: evil.example\r\n\
    X-Real-IP: 203.0.113.7\r\nTrue-Client-IP: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\nVia: 1.1 evil.example\r\n\
    TE: trailers\r\nTrailer: x-late\r\nProxy-Authorization: Basic YTpi\r\nX-API-Key: perch_test_x\r\nX-Secret: 1\r\n\
    Origin: https://app.example\r\nReferer: https://app.example/\r\nX-Original-URL: /2/users/me\r\nX-Rewrite-URL: /2/users/me\r\n\
    User-Agent: evil/1\r\nX-Twitter-Client: evil\r\nX-Guest-Token: 1\r\nCF-Ray: 1\r\nCF-Worker: evil.example\r\n\
    Range: bytes=0-1\r\nIf-None-Match: \"a\"\r\nAccept-Language: de\r\nPriority: u=1\r\nKeep-Alive: timeout=5\r\n";

/// Sends the head raw, with `headers` beside what every client sends.
async fn send(stack: &Stack, key: &str, account: &str, headers: &str) -> raw::RawAnswer {
    let request = format!(
        "POST /2/tweets HTTP/1.1\r\nHost: perch.example\r\nAuthorization: Bearer {key}\r\nPerch-Account: {account}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n{headers}\r\n{{}}"
    );
    raw::send(stack, stack.port(), request.as_bytes()).await
}

/// X got nothing of the client's but what is listed.
#[track_caller]
pub(super) fn assert_clean(seen: &Seen) {
    for (name, value) in &seen.headers {
        assert!(TO_X.contains(&name.as_str()), "{name} reached X");
        assert!(!value.contains("evil") && !value.contains("203.0.113.7"), "{name} was the client's: {value}");
        assert!(!value.contains("perch_test_"), "a key reached X in {name}");
    }
    let mut names: Vec<&str> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    assert_eq!(names.len(), seen.headers.len(), "no header comes twice");
}

async fn x_gets_no_header_but_those_listed(stack: &Stack) {
    let stack = stack.direct();
    let (key, _) = stack.key(json!({})).await;
    let (_, username) = stack.new_user();
    let account = stack.connect(&stack.anonymous().with_key(&key), &username).await;
    for headers in [
        SENT.replace("Origin: https://app.example\r\n", "").replace("X-API-Key: perch_test_x\r\n", "")
            + "Connection: close\r\n",
        "Connection: close, X-Secret, Content-Type, Authorization\r\nX-Secret: 1\r\n".to_owned(),
        "Expect: 100-continue\r\nConnection: close\r\n".to_owned(),
    ] {
        let mark = stack.sandbox.mark().await;
        let answer = send(stack, &key, &account, &headers).await;
        assert_eq!(answer.final_status(), 400, "X's own word on an empty tweet: {}", answer.text);
        let ledger = stack.sandbox.ledger_since(mark).await;
        assert_eq!(ledger.requests.len(), 1, "{headers}");
        assert_clean(&ledger.requests[0]);
        let seen = &ledger.requests[0];
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/2/tweets"));
        assert_eq!(Some(seen.host.as_str()), stack.sandbox.base().strip_prefix("http://"));
        assert_eq!(seen.header("user-agent").map(|agent| agent.starts_with("perch/")), Some(true));
        assert_eq!(seen.header("content-type"), Some("application/json"));
    }
}

async fn what_claims_another_method_or_protocol_is_refused(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let answer = app.client.call(Method::POST, "/2/tweets").header(name, "DELETE").json(&json!({"text": "a"}));
        let _problem = answer.send().await.must_be_problem(400, "invalid-request");
    }
    let packed = app.client.call(Method::POST, "/2/tweets").header("content-encoding", "gzip").json(&json!({}));
    let _problem = packed.send().await.must_be_problem(415, "unsupported-media-type");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
    let upgrade = app.client.call(Method::GET, "/2/users/me").header("upgrade", "websocket");
    let upgrade = upgrade.header("connection", "upgrade").header("sec-websocket-version", "13");
    let answer = upgrade.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").send().await;
    assert!(matches!(answer.status.as_u16(), 200 | 400..=499), "{}", answer.status);
    stack.sandbox.ledger_since(mark).await.requests.iter().for_each(assert_clean);
}

async fn no_header_of_x_s_edge_reaches_the_client(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let not_found = app.client.get("/2/tweets/1").await.must(200);
    let found = app.client.get("/2/users/me").await.must(200);
    let refused = app.client.post("/2/tweets", &json!({})).await.must(400);
    for answer in [not_found, found, refused] {
        for name in
            ["set-cookie", "server", "cf-ray", "report-to", "nel", "alt-svc", "x-powered-by", "x-connection-hash"]
        {
            assert_eq!(answer.header(name), None, "{name} of {}", answer.question);
        }
        for name in ["content-type", "x-transaction-id", "x-rate-limit-limit", "x-rate-limit-reset", "x-access-level"] {
            assert!(answer.header(name).is_some(), "{name} of {}", answer.question);
        }
    }
}

crate::trials!(
    x_gets_no_header_but_those_listed,
    what_claims_another_method_or_protocol_is_refused,
    no_header_of_x_s_edge_reaches_the_client,
);
