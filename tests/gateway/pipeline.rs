//! What every request goes through, whatever it asks for.

use std::collections::BTreeSet;

use perch::domain::api_key::{ApiKey, KeyHash, Mode, Origin, Scope};
use serde_json::Value;

use super::world::{Answer, START, World};

#[tokio::test]
async fn health_needs_nothing() {
    let world = World::new();
    world.objects.set_down(true);
    world.kv.set_down(true);
    world.sql.set_down(true);
    let answer = world.request("GET", "/health").send().await.expect_status(200);
    assert_eq!(answer.json()["status"], "ok");
    assert_eq!(answer.json()["environment"], "test");
}

#[tokio::test]
async fn readiness_names_the_part_that_does_not_answer() {
    let world = World::new();
    let ready = world.request("GET", "/ready").send().await.expect_status(200);
    assert_eq!(ready.json()["status"], "ready");
    world.sql.set_down(true);
    let degraded = world.request("GET", "/ready").send().await.expect_status(503);
    assert_eq!(degraded.json()["status"], "degraded");
    assert!(!degraded.header("retry-after").is_empty());
    let parts = degraded.json()["parts"].as_array().cloned().unwrap();
    let down: Vec<&Value> = parts.iter().filter(|part| part["ok"] == false).collect();
    assert_eq!(down.len(), 1, "{parts:?}");
    assert_eq!(down[0]["name"], "d1");
}

#[tokio::test]
async fn an_unknown_route_is_told_so_only_to_a_key() {
    let world = World::new();
    world.request("GET", "/nowhere").send().await.problem(404, "route-not-found");
    world.request("GET", "/v1/nowhere").send().await.problem(401, "missing-key");
    let key = world.key([Scope::TweetsRead]).await;
    world.get("/v1/nowhere", &key).await.problem(404, "route-not-found");
}

#[tokio::test]
async fn an_unknown_method_is_told_which_are_known() {
    let answer = World::new().request("DELETE", "/health").send().await;
    answer.problem(405, "method-not-allowed");
    let allowed = answer.header("allow");
    let allowed: BTreeSet<&str> = allowed.split(',').map(str::trim).collect();
    assert_eq!(allowed, BTreeSet::from(["GET", "HEAD"]));
}

#[tokio::test]
async fn a_missing_key_is_asked_for() {
    let answer = World::new().request("GET", "/v1/tweets/1").send().await;
    answer.problem(401, "missing-key");
    assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"perch\"");
}

/// What is the same in all answers to one request, whatever the occasion.
fn without_occasion(answer: &Answer) -> Value {
    let mut problem = answer.problem(401, "invalid-key");
    let members = problem.as_object_mut().unwrap();
    members.remove("correlation_id");
    members.remove("timestamp");
    problem
}

#[tokio::test]
async fn bad_keys_are_not_told_apart() {
    let world = World::new();
    let good = world.key([Scope::TweetsRead]).await;
    let unknown = ApiKey::make(Mode::Live, &[1; 16], &[2; 32]).expose();
    let keys = [
        "nonsense".to_owned(),
        good[..71].to_owned(),
        mistyped(&good),
        unknown,
        world.key_with([Scope::TweetsRead], |key| key.expires_at = Some(START)).await,
        world.key_with([Scope::TweetsRead], |key| key.revoked_at = Some(START)).await,
        world.key_with([Scope::TweetsRead], |key| key.hash = KeyHash::nobody()).await,
    ];
    let mut answers = Vec::new();
    for key in &keys {
        let answer = world.get("/v1/nowhere", key).await;
        answers.push((without_occasion(&answer), answer.header("www-authenticate")));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    world.get("/v1/nowhere", &good).await.problem(404, "route-not-found");
}

/// `key` with its last character changed to another one.
fn mistyped(key: &str) -> String {
    let other = if key.ends_with('0') { '1' } else { '0' };
    format!("{}{other}", &key[..key.len() - 1])
}

#[tokio::test]
async fn a_malformed_key_costs_no_look_up() {
    let world = World::new();
    let mistyped = mistyped(&world.key([Scope::TweetsRead]).await);
    world.kv.set_down(true);
    world.sql.set_down(true);
    world.get("/v1/nowhere", &mistyped).await.problem(401, "invalid-key");
}

#[tokio::test]
async fn a_key_is_taken_from_either_header_but_never_from_two() {
    let world = World::new();
    let key = world.key([Scope::TweetsRead]).await;
    let ask = || world.request("GET", "/v1/nowhere");
    ask().header("x-api-key", &key).send().await.problem(404, "route-not-found");
    ask().header("authorization", &format!("bEARER {key}")).send().await.problem(404, "route-not-found");
    ask().header("authorization", &format!("Basic {key}")).send().await.problem(401, "invalid-key");
    let other = world.key([Scope::TweetsRead]).await;
    ask().key(&key).header("x-api-key", &other).send().await.problem(400, "invalid-request");
}

#[tokio::test]
async fn keys_that_cannot_be_looked_up_are_a_matter_of_waiting() {
    let world = World::new();
    let key = world.key([Scope::TweetsRead]).await;
    world.kv.set_down(true);
    world.sql.set_down(true);
    let answer = world.get("/v1/nowhere", &key).await;
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "2");
}

