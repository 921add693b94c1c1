//! Calls to X: what is repeated, what never is, what rests X, and what each refusal of X is called.

use perch::domain::{api_key::Scope, fault::Code};
use serde_json::{Value, json};

use super::{
    browser::{ADA, connect},
    world::{Answer, World},
};

const SCOPES: [Scope; 5] =
    [Scope::AccountsWrite, Scope::AccountsRead, Scope::TweetsRead, Scope::TweetsWrite, Scope::LikesWrite];

async fn world() -> (World, String) {
    let world = World::new();
    let key = world.key(SCOPES).await;
    connect(&world, &key, ADA).await;
    (world, key)
}

async fn tweet(world: &World, key: &str) -> Answer {
    world.post("/v1/tweets", key, json!({ "text": "Hello" })).await
}

async fn look_up(world: &World, key: &str) -> Answer {
    world.get("/v1/tweets/5", key).await
}

fn count(world: &World, method: &str, path: &str) -> usize {
    world.x.requests_to(method, path).len()
}

#[tokio::test]
async fn a_read_is_repeated_twice_at_most() {
    let (world, key) = world().await;
    world.x.on("GET", "/2/tweets/5").always().answer(503, json!({ "title": "Service Unavailable", "status": 503 }));
    let answer = look_up(&world, &key).await;
    answer.problem(502, Code::XUnavailable.slug());
    assert_eq!(answer.json()["upstream"]["status"], 503);
    let sent = count(&world, "GET", "/2/tweets/5");
    assert!((1..=3).contains(&sent), "{sent}");
}

#[tokio::test]
async fn a_read_that_succeeds_the_second_time_is_a_success() {
    let (world, key) = world().await;
    world.x.on("GET", "/2/tweets/5").break_off();
    world.x.on("GET", "/2/tweets/5").answer(200, json!({ "data": { "id": "5", "text": "a" } }));
    look_up(&world, &key).await.expect_status(200);
    assert_eq!(count(&world, "GET", "/2/tweets/5"), 2);
}

#[tokio::test]
async fn a_tweet_whose_outcome_is_unknown_is_never_sent_again() {
    for act in ["503", "broken", "timeout", "cut"] {
        let (world, key) = world().await;
        let on = world.x.on("POST", "/2/tweets").always();
        match act {
            "503" => on.answer(503, json!({ "title": "Service Unavailable", "status": 503 })),
            "broken" => on.break_off(),
            "timeout" => on.time_out(),
            _ => on.answer_text(201, "application/json", r#"{"data":{"id":"#),
        }
        let answer = tweet(&world, &key).await;
        assert_eq!(answer.status, 202, "{act}");
        assert_eq!(answer.json()["operation"]["state"], "unknown", "{act}");
        assert!(answer.json().get("data").is_none(), "{act}: nothing of ours is taken for X's");
        assert_eq!(count(&world, "POST", "/2/tweets"), 1, "{act}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_refreshed_once_and_the_call_repeated_once() {
    let (world, key) = world().await;
    let unauthorized =
        json!({ "title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized" });
    world.x.on("POST", "/2/tweets").answer(401, unauthorized.clone());
    world.x.on("POST", "/2/oauth2/token").answer(
        200,
        json!({ "token_type": "bearer", "expires_in": 7200, "access_token": "renewed", "refresh_token": "next" }),
    );
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": "9", "text": "Hello" } }));
    let before = count(&world, "POST", "/2/oauth2/token");
    tweet(&world, &key).await.expect_status(201);
    let sent = world.x.requests_to("POST", "/2/tweets");
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].headers["authorization"], "Bearer renewed");
    assert_eq!(count(&world, "POST", "/2/oauth2/token") - before, 1);

    world.x.on("POST", "/2/tweets").always().answer(401, unauthorized);
    world.x.on("POST", "/2/oauth2/token").answer(
        200,
        json!({ "token_type": "bearer", "expires_in": 7200, "access_token": "again", "refresh_token": "then" }),
    );
    tweet(&world, &key).await.problem(409, Code::AccountNeedsReconnect.slug());
    assert_eq!(count(&world, "POST", "/2/tweets"), 4);
}

#[tokio::test]
async fn each_refusal_of_x_has_its_own_name() {
    let problem = |status: u16, title: &str, kind: &str, detail: &str| json!({ "title": title, "type": kind, "detail": detail, "status": status });
    let host = "https://api.x.com/2/problems";
    let cases: Vec<(u16, Value, u16, Code)> = vec![
        (402, problem(402, "CreditsDepleted", &format!("{host}/credits"), "no credits"), 402, Code::CreditsDepleted),
        (403, problem(403, "SpendCapReached", &format!("{host}/credits"), "cap"), 402, Code::SpendCapReached),
        (429, problem(429, "UsageCapExceeded", &format!("{host}/usage-capped"), "cap"), 402, Code::UsageCapReached),
        (
            403,
            problem(403, "Forbidden", "about:blank", "You are not allowed to create a Tweet with duplicate content."),
            409,
            Code::DuplicateTweet,
        ),
        (
            403,
            problem(
                403,
                "Forbidden",
                "about:blank",
                "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author \
                 of the post you are replying to.",
            ),
            403,
            Code::ReplyNotAllowed,
        ),
        (429, problem(429, "Too Many Requests", "about:blank", "Too Many Requests"), 429, Code::XRateLimited),
        (400, problem(400, "Invalid Request", &format!("{host}/invalid-request"), "no"), 400, Code::XRejected),
    ];
    for (status, body, ours, code) in cases {
        let (world, key) = world().await;
        world.x.on("POST", "/2/tweets").answer(status, body);
        tweet(&world, &key).await.problem(ours, code.slug());
        assert_eq!(count(&world, "POST", "/2/tweets"), 1, "{code:?}");
        assert_eq!(count(&world, "POST", "/2/oauth2/token"), 1, "{code:?} touched the token");
    }
}

#[tokio::test]
async fn a_page_of_x_s_edge_touches_no_token() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").answer_text(403, "text/html", "<html>Attention Required! | Cloudflare</html>");
    let answer = tweet(&world, &key).await;
    answer.problem(503, Code::XEdgeBlocked.slug());
    assert!(!answer.text().contains("<html>"));
    assert_eq!(count(&world, "POST", "/2/oauth2/token"), 1, "the connection's own exchange alone");
}

