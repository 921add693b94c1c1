//! The document tells the truth about the router.

use std::collections::BTreeSet;

use perch::domain::api_key::Scope;
use serde_json::Value;

use super::world::World;

#[tokio::test]
async fn the_document_is_served() {
    let answer = World::new().request("GET", "/openapi.json").send().await.expect_status(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["components"]["securitySchemes"]["bearer"].is_object());
    assert!(document["components"]["schemas"]["Problem"].is_object());
}

/// `path` with something in the place of every variable part.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "0123456789" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_path_of_the_document_takes_the_methods_it_names() {
    let world = World::new();
    let key = world.key([Scope::Admin]).await;
    let document = world.request("GET", "/openapi.json").send().await.json();
    for (path, item) in document["paths"].as_object().unwrap() {
        let refused = world.request("PROPFIND", &filled(path)).key(&key).send().await;
        refused.problem(405, "method-not-allowed");
        let allow = refused.header("allow").to_lowercase();
        let allowed: BTreeSet<&str> = allow.split(',').map(str::trim).filter(|method| *method != "head").collect();
        let documented: BTreeSet<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(allowed, documented, "{path}");
    }
}

#[tokio::test]
async fn every_operation_that_asks_for_a_key_is_refused_without_one() {
    let world = World::new();
    let document = world.request("GET", "/openapi.json").send().await.json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let public = operation["security"] == Value::from(vec![serde_json::json!({})]);
            let status = world.request(&method.to_uppercase(), &filled(path)).send().await.status;
            assert_eq!(status == 401, !public, "{method} {path}");
        }
    }
}
