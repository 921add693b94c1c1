//! perch is there, and says what it is.

use std::time::Duration;

use perch_e2e::Stack;
use serde_json::Value;

async fn health_needs_no_key(stack: &Stack) {
    let answer = stack.anonymous().get("/health").await.must(200);
    assert_eq!(answer.text("/status"), "ok");
    assert_eq!(answer.text("/environment"), "local");
}

async fn every_binding_answers(stack: &Stack) {
    let answer = stack.anonymous().get("/ready").await.must(200).json();
    assert_eq!(answer["status"], "ready");
    let parts = answer["parts"].as_array().cloned().unwrap_or_default();
    assert!(parts.len() >= 4, "{answer}");
    assert!(parts.iter().all(|part| part["ok"] == true), "{answer}");
}

async fn a_trace_is_continued(stack: &Stack) {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let client = stack.anonymous().with("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"));
    let answer = client.get("/health").await.must(200);
    let continued = answer.header("traceparent").unwrap_or_default();
    assert!(continued.contains(trace), "{continued}");
    assert!(!continued.contains("00f067aa0ba902b7"), "the span is perch's own: {continued}");
}

async fn every_request_has_its_line_in_the_log(stack: &Stack) {
    let answers = [
        stack.anonymous().get("/health").await.must(200),
        stack.anonymous().get("/v1/accounts").await.must(401),
        stack.anonymous().get("/nothing").await.must(404),
        stack.admin().get("/v1/accounts").await.must(200),
    ];
    tokio::time::sleep(Duration::from_millis(500)).await; // the log is a pipe away
    let log = std::fs::read_to_string(stack.archive.folder().join("gateway.log")).expect("the gateway's log");
    let lines: Vec<Value> = log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for answer in answers {
        let mine = |line: &&Value| line["request_id"].as_str() == answer.header("x-request-id");
        let mine: Vec<_> = lines.iter().filter(mine).collect();
        assert_eq!(mine.len(), 1, "{} has one line", answer.question);
        assert_eq!(mine[0]["status"], answer.status.as_u16());
        assert_eq!(mine[0]["code"].as_str().unwrap_or_default(), answer.code());
    }
}

crate::trials!(every_request_has_its_line_in_the_log, health_needs_no_key, every_binding_answers, a_trace_is_continued);