#[tokio::test]
async fn a_window_known_to_be_empty_costs_no_call() {
    let (world, key) = world().await;
    let reset = world.now().as_seconds() + 600;
    world
        .x
        .on("POST", "/2/tweets")
        .with_header("x-rate-limit-limit", "100")
        .with_header("x-rate-limit-remaining", "0")
        .with_header("x-rate-limit-reset", &reset.to_string())
        .answer(201, json!({ "data": { "id": "9", "text": "Hello" } }));
    tweet(&world, &key).await.expect_status(201);
    let refused = tweet(&world, &key).await;
    refused.problem(429, Code::XRateLimited.slug());
    assert_eq!(refused.header("retry-after"), "600");
    assert_eq!(count(&world, "POST", "/2/tweets"), 1);
    world.settle().await;
    let limits = world.get("/v1/rate-limits", &key).await.expect_status(200).json();
    let window = limits["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|window| window["endpoint"] == "POST /2/tweets")
        .unwrap()
        .clone();
    assert_eq!((window["remaining"].clone(), window["source"].clone()), (json!(0), json!("learned")));
    let prior = limits["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|window| window["endpoint"] == "DELETE /2/tweets/{id}")
        .unwrap()
        .clone();
    assert_eq!((prior["limit"].clone(), prior["source"].clone()), (json!(50), json!("prior")));

    world.clock.advance(600_000);
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": "10", "text": "Hello" } }));
    tweet(&world, &key).await.expect_status(201);
}

#[tokio::test]
async fn failures_open_the_breaker_and_x_s_recovery_closes_it() {
    let (world, key) = world().await;
    world.x.on("GET", "/2/tweets/5").always().answer(503, json!({ "title": "Service Unavailable", "status": 503 }));
    let mut open = None;
    for _ in 0..40 {
        let answer = look_up(&world, &key).await;
        world.settle().await;
        if answer.json()["code"] == "breaker-open" {
            open = Some(answer);
            break;
        }
    }
    open.expect("it opens").problem(503, Code::BreakerOpen.slug());
    let asked = count(&world, "GET", "/2/tweets/5");
    look_up(&world, &key).await.problem(503, Code::BreakerOpen.slug());
    assert_eq!(count(&world, "GET", "/2/tweets/5"), asked, "an open breaker asks X nothing");
    assert!(asked <= 24, "{asked}");

    world.x.forget_rules();
    world.x.on("GET", "/2/tweets/5").always().answer(200, json!({ "data": { "id": "5", "text": "a" } }));
    world.clock.advance(6_000);
    for _ in 0..4 {
        look_up(&world, &key).await.expect_status(200);
        world.settle().await;
    }
    assert!(count(&world, "GET", "/2/tweets/5") > asked);
}

#[tokio::test]
async fn what_is_the_caller_s_fault_opens_no_breaker() {
    let (world, key) = world().await;
    world.x.on("GET", "/2/tweets/5").always().answer(
        404,
        json!({ "title": "Not Found Error", "status": 404,
        "type": "https://api.x.com/2/problems/resource-not-found", "detail": "Could not find tweet with id: [5]." }),
    );
    for _ in 0..100 {
        look_up(&world, &key).await.problem(404, Code::TweetNotFound.slug());
        world.settle().await;
    }
}

#[tokio::test]
async fn an_operator_rests_x_by_hand_and_lets_it_go() {
    let (world, key) = world().await;
    let admin = world.key([Scope::Admin]).await;
    let force = json!({ "mode": "open", "reason": "an incident at X" });
    let forced =
        world.request("PUT", "/v1/breakers/tweets_read").key(&admin).json(&force).send().await.expect_status(200);
    assert_eq!(forced.json()["data"]["forced"]["reason"], "an incident at X");
    look_up(&world, &key).await.problem(503, Code::BreakerOpen.slug());
    world
        .request("PUT", "/v1/breakers/nothing")
        .key(&admin)
        .json(&force)
        .send()
        .await
        .problem(404, Code::RouteNotFound.slug());
    world
        .request("PUT", "/v1/breakers/users")
        .key(&key)
        .json(&force)
        .send()
        .await
        .problem(403, Code::MissingScope.slug());
    world.request("DELETE", "/v1/breakers/tweets_read").key(&admin).send().await.expect_status(200);
    world.x.on("GET", "/2/tweets/5").answer(200, json!({ "data": { "id": "5", "text": "a" } }));
    world.clock.advance(2_000);
    look_up(&world, &key).await.expect_status(200);
}

#[tokio::test]
async fn a_signed_account_signs_and_is_not_refreshed() {
    let world = World::with(&[("X_CONSUMER_KEY", "consumer"), ("X_CONSUMER_SECRET", "consumer-secret")]);
    let key = world.key(SCOPES).await;
    world.x.on("GET", "/2/users/me").answer(200, json!({ "data": { "id": "1001", "name": "Ada", "username": "ada" } }));
    let tokens = json!({ "oauth_token": "1001-token", "oauth_token_secret": "token-secret" });
    world.post("/v1/accounts", &key, tokens).await.expect_status(201);
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": "9", "text": "Hello" } }));
    tweet(&world, &key).await.expect_status(201);
    let sent = &world.x.requests_to("POST", "/2/tweets")[0];
    let header = sent.headers["authorization"].to_str().unwrap();
    assert!(
        header.starts_with("OAuth ") && header.contains("oauth_token=\"1001-token\"") && header.contains("HMAC-SHA1")
    );
    assert!(!header.contains("secret\"") && !header.contains("token-secret"));
    world
        .x
        .on("POST", "/2/tweets")
        .answer(401, json!({ "title": "Unauthorized", "type": "about:blank", "status": 401 }));
    tweet(&world, &key).await.problem(409, Code::AccountNeedsReconnect.slug());
    assert_eq!(count(&world, "POST", "/2/oauth2/token"), 0);
}

#[tokio::test]
async fn a_failing_token_endpoint_counts_for_its_breaker_and_disconnects_nobody() {
    let (world, key) = world().await;
    let unauthorized =
        json!({ "title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized" });
    world.x.on("POST", "/2/tweets").always().answer(401, unauthorized);
    world
        .x
        .on("POST", "/2/oauth2/token")
        .always()
        .answer(503, json!({ "title": "Service Unavailable", "status": 503 }));
    tweet(&world, &key).await.problem(502, Code::XUnavailable.slug());
    world.settle().await;
    let breakers = world.get("/v1/breakers", &world.key([Scope::Admin]).await).await.expect_status(200).json();
    let tokens =
        breakers["data"].as_array().unwrap().iter().find(|breaker| breaker["group"] == "tokens").unwrap().clone();
    assert_eq!(tokens["failures"], 1, "{tokens}");
    let accounts = world.get("/v1/accounts", &key).await.expect_status(200).json();
    let id = accounts["data"][0]["id"].as_str().unwrap().to_owned();
    let health = world.get(&format!("/v1/accounts/{id}"), &key).await.expect_status(200).text().to_owned();
    assert!(!health.contains("needs_reconnect"), "{health}");
}

#[tokio::test]
async fn a_rested_token_endpoint_is_not_asked() {
    let (world, key) = world().await;
    let admin = world.key([Scope::Admin]).await;
    let force = json!({ "mode": "open", "reason": "an incident at X" });
    world.request("PUT", "/v1/breakers/tokens").key(&admin).json(&force).send().await.expect_status(200);
    let unauthorized =
        json!({ "title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized" });
    world.x.on("POST", "/2/tweets").answer(401, unauthorized);
    let asked = count(&world, "POST", "/2/oauth2/token");
    tweet(&world, &key).await.problem(502, Code::XUnavailable.slug());
    assert_eq!(count(&world, "POST", "/2/oauth2/token"), asked);
}
