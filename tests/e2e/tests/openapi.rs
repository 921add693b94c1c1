//! `/openapi.json` is true: whatever it names is there.

use perch_e2e::Stack;
use reqwest::Method;
use serde_json::{Value, json};

async fn every_route_it_names_is_there(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let document = stack.anonymous().get("/openapi.json").await.must(200).json();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    let mut called = 0;
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let client = if path.contains("/keys") || path.contains("/breakers") || path.contains("/audit") {
                stack.admin()
            } else {
                app.client.clone()
            };
            let answer = client.call(method, &filled(path)).send().await;
            called += 1;
            let (status, code) = (answer.status.as_u16(), answer.code());
            let named = format!("{} → {status} {code}", answer.question);
            assert!(!["route-not-found", "method-not-allowed"].contains(&code.as_str()), "{named}");
            assert!(status < 500, "{named}");
            assert!(is_declared(operation, status), "{named} is not among the answers it names");
        }
    }
    assert!(called >= 30, "only {called} operations");
}

/// The path with values that lead to nothing: no call does anything.
fn filled(path: &str) -> String {
    path.replace("{group}", "users")
        .replace("{slug}", "internal")
        .replace("{kid}", "0000000000")
        .replace("{media_id}", "1")
        .replace("{n}", "0")
        .split('/')
        .map(|segment| if segment.starts_with('{') { "1" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

/// Problems are declared for some statuses by name and may come with any other.
fn is_declared(operation: &Value, status: u16) -> bool {
    status >= 400 || operation["responses"].get(status.to_string()).is_some()
}

async fn every_kind_of_problem_has_its_page(stack: &Stack) {
    let refused = stack.anonymous().get("/v1/accounts").await.must_be_problem(401, "missing-key");
    let page = refused.text("/type");
    let base = stack.anonymous().base().to_owned();
    let path = page.strip_prefix(&base).expect("a page of perch's own").to_owned();
    let page = stack.anonymous().get(&path).await.must(200);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    let _unknown = stack.anonymous().get("/problems/nothing").await.must(404);
}

crate::trials!(every_route_it_names_is_there, every_kind_of_problem_has_its_page);
