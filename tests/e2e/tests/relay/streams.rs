//! Streams: what X sends is there at once, silence does not end them, and who leaves frees the place.
//!
//! A client here leaves by ending its connection. workerd takes that for a client that has sent all it wanted, and sees at the next
//! piece of the stream that nobody listens; X's keep-alives come every 20 s. A reset it sees at once.

use std::time::{Duration, Instant};

use perch_e2e::{App, Stack};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::leaving::ended;
use crate::raw;

const SEARCH: &str = "/2/tweets/search/stream";
/// X's keep-alive, shorter than X's own 20 s.
const KEEP_ALIVE_MS: u64 = 300;

async fn connect(app: &App) -> Response {
    let stream = app.client.call(Method::GET, SEARCH).open().await.expect("the stream begins");
    assert_eq!(stream.status(), 200);
    assert_eq!(stream.headers().get("content-length"), None);
    stream
}

/// The next piece of the stream as text.
async fn next(stream: &mut Response) -> String {
    let piece = tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await.expect("something comes");
    let piece = piece.expect("the stream holds").expect("the stream goes on");
    String::from_utf8(piece.to_vec()).expect("a line is a text")
}

/// How many are connected at X.
async fn connected(stack: &Stack) -> usize {
    let shown = stack.sandbox.look("streams").await;
    shown["streams"].as_array().map_or(0, Vec::len)
}

async fn push(stack: &Stack, line: Value) {
    let reached = stack.sandbox.control("streams/push", &json!({"path": SEARCH, "line": line})).await;
    assert_eq!(reached["reached"], 1);
}

/// Waits until nobody is connected any more. The silence is broken, since workerd sees who has left when it has something to send.
pub(super) async fn all_gone(stack: &Stack) {
    let patience = Instant::now() + Duration::from_secs(5);
    while connected(stack).await > 0 {
        assert!(Instant::now() < patience, "X still has a client");
        let _reached = stack.sandbox.control("streams/push", &json!({"line": "\r\n"})).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn what_x_sends_is_there_before_x_sends_more(stack: &Stack) {
    let stack = stack.direct();
    stack.sandbox.rules(json!({"stream_keep_alive_ms": 60_000})).await;
    let app = stack.app(json!({})).await;
    let mut stream = connect(&app).await;
    for number in 0..5 {
        let line = json!({"data": {"id": number.to_string(), "text": "pushed"}});
        push(stack, line.clone()).await;
        // X has sent nothing after it, and sends no keep-alive for a minute: it was not held back.
        assert_eq!(next(&mut stream).await, format!("{line}\r\n"));
    }
    push(stack, json!("{\"data\":")).await;
    assert_eq!(next(&mut stream).await, "{\"data\":", "half a line passes as half a line");
    drop(stream);
    all_gone(stack).await;
    stack.sandbox.rules(json!({})).await;
}

async fn keep_alives_pass_and_a_client_that_leaves_frees_the_place(stack: &Stack) {
    let stack = stack.direct();
    stack.sandbox.rules(json!({"stream_keep_alive_ms": KEEP_ALIVE_MS})).await;
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let call = app.client.call(Method::GET, SEARCH).header("x-request-timeout-ms", "2000");
    let mut stream = call.open().await.expect("the stream begins");
    for _ in 0..10 {
        assert_eq!(
            next(&mut stream).await,
            "\r\n",
            "beyond the client's deadline, which is over when the answer begins"
        );
    }
    drop(stream);
    let seen = ended(stack, mark, "GET", SEARCH).await;
    assert_eq!((seen.ending.as_deref(), seen.credential.as_deref()), (Some("client_gone"), Some("app_bearer")));
    all_gone(stack).await;
    stack.sandbox.rules(json!({})).await;
}

async fn a_client_that_breaks_off_ends_the_silence_too(stack: &Stack) {
    let stack = stack.direct();
    stack.sandbox.rules(json!({"stream_keep_alive_ms": 60_000})).await;
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let request = raw::request(&app, &format!("GET {SEARCH}"), "", "");
    let head = raw::send_and_leave(stack.port(), request.as_bytes(), Duration::from_millis(500)).await;
    assert!(head.starts_with(b"HTTP/1.1 200"), "it was connected");
    let seen = ended(stack, mark, "GET", SEARCH).await;
    assert_eq!(seen.ending.as_deref(), Some("client_gone"));
    assert_eq!(connected(stack).await, 0);
    stack.sandbox.rules(json!({})).await;
}

async fn a_second_connection_gets_x_s_own_refusal(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let first = connect(&app).await;
    let second = app.client.get(SEARCH).await.must(429);
    assert_eq!(second.json()["connection_issue"], "TooManyConnections");
    assert_eq!(second.json()["type"], "https://api.x.com/2/problems/streaming-connection");
    assert!(second.header("retry-after").is_some(), "X says no time, and perch adds one");
    assert_eq!(stack.sandbox.ledger_since(mark).await.requests_to("GET", SEARCH).count(), 2, "asked once each");
    drop(first);
    all_gone(stack).await;
    let again = connect(&app).await;
    drop(again);
    all_gone(stack).await;
}

async fn the_end_of_a_stream_is_told_as_x_told_it(stack: &Stack) {
    let stack = stack.direct();
    let app = stack.app(json!({})).await;
    let mut stream = connect(&app).await;
    let end = json!({"path": SEARCH, "error": "stream-operational-disconnect"});
    stack.sandbox.control("streams/end", &end).await;
    assert!(next(&mut stream).await.contains("operational-disconnect"));
    assert!(stream.chunk().await.is_ok_and(|end| end.is_none()), "it ends in order");
    let mut stream = connect(&app).await;
    push(stack, json!({"data": 1})).await;
    assert_eq!(next(&mut stream).await, "{\"data\":1}\r\n");
    stack.sandbox.control("streams/end", &json!({"path": SEARCH, "break_off": true})).await;
    let broken = tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await.expect("it ends");
    assert!(broken.is_err(), "a stream that X breaks off is not ended in order");
    all_gone(stack).await;
}

crate::trials!(
    what_x_sends_is_there_before_x_sends_more,
    keep_alives_pass_and_a_client_that_leaves_frees_the_place,
    a_client_that_breaks_off_ends_the_silence_too,
    a_second_connection_gets_x_s_own_refusal,
    the_end_of_a_stream_is_told_as_x_told_it,
);
