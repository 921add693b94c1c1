//! X is rested where it fails, and only there.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use perch_e2e::{Answer, App, Stack};
use reqwest::Method;
use serde_json::{Value, json};

const LOOK_UP: &str = "/2/tweets/{id}";

async fn failures_open_the_breaker_and_recovery_closes_it(stack: &Stack) {
    stack.calm().await;
    let app = stack.app(json!({})).await;
    let path = some_tweet(&app).await;
    let fault = json!({"kind": "vector", "name": "service-unavailable"});
    stack.sandbox.fault("GET", LOOK_UP, None, fault).await;
    let end = Instant::now() + Duration::from_mins(1);
    while app.client.get(&path).await.code() != "breaker-open" {
        assert!(Instant::now() < end, "the breaker never opened");
    }
    let mark = stack.sandbox.mark().await;
    for _rested in 0..20 {
        let _problem = app.client.get(&path).await.must_be_problem(503, "breaker-open");
    }
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty(), "X is left alone");
    assert_eq!(state(stack, "tweets_read").await["state"], "open");
    let _elsewhere = app.client.post("/v1/tweets", &json!({"text": "another group works"})).await.must(201);

    stack.sandbox.clear_faults().await;
    let end = Instant::now() + Duration::from_secs(30);
    while state(stack, "tweets_read").await["state"] != "closed" {
        assert!(Instant::now() < end, "the breaker never closed");
        let _probe = app.client.get(&path).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let _works = app.client.get(&path).await.must(200);
    stack.calm().await;
}

async fn ten_thousand_refusals_leave_the_breaker_closed(stack: &Stack) {
    const CALLS: u32 = 10_000;
    stack.calm().await;
    stack.sandbox.rules(json!({"enforce_rate_limits": false})).await;
    let app = stack.app(json!({})).await;
    let path = some_tweet(&app).await;
    let _told = app.client.get(&path).await.must(200); // that the window has room for a crowd
    let json = json!({"content-type": "application/json"});
    for status in [404, 403] {
        let answer = json!({"kind": "respond", "status": status, "headers": json, "body": "{\"title\":\"No\",\"detail\":\"No\"}"});
        stack.sandbox.fault("GET", LOOK_UP, Some(CALLS / 2), answer).await;
    }
    let mark = stack.sandbox.mark().await;
    let calls = stream::iter(0..CALLS).map(|_| app.client.get(&path)).buffer_unordered(64);
    let statuses: Vec<u16> = calls.map(|answer: Answer| answer.status.as_u16()).collect().await;
    let count = |status: u16| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((count(404), count(403)), (5000, 5000), "each was told as it is");
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests.len(), CALLS as usize, "each reached X");
    let state = state(stack, "tweets_read").await;
    assert_eq!(state["state"], "closed", "{state}");
    assert_eq!(state["failures"], 0);
    let _works = app.client.get(&path).await.must(200);
    stack.sandbox.rules(json!({})).await;
    stack.calm().await;
}

async fn an_operator_forces_a_breaker(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let path = some_tweet(&app).await;
    let place = "/v1/breakers/tweets_read";
    let unreasoned = stack.admin().call(Method::PUT, place).json(&json!({"mode": "open", "reason": " "})).send().await;
    let _problem = unreasoned.must_be_problem(422, "invalid-fields");
    let force = json!({"mode": "open", "reason": "maintenance", "expires_in_s": 60});
    let forced = stack.admin().call(Method::PUT, place).json(&force).send().await.must(200);
    assert_eq!(forced.text("/data/forced/reason"), "maintenance");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let mark = stack.sandbox.mark().await;
    let _rested = app.client.get(&path).await.must_be_problem(503, "breaker-open");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
    let _mine = app.client.get("/v1/breakers").await.must_be_problem(403, "missing-scope");
    stack.calm().await;
    let _works = app.client.get(&path).await.must(200);
}

/// Where a tweet of the account's stands.
async fn some_tweet(app: &App) -> String {
    let sent = app.client.post("/v1/tweets", &json!({"text": "to be looked up"})).await.must(201);
    format!("/v1/tweets/{}", sent.text("/data/id"))
}

async fn state(stack: &Stack, group: &str) -> Value {
    let breakers = stack.admin().get("/v1/breakers").await.must(200).json();
    let groups = breakers["data"].as_array().cloned().unwrap_or_default();
    groups.into_iter().find(|breaker| breaker["group"] == group).unwrap_or_default()
}

crate::trials!(
    failures_open_the_breaker_and_recovery_closes_it,
    ten_thousand_refusals_leave_the_breaker_closed,
    an_operator_forces_a_breaker,
);
