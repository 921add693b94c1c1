//! Operations without state: who may call them, and what they answer.

use perch_sandbox::operations::{self, Operation};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::*;

const SCOPES: &str = "block.read bookmark.read bookmark.write broadcast.read broadcast.write developer.read \
                      developer.write dm.read dm.write follows.read follows.write like.read list.read list.write \
                      media.write mute.read mute.write space.read timeline.read tweet.read tweet.write users.read";

/// The path with something for each name.
fn target(operation: &Operation) -> String {
    let parts = operation.path.split('/').map(|part| if part.starts_with('{') { "7" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn echoing() -> impl Iterator<Item = &'static Operation> {
    operations::all().iter().filter(|operation| !operation.is_emulated() && !operation.streams)
}

async fn call(world: &World, operation: &Operation, token: &str) -> (u16, Value) {
    let url = world.url(&format!("{}?a=b", target(operation)));
    let request = world.http.request(operation.method.clone(), url).bearer_auth(token);
    let body = if operation.method == Method::GET { "" } else { "abc" };
    let answer = request.body(body).send().await.unwrap();
    (answer.status().as_u16(), json(answer).await)
}

#[tokio::test]
async fn each_answers_the_credentials_it_takes_and_refuses_the_others() {
    let world = World::start().await;
    let tokens =
        [("oauth2_user", world.connect("alice", SCOPES).await.access), ("app_bearer", world.app_bearer().await)];
    for operation in echoing() {
        for (kind, token) in &tokens {
            let (status, body) = call(&world, operation, token).await;
            let taken = operation.credentials().is_empty() || operation.credentials().contains(kind);
            let expected = if taken { operation.status.as_u16() } else { 403 };
            assert_eq!(status, expected, "{} {} as {kind}: {body}", operation.method, operation.path);
            if taken {
                assert_eq!(body["data"]["echo"]["path"], target(operation));
                assert_eq!(body["data"]["echo"]["query"], json!({"a": "b"}));
            } else {
                assert_eq!(body["title"], "Unsupported Authentication");
            }
        }
    }
}

#[tokio::test]
async fn nobody_passes_without_a_token_except_where_the_door_is_open() {
    let world = World::start().await;
    for operation in echoing() {
        let request = world.http.request(operation.method.clone(), world.url(&target(operation)));
        let expected = if operation.credentials().is_empty() { 200 } else { 401 };
        assert_eq!(request.send().await.unwrap().status(), expected, "{}", operation.path);
    }
}

#[tokio::test]
async fn an_echo_tells_the_body_by_its_digest_and_the_scope_is_asked() {
    let world = World::start().await;
    let alice = world.connect("alice", SCOPES).await.access;
    let answer = world.http.post(world.url("/2/lists")).bearer_auth(&alice).body("abc").send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(header(&answer, "x-rate-limit-limit"), "300");
    let echo = json(answer).await["data"]["echo"].clone();
    assert_eq!((&echo["method"], &echo["body_bytes"]), (&json!("POST"), &json!(3)));
    assert_eq!(echo["body_sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let reader = world.connect("alice", "list.read tweet.read users.read").await.access;
    assert_eq!(world.post("/2/lists", &reader, &json!({})).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn streams_without_state_are_kept_alive_and_fed_by_the_control_port() {
    let world = World::start().await;
    let app = world.app_bearer().await;
    for stream in operations::all().iter().filter(|operation| operation.streams && !operation.is_emulated()) {
        let mut answer = world.get(stream.path, &app).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", stream.path);
        world.control("streams/push", json!({"path": stream.path, "line": 1})).await;
        assert_eq!(&answer.chunk().await.unwrap().unwrap()[..], b"1\r\n");
    }
}

#[tokio::test]
async fn what_x_does_not_know_is_not_found() {
    let world = World::start().await;
    let app = world.app_bearer().await;
    for path in ["/2/fish", "/2/lists/1/2/3", "/2/lists/", "/3/tweets", "/1.1/statuses/update.json"] {
        assert_eq!(world.get(path, &app).send().await.unwrap().status(), 404, "{path}");
    }
    assert_eq!(world.http.put(world.url("/2/tweets")).send().await.unwrap().status(), 404);
}
