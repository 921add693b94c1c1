//! `openapi.json` is what the code says now, and names the routes that there are.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use perch::api::openapi::{DOCUMENT, generate};
use serde_json::Value;

/// Set this to write the document anew instead of failing.
const UPDATE: &str = "UPDATE_OPENAPI";

#[test]
fn the_document_is_current() {
    let current = generate().unwrap();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json"), current).unwrap();
        return;
    }
    assert!(current == DOCUMENT, "openapi.json is old; rewrite it with `{UPDATE}=1 cargo test --test openapi`");
}

#[test]
fn the_document_names_every_route_and_no_other() {
    let document: Value = serde_json::from_str(&generate().unwrap()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        documented.extend(item.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    let routed = routes(include_str!("../src/api/router.rs"));
    assert!(routed.len() >= 12, "{routed:?}");
    assert_eq!(documented, routed);
}

/// Methods and paths of every `.route("path", get(…).post(…))` in the router's text.
fn routes(source: &str) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for route in source.split(".route(").skip(1) {
        let mut pieces = route.splitn(3, '"');
        let (path, handlers) = (pieces.nth(1).unwrap(), pieces.next().unwrap());
        for method in ["get", "post", "put", "patch", "delete"] {
            let call = format!("{method}(");
            let whole =
                |at: usize| !handlers[..at].ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before));
            if handlers.match_indices(&call).any(|(at, _)| whole(at)) {
                routes.insert(format!("{method} {path}"));
            }
        }
    }
    routes
}

#[test]
fn every_operation_says_who_may_call_it() {
    let document: Value = serde_json::from_str(&generate().unwrap()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"] == serde_json::json!([{}]);
            assert_eq!(public, !path.starts_with("/v1/"), "{method} {path}: {}", operation["security"]);
        }
    }
}