#[tokio::test]
async fn a_preflight_needs_no_key_and_names_only_known_origins() {
    let world = World::with(&[("CORS_ORIGINS", "https://everywhere.example")]);
    let listed = Origin::parse("https://app.example").unwrap();
    world.key_with([Scope::TweetsRead], |key| key.origins.push(listed)).await;
    for (origin, named) in [
        ("https://app.example", "https://app.example"),
        ("https://everywhere.example", "https://everywhere.example"),
        ("https://evil.example", ""),
        ("null", ""),
    ] {
        let preflight = world.request("OPTIONS", "/v1/tweets").header("origin", origin);
        let answer = preflight.header("access-control-request-method", "POST").send().await.expect_status(204);
        assert_eq!(answer.header("access-control-allow-origin"), named, "{origin}");
        assert_eq!(answer.header("access-control-allow-methods").contains("POST"), !named.is_empty());
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert!(answer.header("vary").contains("Origin"));
    }
}

#[tokio::test]
async fn a_key_works_from_its_own_origins_alone() {
    let world = World::new();
    let listed = Origin::parse("https://app.example").unwrap();
    let key = world.key_with([Scope::TweetsRead], |key| key.origins.push(listed)).await;
    let from = |origin: &'static str| world.request("GET", "/v1/nowhere").key(&key).header("origin", origin).send();
    let answer = from("https://app.example").await;
    answer.problem(404, "route-not-found");
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.example");
    let refused = from("https://evil.example").await;
    refused.problem(403, "origin-not-allowed");
    assert_eq!(refused.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn hostile_paths_are_refused_before_anything_reads_them() {
    let world = World::new();
    for path in ["/v1/%2e%2e/x", "/v1//x", "/v1/%2Fx", "/%00", "/v1/%zz", "/v1/;x", "//evil.example"] {
        world.request("GET", path).send().await.problem(400, "invalid-path");
    }
    world.request("GET", "/v1/tweets?api_key=x").send().await.problem(400, "key-in-url");
}

#[tokio::test]
async fn an_announced_flood_is_refused_before_the_key_is_read() {
    let world = World::new();
    let announced = |length: &str| world.request("POST", "/v1/keys").header("content-length", length).send();
    announced("65537").await.problem(413, "body-too-large");
    announced("65536").await.problem(401, "missing-key");
    announced("many").await.problem(400, "invalid-request");
}

#[tokio::test]
async fn a_compressed_body_is_not_taken() {
    let asking = World::new();
    let answer = asking.request("POST", "/v1/keys").header("content-encoding", "gzip").send().await;
    answer.problem(415, "unsupported-media-type");
}

/// One request of every kind of ending.
async fn endings(world: &World) -> Vec<Answer> {
    let key = world.key([Scope::TweetsRead]).await;
    let preflight = world.request("OPTIONS", "/v1/tweets").header("origin", "https://app.example");
    vec![
        world.request("GET", "/health").send().await,
        world.request("GET", "/nowhere").send().await,
        world.request("DELETE", "/health").send().await,
        world.request("GET", "/v1//x").send().await,
        world.request("GET", "/v1/tweets").send().await,
        world.get("/v1/nowhere", &key).await,
        world.get("/v1/nowhere", &mistyped(&key)).await,
        world.request("POST", "/v1/keys").header("content-length", "65537").send().await,
        preflight.header("access-control-request-method", "POST").send().await,
        world.request("GET", "/problems/invalid-key").send().await,
    ]
}

#[tokio::test]
async fn every_answer_carries_the_common_headers() {
    let world = World::new();
    let mut ids = BTreeSet::new();
    for answer in endings(&world).await {
        let id = answer.header("x-request-id");
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id:?}");
        assert!(ids.insert(id), "each request has its own id");
        assert!(answer.header("vary").split(", ").any(|name| name == "Origin"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    }
}

#[tokio::test]
async fn every_request_has_one_line_in_the_access_log() {
    let world = World::new();
    let answers = endings(&world).await;
    let lines = world.access_log();
    assert_eq!(lines.len(), answers.len());
    for (line, answer) in lines.iter().zip(&answers) {
        assert_eq!(line["request_id"], answer.header("x-request-id"));
        assert_eq!(line["status"], answer.status);
        assert!(line["elapsed_ms"].is_u64() && line["method"].is_string() && line["route"].is_string());
        assert_eq!(line["code"].is_string(), answer.status >= 400, "{line}");
    }
    assert_eq!(lines[0]["route"], "/health");
    assert_eq!(lines[9]["route"], "/problems/{slug}");
}

#[tokio::test]
async fn no_key_is_ever_written_down() {
    let world = World::new();
    let key = world.key([Scope::TweetsRead]).await;
    let kid = key.split('_').nth(2).unwrap();
    let secret = key.split('_').nth(3).unwrap();
    world.get("/v1/nowhere", &key).await.problem(404, "route-not-found");
    world.get("/v1/nowhere", &mistyped(&key)).await.problem(401, "invalid-key");
    world.request("GET", &format!("/v1/nowhere?api_key={key}")).send().await.problem(400, "key-in-url");
    world.request("GET", &format!("/v1/nowhere/{key}")).key(&key).send().await.problem(404, "route-not-found");
    let kept = world.everything_kept();
    assert!(kept.contains(kid), "the scan sees where keys are kept and who asked");
    assert!(!kept.contains(secret));
}

#[tokio::test]
async fn every_kind_of_problem_has_a_page() {
    let world = World::new();
    for code in perch::domain::fault::Code::ALL {
        let page = world.request("GET", &format!("/problems/{}", code.slug())).send().await.expect_status(200);
        assert!(page.text().contains(code.title()), "{}", code.slug());
    }
    world.request("GET", "/problems/none").send().await.problem(404, "route-not-found");
}
