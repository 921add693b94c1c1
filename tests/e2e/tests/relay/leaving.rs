//! Clients that leave: a read ends with its client, a write never does.

use std::time::Duration;

use perch_e2e::{App, Seen, Stack};
use serde_json::{Value, json};

use crate::raw;

/// How long X takes to answer, in ms.
const SLOW_MS: u64 = 1000;

/// The newest request of `method` to `path`, once it has ended; the ledger is asked for 5 s.
pub(super) async fn ended(stack: &Stack, mark: u64, method: &str, path: &str) -> Seen {
    let is_it = |seen: &Seen| seen.method == method && seen.path == path && seen.ending.is_some();
    let mut found = None;
    for _ in 0..50 {
        let ledger = stack.sandbox.ledger_since(mark).await;
        found = ledger.requests.into_iter().rfind(is_it);
        if found.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    found.expect("it has ended at X")
}

async fn a_read_whose_client_leaves_ends_at_x(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let id = app.client.post("/2/tweets", &json!({"text": "read by nobody"})).await.must(201).text("/data/id");
    let path = format!("/2/tweets/{id}");
    let _warm = app.client.get(&path).await.must(200);
    stack.sandbox.fault("GET", "/2/tweets/{id}", Some(1), json!({"kind": "latency", "ms": 4000})).await;
    let mark = stack.sandbox.mark().await;
    leave(stack, &raw::request(&app, &format!("GET {path}"), "", ""), 300).await;
    let seen = ended(stack, mark, "GET", &path).await;
    assert_eq!(seen.ending.as_deref(), Some("client_gone"));
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests.len(), 1, "and it is not read again for nobody");
    stack.calm().await;
}

/// Sends the request, and leaves after so many ms; X has not answered by then.
async fn leave(stack: &Stack, request: &str, after_ms: u64) {
    let told = raw::send_and_leave(stack.port(), request.as_bytes(), Duration::from_millis(after_ms)).await;
    assert!(told.is_empty(), "the client has left before the answer");
}

const JSON: &str = "Content-Type: application/json\r\n";

async fn a_tweet_whose_client_leaves_is_sent_to_its_end_once_and_written_down(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let _warm = app.client.post("/2/tweets", &json!({"text": "warm"})).await.must(201);
    for after_commit in [false, true] {
        let slow = json!({"kind": "latency", "ms": SLOW_MS, "after_commit": after_commit});
        stack.sandbox.fault("POST", "/2/tweets", None, slow).await;
        for after_ms in [50, 200, 500] {
            let mark = stack.sandbox.mark().await;
            let text = format!("left after {after_ms} ms, committed first: {after_commit}");
            let body = json!({"text": text}).to_string();
            leave(stack, &raw::request(&app, "POST /2/tweets", JSON, &body), after_ms).await;
            let seen = ended(stack, mark, "POST", "/2/tweets").await;
            assert_eq!((seen.ending.as_deref(), seen.status), (Some("complete"), Some(201)), "{text}");
            let ledger = stack.sandbox.ledger_since(mark).await;
            assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1, "{text}");
            assert_eq!(ledger.requests_to("POST", "/2/tweets").count(), 1, "{text}");
        }
        stack.sandbox.clear_faults().await;
    }
    assert_eq!(rows(&app).await, 7, "each has its row");
    stack.calm().await;
}

/// Rows of the audit trail about tweets by way of the relay, once they do not grow any more.
async fn rows(app: &App) -> usize {
    let path = format!("/v1/audit?action=relay.call&account={}&limit=100", app.account);
    let mut known = 0;
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_secs(1)).await; // the queue hands its messages over after a second
        let trail = app.client.get(&path).await.must(200).json();
        let rows = trail["data"].as_array().cloned().unwrap_or_default();
        let is_tweet = |row: &&Value| row["target"] == "POST /2/tweets" && row["outcome"] == "ok";
        let count = rows.iter().filter(is_tweet).count();
        if count == known && count > 0 {
            return count;
        }
        known = count;
    }
    known
}

async fn a_like_whose_client_leaves_is_tried_again_for_it(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let id = app.client.post("/2/tweets", &json!({"text": "liked in passing"})).await.must(201).text("/data/id");
    let path = format!("/2/users/{}/likes", app.user);
    stack.sandbox.fault("POST", "/2/users/{id}/likes", Some(1), json!({"kind": "cut_body"})).await;
    stack.sandbox.fault("POST", "/2/users/{id}/likes", Some(1), json!({"kind": "latency", "ms": SLOW_MS})).await;
    let mark = stack.sandbox.mark().await;
    let body = json!({"tweet_id": id}).to_string();
    leave(stack, &raw::request(&app, &format!("POST {path}"), JSON, &body), 40).await;
    tokio::time::sleep(Duration::from_millis(2 * SLOW_MS)).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    let endings: Vec<_> = ledger.requests_to("POST", &path).map(|seen| seen.ending.as_deref()).collect();
    assert_eq!(endings, [Some("torn_down"), Some("complete")]);
    assert_eq!(ledger.effects_of("like.create", &app.user).count(), 1);
    stack.calm().await;
}

crate::trials!(
    a_read_whose_client_leaves_ends_at_x,
    a_tweet_whose_client_leaves_is_sent_to_its_end_once_and_written_down,
    a_like_whose_client_leaves_is_tried_again_for_it,
);
