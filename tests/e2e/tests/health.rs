//! perch is there, and says what it is.

use perch_e2e::Stack;

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

crate::trials!(health_needs_no_key, every_binding_answers, a_trace_is_continued);
