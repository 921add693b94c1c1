//! The relay, through the whole pipeline: what X gets, what the client gets, and what never happens.

use std::collections::BTreeSet;

use perch::domain::api_key::{AccountGrant, Scope};
use serde_json::{Value, json};

use super::{
    browser::{ADA, connect, x_grants},
    upstream::Recorded,
    world::{Answer, World},
};

const SCOPES: [Scope; 4] = [Scope::RelayRead, Scope::RelayWrite, Scope::AccountsRead, Scope::AccountsWrite];
const TOO_MANY: &str =
    r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#;

async fn world_with(settings: &[(&'static str, &str)]) -> (World, String) {
    let world = World::with(settings);
    let key = world.key(SCOPES).await;
    connect(&world, &key, ADA).await;
    (world, key)
}

async fn world() -> (World, String) {
    world_with(&[]).await
}

fn sent_to(world: &World, method: &str, path: &str) -> usize {
    world.x.requests_to(method, path).len()
}

async fn tweet(world: &World, key: &str) -> Answer {
    world.post("/2/tweets", key, json!({ "text": "Hello" })).await
}

#[tokio::test]
async fn a_call_and_its_answer_pass_as_they_are() {
    let (world, key) = world().await;
    let body = json!({ "data": { "id": "7", "text": "hello" }, "new": { "member": [1, 2] } });
    world
        .x
        .on("GET", "/2/tweets/7")
        .with_header("x-rate-limit-remaining", "899")
        .with_header("x-transaction-id", "abc")
        .with_header("set-cookie", "guest_id=1")
        .with_header("server", "cloudflare envoy")
        .answer(200, body.clone());
    let asked = world
        .request("GET", "/2/tweets/7?tweet.fields=author_id%2Ctext&expansions=author_id")
        .key(&key)
        .header("cookie", "session=1")
        .header("x-forwarded-for", "203.0.113.7")
        .header("user-agent", "python-requests/2");
    let answer = asked.send().await.expect_status(200);
    assert_eq!(answer.json(), body);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(answer.header("x-rate-limit-remaining"), "899");
    assert_eq!(answer.header("x-transaction-id"), "abc");
    assert_eq!((answer.header("set-cookie").as_str(), answer.header("server").as_str()), ("", ""));
    assert_eq!(answer.header("x-request-id").len(), 32);
    let sent = world.x.requests_to("GET", "/2/tweets/7").pop().unwrap();
    assert_eq!(sent.query.as_deref(), Some("tweet.fields=author_id%2Ctext&expansions=author_id"));
    let mut names: Vec<&str> = sent.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "authorization", "traceparent", "user-agent"]);
    let line = world.access_log().pop().unwrap();
    assert_eq!(
        (&line["route"], &line["x_status"], &line["x_calls"]),
        (&json!("/2/tweets/{id}"), &json!(200), &json!(1))
    );
}

#[tokio::test]
async fn a_warm_isolate_waits_for_nothing_but_x() {
    let (world, key) = world().await;
    let reset = world.now().plus_ms(900_000).as_seconds().to_string();
    let told = world.x.on("GET", "/2/tweets/7").with_header("x-rate-limit-limit", "5000");
    let told = told.with_header("x-rate-limit-remaining", "4999").with_header("x-rate-limit-reset", &reset);
    told.always().answer(200, json!({ "data": {} }));
    for _ in 0..2 {
        world.get("/2/tweets/7", &key).await.expect_status(200);
        world.settle().await;
    }
    // For ten minutes, one call each quarter of a second: copies age and are renewed beside the answers.
    for _ in 0..2400 {
        world.clock.advance(250);
        world.get("/2/tweets/7", &key).await.expect_status(200);
        world.settle().await;
        let line = world.access_log().pop().unwrap();
        let waits = [&line["kv_waits"], &line["d1_waits"], &line["object_waits"]];
        assert_eq!(waits, [&json!(0); 3], "at {:?}", world.now());
    }
}

