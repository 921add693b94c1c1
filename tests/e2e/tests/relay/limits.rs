//! X's rate limits: told as X tells them, and known before X is asked.

use perch_e2e::Stack;
use serde_json::json;

/// X lets a user ask for these ten times in 15 minutes.
const TRENDS: &str = "/2/users/personalized_trends";

async fn a_window_is_used_to_its_end_and_x_not_asked_beyond(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    for left in (0..10).rev() {
        let answer = app.client.get(TRENDS).await.must(200);
        assert_eq!(answer.header("x-rate-limit-remaining"), Some(left.to_string().as_str()));
    }
    let refused = app.client.get(TRENDS).await.must(429);
    assert_eq!(
        refused.json(),
        json!({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429})
    );
    assert_eq!(
        (refused.header("x-rate-limit-limit"), refused.header("x-rate-limit-remaining")),
        (Some("10"), Some("0"))
    );
    let wait: u64 = refused.header("retry-after").and_then(|wait| wait.parse().ok()).expect("when to come back");
    assert!((1..=901).contains(&wait), "15 minutes at most, in whole seconds: {wait}");
    assert!(refused.header("x-rate-limit-reset").is_some());
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests_to("GET", TRENDS).count(), 10, "X was not asked again");
    let limits = app.client.get("/v1/rate-limits").await.must(200).json();
    let windows = limits["data"].as_array().cloned().unwrap_or_default();
    let window = windows.iter().find(|window| window["endpoint"] == format!("GET {TRENDS}"));
    let window = window.expect("it is among the windows");
    assert_eq!((&window["limit"], &window["remaining"], &window["source"]), (&json!(10), &json!(0), &json!("learned")));
    let other = stack.app(json!({})).await;
    let _theirs = other.client.get(TRENDS).await.must(200);
}

async fn x_s_own_429_passes_with_the_time_to_wait(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let fault = json!({"kind": "vector", "name": "too-many-requests"});
    stack.sandbox.fault("POST", "/2/tweets", Some(1), fault).await;
    let mark = stack.sandbox.mark().await;
    let refused = app.client.post("/2/tweets", &json!({"text": "too much"})).await.must(429);
    assert_eq!((refused.text("/title").as_str(), refused.code().as_str()), ("Too Many Requests", ""), "X's words");
    let wait: u64 = refused.header("retry-after").and_then(|wait| wait.parse().ok()).expect("when to come back");
    assert!((1..=86_400).contains(&wait), "{wait}");
    let again = app.client.post("/2/tweets", &json!({"text": "too much"})).await.must(429);
    assert!(again.header("retry-after").is_some());
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests_to("POST", "/2/tweets").count(), 1);
    stack.calm().await;
}

crate::trials!(a_window_is_used_to_its_end_and_x_not_asked_beyond, x_s_own_429_passes_with_the_time_to_wait);
