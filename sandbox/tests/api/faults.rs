//! Each fault as a client feels it, and what the ledger says of it.

use std::time::{Duration, Instant};

use perch_sandbox::{CONSUMER_KEY, CONSUMER_SECRET};
use serde_json::{Value, json};

use crate::client::*;

async fn world() -> (World, String) {
    let world = World::start().await;
    let token = world.connect("alice", ALL_SCOPES).await.access;
    (world, token)
}

/// Sends one tweet under `fault`.
async fn tweet_under(fault: Value) -> (World, String, Result<reqwest::Response, reqwest::Error>) {
    let (world, token) = world().await;
    world.fault("POST", "/2/tweets", 1, fault).await;
    let answer = world.post("/2/tweets", &token, &json!({"text": "under fault"})).send().await;
    (world, token, answer)
}

#[tokio::test]
async fn a_reset_commits_nothing_and_answers_nothing() {
    let (world, token, answer) = tweet_under(json!({"kind": "reset"})).await;
    assert!(answer.is_err());
    assert_eq!(world.effects("tweet.create").await, 0);
    let ledger = world.ledger().await;
    let seen = ledger["requests"].as_array().unwrap().last().unwrap();
    assert_eq!((&seen["fault"], &seen["status"]), (&json!("reset"), &Value::Null));
    world.tweet(&token, "after it").await;
}

#[tokio::test]
async fn commit_then_die_commits_and_answers_nothing() {
    let (world, _, answer) = tweet_under(json!({"kind": "commit_then_die"})).await;
    assert!(answer.is_err());
    assert_eq!(world.effects("tweet.create").await, 1);
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_has_spent_the_token() {
    let world = World::start().await;
    let tokens = world.connect("alice", ALL_SCOPES).await;
    world.fault("POST", "/2/oauth2/token", 1, json!({"kind": "commit_then_die"})).await;
    assert!(world.token(&refresh_form(&tokens.refresh)).send().await.is_err());
    assert_eq!(world.effects("token.refresh").await, 1);
    assert_eq!(world.token(&refresh_form(&tokens.refresh)).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn what_dies_before_a_reset_commits_nothing_after_it() {
    let world = World::start().await;
    world.fault("POST", "/oauth2/token", 1, json!({"kind": "die_then_commit", "ms": 300})).await;
    let request = world.http.post(world.url("/oauth2/token")).basic_auth(CONSUMER_KEY, Some(CONSUMER_SECRET));
    assert!(request.body("grant_type=client_credentials").send().await.is_err());
    world.control("reset", json!({})).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.effects("app_token.issue").await, 0);
}

#[tokio::test]
async fn die_then_commit_commits_later() {
    let (world, _, answer) = tweet_under(json!({"kind": "die_then_commit", "ms": 300})).await;
    assert!(answer.is_err());
    assert_eq!(world.effects("tweet.create").await, 0);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.effects("tweet.create").await, 1);
}

#[tokio::test]
async fn a_cut_body_commits_and_breaks_off() {
    let (world, _, answer) = tweet_under(json!({"kind": "cut_body"})).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(answer.bytes().await.is_err());
    assert_eq!(world.effects("tweet.create").await, 1);
}

#[tokio::test]
async fn a_wrong_length_leaves_half_a_json() {
    let (_, _, answer) = tweet_under(json!({"kind": "wrong_length"})).await;
    let body = answer.unwrap().bytes().await.unwrap();
    assert!(!body.is_empty());
    assert!(serde_json::from_slice::<Value>(&body).is_err());
}

#[tokio::test]
async fn answers_of_ones_own_and_of_the_catalogue_commit_nothing() {
    let own = json!({"kind": "respond", "status": 418, "headers": {"x-test": "1"}, "body": {"a": 1}});
    let (world, token, answer) = tweet_under(own).await;
    let answer = answer.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "x-test").as_str()), (418, "1"));
    assert_eq!(answer.text().await.unwrap(), r#"{"a":1}"#);
    world.fault("POST", "/2/tweets", 1, json!({"kind": "vector", "name": "credits-depleted"})).await;
    let credits = world.post("/2/tweets", &token, &json!({"text": "x"})).send().await.unwrap();
    assert_eq!(credits.status(), 402);
    assert!(credits.text().await.unwrap().starts_with(r#"{"account_id":1234567890,"title":"CreditsDepleted""#));
    world.fault("POST", "/2/tweets", 1, json!({"kind": "html_403"})).await;
    let blocked = world.post("/2/tweets", &token, &json!({"text": "x"})).send().await.unwrap();
    assert_eq!(header(&blocked, "content-type"), "text/html; charset=UTF-8");
    assert_eq!(world.effects("tweet.create").await, 0);
}

#[tokio::test]
async fn a_vectors_reset_lies_ahead() {
    let (world, _, answer) = tweet_under(json!({"kind": "vector", "name": "too-many-requests"})).await;
    let reset: u64 = header(&answer.unwrap(), "x-rate-limit-reset").parse().unwrap();
    let clock = json(world.http.get(world.url("/_sandbox/clock")).send().await.unwrap()).await;
    let ahead = reset - clock["now_ms"].as_u64().unwrap() / 1000;
    assert!((890..=900).contains(&ahead), "{ahead}");
}

#[tokio::test]
async fn latency_and_slow_bodies_take_their_time() {
    let (world, token) = world().await;
    world.fault("GET", "/2/users/me", 1, json!({"kind": "latency", "ms": 200})).await;
    let begun = begun();
    world.get("/2/users/me", &token).send().await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(200));
    world.fault("GET", "/2/users/me", 1, json!({"kind": "slow_body", "ms_per_chunk": 50})).await;
    let begun = self::begun();
    let body = json(world.get("/2/users/me", &token).send().await.unwrap()).await;
    assert!(begun.elapsed() >= Duration::from_millis(200));
    assert_eq!(body["data"]["id"], ALICE);
}

#[expect(clippy::disallowed_methods, reason = "how long the client really waited")]
fn begun() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn a_client_that_gives_up_during_latency_commits_nothing() {
    let (world, token) = world().await;
    world.fault("POST", "/2/tweets", 1, json!({"kind": "latency", "ms": 400})).await;
    let request = world.post("/2/tweets", &token, &json!({"text": "too late"}));
    assert!(request.timeout(Duration::from_millis(100)).send().await.is_err());
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.effects("tweet.create").await, 0);
    let late = json!({"kind": "latency", "ms": 400, "after_commit": true});
    world.fault("POST", "/2/tweets", 1, late).await;
    let request = world.post("/2/tweets", &token, &json!({"text": "too late"}));
    assert!(request.timeout(Duration::from_millis(100)).send().await.is_err());
    assert_eq!(world.effects("tweet.create").await, 1);
}

