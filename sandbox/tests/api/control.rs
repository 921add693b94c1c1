//! The control port and the ledger.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn the_ledger_keeps_requests_and_effects_whole() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let before = world.ledger().await["last_seq"].as_u64().unwrap();
    let request = world.post("/2/tweets", &alice, &json!({"text": "kept"})).header("x-mine", "yes");
    let id = text(&json(request.send().await.unwrap()).await["data"]["id"]);
    let url = world.url(&format!("/_sandbox/ledger?since={before}"));
    let ledger = json(world.http.get(url).send().await.unwrap()).await;
    let seen = &ledger["requests"][0];
    assert_eq!((&seen["method"], &seen["path"], &seen["status"]), (&json!("POST"), &json!("/2/tweets"), &json!(201)));
    assert_eq!(seen["user_id"], ALICE);
    assert_eq!(seen["body"], r#"{"text":"kept"}"#);
    assert_eq!(seen["body_bytes"], 15);
    assert!(seen["headers"].as_array().unwrap().contains(&json!(["x-mine", "yes"])));
    let effect = &ledger["effects"][0];
    assert_eq!((&effect["kind"], &effect["tweet_id"]), (&json!("tweet.create"), &json!(id)));
    assert!(effect["seq"].as_u64() > seen["seq"].as_u64());
}

#[tokio::test]
async fn tokens_are_forgotten_of_one_or_of_all() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await;
    let bob = world.connect("bob", ALL_SCOPES).await;
    let status = async |token: &str| world.get("/2/users/me", token).send().await.unwrap().status().as_u16();
    assert_eq!(world.control("tokens/expire", json!({"user_id": ALICE})).await["expired"], 1);
    assert_eq!((status(&alice.access).await, status(&bob.access).await), (401, 200));
    assert_eq!(world.control("tokens/expire", json!({})).await["expired"], 1);
    assert_eq!(status(&bob.access).await, 401);
    assert_eq!(world.token(&refresh_form(&alice.refresh)).send().await.unwrap().status(), 200, "grants survive");
}

#[tokio::test]
async fn lifetimes_and_windows_follow_the_clock() {
    let world = World::start().await;
    let tokens = world.connect("alice", ALL_SCOPES).await;
    let mut last = 0;
    for _ in 0..76 {
        last = world.get("/2/users/me", &tokens.access).send().await.unwrap().status().as_u16();
    }
    assert_eq!(last, 429, "75 calls in 15 minutes");
    world.control("clock", json!({"advance_ms": 900_000})).await;
    let fresh = world.get("/2/users/me", &tokens.access).send().await.unwrap();
    assert_eq!((fresh.status().as_u16(), header(&fresh, "x-rate-limit-remaining").as_str()), (200, "74"));
    world.control("clock", json!({"advance_ms": 7_200_000})).await;
    assert_eq!(world.get("/2/users/me", &tokens.access).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_reset_forgets_everything_but_the_users() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    world.tweet(&alice, "forget me").await;
    world.fault("GET", "*", 5, json!({"kind": "reset"})).await;
    world.control("reset", json!({})).await;
    let ledger = world.ledger().await;
    assert_eq!((&ledger["requests"], &ledger["effects"]), (&json!([]), &json!([])));
    assert_eq!(world.get("/2/users/me", &alice).send().await.unwrap().status(), 401);
    let state = json(world.http.get(world.url("/_sandbox/state")).send().await.unwrap()).await;
    assert_eq!(state["counts"]["tweets"], 0);
    assert_eq!(state["users"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn nonsense_on_the_control_port_is_refused() {
    let world = World::start().await;
    for (path, body) in [
        ("faults", json!({"path": "*", "fault": {"kind": "earthquake"}})),
        ("faults", json!({"path": "*", "fault": {"kind": "vector", "name": "no-such-vector"}})),
        ("clock", json!({"advance_ms": 1, "real": true})),
        ("consent", json!({"mode": "auto", "user": "nobody"})),
        ("rules", json!({"gravity": false})),
    ] {
        let answer = world.http.post(world.url(&format!("/_sandbox/{path}"))).json(&body).send().await.unwrap();
        assert!(answer.status().is_client_error(), "{path} {body}");
    }
}

#[tokio::test]
async fn every_answer_wears_the_headers_of_x() {
    let world = World::start().await;
    let unknown = world.http.get(world.url("/2/nowhere")).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    for name in ["api-version", "x-transaction-id", "x-response-time", "x-connection-hash", "server"] {
        assert!(!header(&unknown, name).is_empty(), "{name}");
    }
    let cookies: Vec<_> = unknown.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2);
    assert_eq!(world.ledger().await["requests"][0]["path"], "/2/nowhere");
}
