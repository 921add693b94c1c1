//! The harness itself: a kill is a kill, and what was acknowledged before it is there after it.

use std::time::{Duration, Instant};

use perch_crash::{Crash, Point};
use reqwest::Method;
use serde_json::json;

async fn what_was_acknowledged_outlives_twenty_kills(crash: &Crash) {
    let app = crash.stack.app(json!({})).await;
    let path = format!("/v1/accounts/{}", app.account);
    let mut down = Duration::ZERO;
    for round in 0..20 {
        let label = format!("label {round}");
        let _kept = app.client.call(Method::PATCH, &path).json(&json!({"label": label})).send().await.must(200);
        let killed = Instant::now();
        crash.kill().await;
        down = down.max(killed.elapsed());
        assert_eq!(app.client.get(&path).await.must(200).text("/data/label"), label);
    }
    eprintln!("  20 of 20 kills; the longest took {} ms", down.as_millis());
    assert!(down < Duration::from_secs(5), "a kill took {down:?}");
}

async fn whoever_is_held_at_a_point_dies_there(crash: &Crash) {
    let app = crash.stack.app(json!({})).await;
    let mark = crash.stack.sandbox.mark().await;
    crash.arm(&[Point::x_committed("POST /2/tweets", &app.user)]).await;
    let call = app.client.call(Method::POST, "/v1/tweets").json(&json!({"text": "held"})).open();
    let asked = tokio::spawn(call);
    crash.reached().await;
    crash.kill().await;
    let answer = asked.await.expect("the call ends");
    assert!(answer.is_err(), "whoever was killed answered nothing");
    let ledger = crash.stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1, "X has committed it");
    assert!(ledger.requests_to("POST", "/2/tweets").all(|seen| seen.status.is_some()), "and was about to say so");
}

crate::trials!(what_was_acknowledged_outlives_twenty_kills, whoever_is_held_at_a_point_dies_there);