#[tokio::test]
async fn the_log_tells_of_refusals_alone_where_that_is_set() {
    let (world, key) = world_with(&[("ACCESS_LOG", "refused")]).await;
    world.x.on("GET", "/2/tweets/7").answer(200, json!({ "data": {} }));
    world.get("/2/tweets/7", &key).await.expect_status(200);
    assert_eq!(world.access_log(), Vec::<Value>::new());
    world.get("/2/nothing", &key).await.problem(404, "route-not-found");
    assert_eq!(world.access_log().len(), 1);
}

#[tokio::test]
async fn what_a_key_may_not_do_is_not_sent() {
    let (world, _) = world().await;
    let reader = world.key([Scope::RelayRead]).await;
    tweet(&world, &reader).await.problem(403, "missing-scope");
    let poster = world.key([Scope::TweetsWrite]).await;
    tweet(&world, &poster).await.problem(403, "missing-scope");
    world.request("GET", "/2/tweets/7").send().await.problem(401, "missing-key");
    assert_eq!(sent_to(&world, "POST", "/2/tweets"), 0);
}

#[tokio::test]
async fn what_x_does_not_have_is_refused() {
    let (world, key) = world().await;
    world.get("/2/tomorrow", &key).await.problem(404, "route-not-found");
    world.get("/2/oauth2/authorize", &key).await.problem(404, "route-not-found");
    world.request("DELETE", "/2/tweets").key(&key).send().await.problem(405, "method-not-allowed");
    let overridden = world.request("POST", "/2/tweets").key(&key).header("x-http-method-override", "DELETE");
    overridden.send().await.problem(400, "invalid-request");
}

#[tokio::test]
async fn endpoints_of_tomorrow_pass_where_that_is_set() {
    let (world, key) = world_with(&[("RELAY_UNKNOWN", "forward")]).await;
    world.x.on("GET", "/2/tomorrow").answer(200, json!({ "data": 1 }));
    world.get("/2/tomorrow", &key).await.expect_status(200);
    world.get("/2/oauth2/authorize", &key).await.problem(404, "route-not-found");
}

#[tokio::test]
async fn x_s_own_refusals_pass_untouched() {
    for (status, body) in [
        (
            400,
            json!({ "errors": [{ "message": "no" }], "title": "Invalid Request", "type": "https://api.x.com/2/problems/invalid-request" }),
        ),
        (402, json!({ "title": "CreditsDepleted", "type": "https://api.x.com/2/problems/credits" })),
        (
            403,
            json!({ "title": "Forbidden", "detail": "You are not allowed to create a Tweet with duplicate content." }),
        ),
    ] {
        let (world, key) = world().await;
        world.x.on("POST", "/2/tweets").answer(status, body.clone());
        let answer = tweet(&world, &key).await.expect_status(status);
        assert_eq!(answer.json(), body);
        assert_eq!(sent_to(&world, "POST", "/2/tweets"), 1, "a tweet is sent once, whatever X answers");
    }
    let (world, key) = world().await;
    world.x.on("GET", "/2/tweets/7").answer_text(403, "text/html", "<h1>Attention Required!</h1>");
    let blocked = world.get("/2/tweets/7", &key).await.expect_status(403);
    assert_eq!(
        (blocked.text(), blocked.header("content-type").as_str()),
        ("<h1>Attention Required!</h1>", "text/html")
    );
}

#[tokio::test]
async fn a_rejected_token_is_refreshed_once_and_the_body_sent_again() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").answer(401, json!({ "title": "Unauthorized", "status": 401 }));
    x_grants(&world, "2");
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": "1" } }));
    tweet(&world, &key).await.expect_status(201);
    let sent = world.x.requests_to("POST", "/2/tweets");
    assert_eq!(sent.iter().map(Recorded::json).collect::<Vec<_>>(), vec![json!({ "text": "Hello" }); 2]);
    assert_ne!(sent[0].header("authorization"), sent[1].header("authorization"));
    assert_eq!(sent_to(&world, "POST", "/2/oauth2/token"), 2, "one to connect, one to refresh");
}

