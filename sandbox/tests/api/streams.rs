//! Streams: keep-alives, tweets as lines, one connection, rules, and their ends.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use crate::client::*;

const SEARCH: &str = "/2/tweets/search/stream";
const RULES: &str = "/2/tweets/search/stream/rules";

/// A sandbox with quick keep-alives, a user's token, and the app's bearer.
async fn world() -> (World, String, String) {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let app = world.app_bearer().await;
    world.control("rules", json!({"stream_keep_alive_ms": 100})).await;
    (world, alice, app)
}

/// The next piece that is no keep-alive, as text; it must be among the next fifty.
async fn line(stream: &mut Response) -> String {
    for _ in 0..50 {
        let piece = stream.chunk().await.unwrap().unwrap();
        if &piece[..] != b"\r\n" {
            return String::from_utf8(piece.to_vec()).unwrap();
        }
    }
    panic!("nothing but keep-alives");
}

async fn event(stream: &mut Response) -> Value {
    serde_json::from_str(&line(stream).await).unwrap()
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive() {
    let (world, _, app) = world().await;
    let mut stream = world.get(SEARCH, &app).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert!(header(&stream, "content-length").is_empty());
    for _ in 0..3 {
        assert_eq!(&stream.chunk().await.unwrap().unwrap()[..], b"\r\n");
    }
}

#[tokio::test]
async fn new_tweets_are_told_as_lines() {
    let (world, alice, app) = world().await;
    world.tweet(&alice, "before").await;
    let mut sample = world.get("/2/tweets/sample/stream?expansions=author_id", &app).send().await.unwrap();
    let id = world.tweet(&alice, "within").await;
    let text = line(&mut sample).await;
    assert!(text.ends_with("\r\n"));
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["data"]["id"], id);
    assert_eq!(told["includes"]["users"][0]["id"], ALICE);
}

#[tokio::test]
async fn rules_choose_what_the_filtered_stream_tells() {
    let (world, alice, app) = world().await;
    let rule = json!({"add": [{"value": "fish -seat", "tag": "perches"}]});
    let added = json(world.post(RULES, &app, &rule).send().await.unwrap()).await;
    assert_eq!(added["meta"]["summary"]["created"], 1);
    let again = json(world.post(RULES, &app, &rule).send().await.unwrap()).await;
    assert_eq!(again["errors"][0]["title"], "DuplicateRule");
    let mut stream = world.get(SEARCH, &app).send().await.unwrap();
    world.tweet(&alice, "fish or seat").await;
    world.tweet(&alice, "fish alone").await;
    let told = event(&mut stream).await;
    assert_eq!(told["data"]["text"], "fish alone");
    let id = &added["data"][0]["id"];
    assert_eq!(told["matching_rules"], json!([{"id": id, "tag": "perches"}]));
    let listed = json(world.get(RULES, &app).send().await.unwrap()).await;
    assert_eq!((&listed["data"][0]["id"], &listed["meta"]["result_count"]), (id, &json!(1)));
    let dry = world.post(&format!("{RULES}?dry_run=true"), &app, &json!({"delete": {"ids": [id]}}));
    assert_eq!(json(dry.send().await.unwrap()).await["meta"]["summary"]["deleted"], 1);
    assert_eq!(world.effects("rule.delete").await, 0);
    world.post(RULES, &app, &json!({"delete": {"ids": [id]}})).send().await.unwrap();
    assert_eq!(json(world.get(RULES, &app).send().await.unwrap()).await["meta"]["result_count"], 0);
    assert_eq!(world.post(RULES, &app, &json!({})).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_stream_without_rules_can_be_refused() {
    let (world, _, app) = world().await;
    world.control("rules", json!({"stream_needs_filter": true})).await;
    let refused = world.get(SEARCH, &app).send().await.unwrap();
    assert_eq!(refused.status(), 409);
    assert_eq!(json(refused).await["connection_issue"], "RuleConfigurationIssue");
}

#[tokio::test]
async fn one_client_at_a_time_until_it_leaves() {
    let (world, alice, app) = world().await;
    assert_eq!(world.get(SEARCH, &alice).send().await.unwrap().status(), 403, "the app only");
    let first = world.get(SEARCH, &app).send().await.unwrap();
    let second = world.get(SEARCH, &app).send().await.unwrap();
    assert_eq!(second.status(), 429);
    assert_eq!(json(second).await["connection_issue"], "TooManyConnections");
    drop(first);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let ledger = world.ledger().await;
    let streams = ledger["requests"].as_array().unwrap().iter().filter(|seen| seen["path"] == SEARCH);
    let endings: Vec<&Value> = streams.map(|seen| &seen["ending"]).collect();
    assert_eq!(endings, ["complete", "client_gone", "complete"]);
    assert_eq!(world.get(SEARCH, &app).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn lines_are_pushed_and_streams_are_ended_on_command() {
    let (world, _, app) = world().await;
    let mut stream = world.get(SEARCH, &app).send().await.unwrap();
    let shown = json(world.http.get(world.url("/_sandbox/streams")).send().await.unwrap()).await;
    assert_eq!(shown["streams"][0]["path"], SEARCH);
    assert_eq!(world.control("streams/push", json!({"path": "/2/elsewhere", "line": {}})).await["reached"], 0);
    assert_eq!(world.control("streams/push", json!({"path": SEARCH, "line": {"a": 1}})).await["reached"], 1);
    assert_eq!(line(&mut stream).await, "{\"a\":1}\r\n");
    world.control("streams/push", json!({"line": "half a li"})).await;
    assert_eq!(line(&mut stream).await, "half a li");
    let end = json!({"error": "stream-operational-disconnect"});
    assert_eq!(world.control("streams/end", end).await["ended"], 1);
    assert_eq!(event(&mut stream).await["errors"][0]["title"], "operational-disconnect");
    assert_eq!(stream.chunk().await.unwrap(), None);
    assert_eq!(
        world.http.get(world.url("/_sandbox/streams")).send().await.unwrap().text().await.unwrap(),
        r#"{"streams":[]}"#
    );
}

#[tokio::test]
async fn a_stream_can_break_off() {
    let (world, _, app) = world().await;
    let mut stream = world.get(SEARCH, &app).send().await.unwrap();
    world.control("streams/end", json!({"break_off": true})).await;
    let mut last = stream.chunk().await;
    while matches!(&last, Ok(Some(piece)) if &piece[..] == b"\r\n") {
        last = stream.chunk().await;
    }
    assert!(last.is_err(), "{last:?}");
    let seen = world.ledger().await["requests"].as_array().unwrap().iter().find(|seen| seen["path"] == SEARCH).cloned();
    assert_eq!(seen.unwrap()["ending"], "torn_down");
}
