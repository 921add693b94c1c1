//! What the ledger tells of a request: how it came, who sent it, and how it ended.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::*;

/// Long enough for the sandbox to notice that a client left.
const NOTICED: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_request_is_noted_with_every_header_its_host_and_its_framing() {
    let world = World::start().await;
    let mut wire = world.connection().await;
    let head = "POST /2/tweets HTTP/1.1\r\nHost: api.x.com\r\nCookie: a=b\r\nX-Twice: 1\r\nX-Twice: 2\r\n\
                Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    wire.write_all(head.as_bytes()).await.unwrap();
    wire.read_to_end(&mut Vec::new()).await.unwrap();
    let seen = world.last_seen().await;
    assert_eq!((&seen["host"], &seen["framing"]), (&json!("api.x.com"), &json!("chunked")));
    for header in [["cookie", "a=b"], ["x-twice", "1"], ["x-twice", "2"]] {
        assert!(seen["headers"].as_array().unwrap().contains(&json!(header)), "{header:?}");
    }
    assert_eq!(seen["body_bytes"], 3);
    assert_eq!(seen["body_sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(seen["ending"], "complete");
    world.http.post(world.url("/2/tweets")).body("abc").send().await.unwrap();
    assert_eq!(world.last_seen().await["framing"], "content_length");
    world.http.get(world.url("/2/tweets")).send().await.unwrap();
    assert_eq!(world.last_seen().await["framing"], "none");
}

#[tokio::test]
async fn the_kind_of_credentials_is_told() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    world.get("/2/users/me", &alice).send().await.unwrap();
    let seen = world.last_seen().await;
    assert_eq!((&seen["credential"], &seen["user_id"]), (&json!("oauth2_user"), &json!(ALICE)));
    let app = world.app_bearer().await;
    world.get(&format!("/2/users/{ALICE}"), &app).send().await.unwrap();
    let seen = world.last_seen().await;
    assert_eq!((&seen["credential"], &seen["user_id"]), (&json!("app_bearer"), &Value::Null));
    world.get("/2/users/me", "wrong").send().await.unwrap();
    assert_eq!(world.last_seen().await["credential"], Value::Null);
}

#[tokio::test]
async fn a_client_that_leaves_early_is_noted_before_and_within_the_answer() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let hurried = Duration::from_millis(100);
    world.fault("GET", "/2/users/me", 1, json!({"kind": "latency", "ms": 60_000})).await;
    assert!(world.get("/2/users/me", &alice).timeout(hurried).send().await.is_err());
    tokio::time::sleep(NOTICED).await;
    let seen = world.last_seen().await;
    assert_eq!((&seen["ending"], &seen["status"]), (&json!("client_gone"), &Value::Null));
    world.fault("GET", "/2/users/me", 1, json!({"kind": "slow_body", "ms_per_chunk": 60_000})).await;
    let begun = world.get("/2/users/me", &alice).send().await.unwrap();
    assert_eq!(world.last_seen().await["ending"], Value::Null);
    drop(begun);
    tokio::time::sleep(NOTICED).await;
    let seen = world.last_seen().await;
    assert_eq!((&seen["ending"], &seen["status"]), (&json!("client_gone"), &json!(200)));
}

#[tokio::test]
async fn a_client_that_leaves_within_its_own_body_is_noted() {
    let world = World::start().await;
    let mut wire = world.connection().await;
    wire.write_all(b"POST /2/tweets HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc").await.unwrap();
    tokio::time::sleep(NOTICED).await;
    assert_eq!(world.last_seen().await["body_bytes"], 3);
    drop(wire);
    tokio::time::sleep(NOTICED).await;
    let seen = world.last_seen().await;
    assert_eq!((&seen["ending"], &seen["body_sha256"]), (&json!("client_gone"), &Value::Null));
}

#[tokio::test]
async fn a_connection_that_a_fault_ends_is_torn_down() {
    let world = World::start().await;
    world.fault("GET", "*", 1, json!({"kind": "reset"})).await;
    assert!(world.http.get(world.url("/2/users/me")).send().await.is_err());
    assert_eq!(world.last_seen().await["ending"], "torn_down");
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_and_answered() {
    let world = World::start().await;
    let answer = world.http.post(world.url("/2/tweets")).body(vec![b' '; 24 * 1024 * 1024 + 1]).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    let seen = world.last_seen().await;
    assert_eq!((&seen["ending"], &seen["body_sha256"]), (&json!("complete"), &Value::Null));
}