#[tokio::test]
async fn young_tweets_hide_under_a_timeline_lag() {
    let (world, token) = world().await;
    world.tweet(&token, "young").await;
    let path = format!("/2/users/{ALICE}/tweets");
    world.fault("GET", &path, 2, json!({"kind": "timeline_lag", "ms": 60_000})).await;
    let count = async || json(world.get(&path, &token).send().await.unwrap()).await["meta"]["result_count"].clone();
    assert_eq!(count().await, 0);
    world.control("clock", json!({"advance_ms": 60_000})).await;
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn rate_headers_can_be_missing_garbage_or_chosen() {
    let (world, token) = world().await;
    let after = async |fault: Value| {
        world.fault("GET", "/2/users/me", 1, fault).await;
        header(&world.get("/2/users/me", &token).send().await.unwrap(), "x-rate-limit-remaining")
    };
    assert_eq!(after(json!({"kind": "missing_rate_headers"})).await, "");
    assert!(after(json!({"kind": "garbage_rate_headers"})).await.parse::<u64>().is_err());
    let chosen = json!({"kind": "rate_headers", "limit": 9, "remaining": 3, "reset_in_s": 60});
    assert_eq!(after(chosen).await, "3");
}

#[tokio::test]
async fn a_redirect_leads_away_and_a_bomb_is_small_on_the_wire() {
    let (world, token) = world().await;
    world.fault("GET", "/2/users/me", 1, json!({"kind": "redirect", "to": "https://example.com/"})).await;
    let away = world.get("/2/users/me", &token).send().await.unwrap();
    assert_eq!((away.status().as_u16(), location(&away).as_str()), (307, "https://example.com/"));
    world.fault("GET", "/2/users/me", 1, json!({"kind": "gzip_bomb", "mib": 8})).await;
    let bomb = world.get("/2/users/me", &token).send().await.unwrap();
    assert_eq!(header(&bomb, "content-encoding"), "gzip");
    let packed = bomb.bytes().await.unwrap();
    let mut unpacked = 0;
    let mut reader = flate2::read::GzDecoder::new(packed.as_ref());
    unpacked += std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
    assert!(packed.len() < 100_000);
    assert_eq!(unpacked, 8 * 1024 * 1024 + 2);
}

#[tokio::test]
async fn faults_count_down_wait_and_are_cleared() {
    let (world, token) = world().await;
    let rule = json!({"path": "/2/*", "after": 1, "count": 1, "fault": {"kind": "respond", "status": 503}});
    world.control("faults", rule).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(world.get("/2/users/me", &token).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 503, 200]);
    let list = json(world.http.get(world.url("/_sandbox/faults")).send().await.unwrap()).await;
    assert_eq!(list["faults"][0]["remaining"], 0);
    let cleared = json(world.http.delete(world.url("/_sandbox/faults")).send().await.unwrap()).await;
    assert_eq!(cleared["cleared"], 1);
}
