//! Calls from browsers: exact origins, preflights without a key, `Vary` always.

use perch_e2e::Stack;
use reqwest::Method;
use serde_json::json;

const ORIGIN: &str = "https://app.example";

async fn a_key_is_used_from_its_origins_only(stack: &Stack) {
    let (key, _) = stack.key(json!({"origins": [ORIGIN]})).await;
    let client = stack.anonymous().with_key(&key);
    let answer = client.call(Method::GET, "/v1/accounts").header("origin", ORIGIN).send().await.must(200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert!(varies(answer.header("vary")));
    assert!(answer.header("access-control-allow-credentials").is_none());
    for origin in ["https://app.example.evil", "http://app.example", "https://app.example:8443", "null"] {
        let answer = client.call(Method::GET, "/v1/accounts").header("origin", origin).send().await;
        let answer = answer.must_be_problem(403, "origin-not-allowed");
        assert!(answer.header("access-control-allow-origin").is_none());
        assert!(varies(answer.header("vary")));
    }
    let answer = client.get("/v1/accounts").await.must(200);
    assert!(varies(answer.header("vary")), "answers vary by origin even without one");
    let admin = stack.admin().call(Method::GET, "/v1/keys").header("origin", ORIGIN).send().await;
    let _problem = admin.must_be_problem(403, "origin-not-allowed");
}

async fn a_preflight_is_answered_without_a_key(stack: &Stack) {
    let _known = stack.key(json!({"origins": [ORIGIN]})).await;
    let preflight = |origin: &str| {
        stack
            .anonymous()
            .call(Method::OPTIONS, "/v1/tweets")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, content-type")
            .send()
    };
    let answer = preflight(ORIGIN).await.must(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let methods = answer.header("access-control-allow-methods").unwrap_or_default();
    assert!(methods.contains("POST") && methods.contains("DELETE"), "{methods}");
    let headers = answer.header("access-control-allow-headers").unwrap_or_default().to_lowercase();
    for header in ["authorization", "content-type", "perch-account"] {
        assert!(headers.contains(header), "{headers}");
    }
    assert!(varies(answer.header("vary")));
    let stranger = preflight("https://stranger.example").await;
    assert!(stranger.header("access-control-allow-origin").is_none());
    assert!(varies(stranger.header("vary")));
}

fn varies(vary: Option<&str>) -> bool {
    vary.unwrap_or_default().split(',').any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

crate::trials!(a_key_is_used_from_its_origins_only, a_preflight_is_answered_without_a_key);