#[tokio::test]
async fn a_body_that_was_sent_on_as_it_came_is_not_sent_twice() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/media/upload").always().answer(401, json!({ "title": "Unauthorized", "status": 401 }));
    let long = world.request("POST", "/2/media/upload").key(&key).body("application/json", vec![b' '; 70_000]);
    long.send().await.expect_status(401);
    assert_eq!(sent_to(&world, "POST", "/2/media/upload"), 1);
}

#[tokio::test]
async fn a_read_that_x_loses_or_fails_on_is_read_again() {
    for lost in [true, false] {
        let (world, key) = world().await;
        let first = world.x.on("GET", "/2/tweets/7");
        if lost {
            first.break_off();
        } else {
            first.answer(503, json!({ "status": 503 }));
        }
        world.x.on("GET", "/2/tweets/7").answer(200, json!({ "data": {} }));
        world.get("/2/tweets/7", &key).await.expect_status(200);
        assert_eq!(sent_to(&world, "GET", "/2/tweets/7"), 2);
    }
}

#[tokio::test]
async fn a_tweet_that_x_loses_is_not_sent_again() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").always().break_off();
    let open = tweet(&world, &key).await.expect_status(202);
    assert_eq!(open.json()["operation"]["state"], "unknown");
    assert_eq!(sent_to(&world, "POST", "/2/tweets"), 1);
}

#[tokio::test]
async fn a_redirect_goes_nowhere() {
    let (world, key) = world().await;
    world.x.on("GET", "/2/tweets/7").with_header("location", "https://evil.example/").answer(307, Value::Null);
    world.get("/2/tweets/7", &key).await.problem(502, "x-invalid-answer");
}

#[tokio::test]
async fn a_limit_that_x_tells_is_told_and_kept() {
    let (world, key) = world().await;
    let reset = world.now().plus_ms(90_000).as_seconds().to_string();
    world
        .x
        .on("GET", "/2/users/me")
        .with_header("x-rate-limit-limit", "75")
        .with_header("x-rate-limit-remaining", "0")
        .with_header("x-rate-limit-reset", &reset)
        .answer_text(429, "application/problem+json", TOO_MANY);
    let (first, second) = (world.get("/2/users/me", &key).await, world.get("/2/users/me", &key).await);
    for answer in [first, second] {
        assert_eq!((answer.status, answer.text()), (429, TOO_MANY));
        assert_eq!(answer.header("x-rate-limit-reset"), reset);
        assert_eq!((answer.header("x-rate-limit-limit").as_str(), answer.header("retry-after").as_str()), ("75", "90"));
    }
    assert_eq!(sent_to(&world, "GET", "/2/users/me"), 2, "one to connect, one that found the window empty");
    let limits = world.get("/v1/rate-limits", &key).await.expect_status(200).text().to_owned();
    assert!(limits.contains("GET /2/users/me"), "{limits}");
    world.clock.advance(90_000);
    world.x.on("GET", "/2/users/me").answer(200, json!({ "data": {} }));
    world.get("/2/users/me", &key).await.expect_status(200);
}

#[tokio::test]
async fn empty_windows_are_left_to_x_where_that_is_set() {
    let (world, key) = world_with(&[("RELAY_EMPTY_WINDOWS", "forward")]).await;
    world.x.on("GET", "/2/users/me").always().answer_text(429, "application/json", TOO_MANY);
    for _ in 0..2 {
        let answer = world.get("/2/users/me", &key).await.expect_status(429);
        assert_eq!(answer.header("retry-after"), "900", "X did not say");
    }
}

#[tokio::test]
async fn an_endpoint_for_the_app_alone_is_called_with_the_app_s_token() {
    let (world, key) = world().await;
    world.x.on("POST", "/oauth2/token").answer(200, json!({ "token_type": "bearer", "access_token": "AAAA-app" }));
    let reset = world.now().plus_ms(90_000).as_seconds().to_string();
    world
        .x
        .on("GET", "/2/tweets/search/all")
        .with_header("x-rate-limit-limit", "300")
        .with_header("x-rate-limit-remaining", "0")
        .with_header("x-rate-limit-reset", &reset)
        .answer(200, json!({ "data": [] }));
    world.get("/2/tweets/search/all?query=x", &key).await.expect_status(200);
    let sent = world.x.requests_to("GET", "/2/tweets/search/all").pop().unwrap();
    assert_eq!(sent.header("authorization"), Some("Bearer AAAA-app"));
    world.settle().await;
    let limits = world.request("GET", "/v1/rate-limits").key(&key).header("perch-account", "app").send().await;
    let limits = limits.expect_status(200).json();
    assert_eq!((&limits["account_id"], &limits["data"][0]["remaining"]), (&json!("app"), &json!(0)));
    let again = world.get("/2/tweets/search/all?query=y", &key).await.expect_status(429);
    assert_eq!(again.header("x-rate-limit-limit"), "300");
    world.x.on("GET", "/2/tweets/7").answer(200, json!({ "data": {} }));
    world.request("GET", "/2/tweets/7").key(&key).header("perch-account", "app").send().await.expect_status(200);
    let sent = world.x.requests_to("GET", "/2/tweets/7").pop().unwrap();
    assert_eq!(sent.header("authorization"), Some("Bearer AAAA-app"), "asked for by name");
    let named = world.request("POST", "/2/tweets").key(&key).header("perch-account", "app").json(&json!({}));
    named.send().await.problem(400, "invalid-request");
}

#[tokio::test]
async fn what_belongs_to_the_app_takes_a_key_for_all_accounts() {
    let (world, key) = world().await;
    let rules = json!({ "add": [{ "value": "perch" }] });
    let bound = world.key_with(SCOPES, |record| record.accounts = AccountGrant::Only(BTreeSet::new())).await;
    world.post("/2/tweets/search/stream/rules", &bound, rules.clone()).await.problem(403, "missing-scope");
    world.x.on("POST", "/oauth2/token").answer(200, json!({ "token_type": "bearer", "access_token": "AAAA-app" }));
    world.x.on("POST", "/2/tweets/search/stream/rules").answer(201, json!({ "meta": {} }));
    world.post("/2/tweets/search/stream/rules", &key, rules).await.expect_status(201);
    world.x.on("GET", "/2/tweets/search/stream/rules").answer(200, json!({ "data": [] }));
    world.get("/2/tweets/search/stream/rules", &bound).await.expect_status(200);
}

#[tokio::test]
async fn an_account_with_oauth1_tokens_signs() {
    let world = World::new();
    let key = world.key(SCOPES).await;
    world
        .x
        .on("GET", "/2/users/me")
        .answer(200, json!({"data": {"id": ADA.id, "username": ADA.username, "name": "Ada"}}));
    let tokens = json!({ "oauth_token": "1001-token", "oauth_token_secret": "secret" });
    world.post("/v1/accounts", &key, tokens).await.expect_status(201);
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": "1" } }));
    tweet(&world, &key).await.expect_status(201);
    let sent = world.x.requests_to("POST", "/2/tweets").pop().unwrap();
    assert!(sent.header("authorization").unwrap().starts_with("OAuth oauth_consumer_key="));
    let bookmark = world.post("/2/users/1001/bookmarks", &key, json!({ "tweet_id": "7" })).await;
    bookmark.problem(400, "invalid-request");
}

#[tokio::test]
async fn a_call_that_changes_something_leaves_a_row() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": "1" } }));
    world.x.on("GET", "/2/tweets/7").answer(200, json!({ "data": {} }));
    world.settle().await;
    world.queue.take();
    tweet(&world, &key).await.expect_status(201);
    world.get("/2/tweets/7", &key).await.expect_status(200);
    world.settle().await;
    let rows = world.queue.take();
    let told: Vec<_> =
        rows.iter().map(|row| (row.action.name(), row.target.as_deref(), row.outcome.as_str())).collect();
    assert_eq!(told, [("relay.call", Some("POST /2/tweets"), "ok")]);
}
