//! X's windows, through the whole pipeline: what is refused, what waits, what is paused, and what others hear of it.

use perch::domain::api_key::Scope;
use serde_json::{Value, json};

use super::{
    browser::{ADA, connect},
    upstream::On,
    world::{Answer, World},
};

const SCOPES: [Scope; 6] = [
    Scope::RelayRead,
    Scope::RelayWrite,
    Scope::AccountsRead,
    Scope::AccountsWrite,
    Scope::TweetsRead,
    Scope::LikesWrite,
];
const READ: &str = "/2/users/1001/bookmarks";
const READ_NAME: &str = "GET /2/users/{id}/bookmarks";

async fn world() -> (World, String) {
    world_with(&[]).await
}

async fn world_with(settings: &[(&'static str, &str)]) -> (World, String) {
    let world = World::with(settings);
    let key = world.key(SCOPES).await;
    connect(&world, &key, ADA).await;
    (world, key)
}

/// With what X says of a window of `limit` calls.
fn telling(on: On<'_>, limit: u32, remaining: u32, reset_s: u64) -> On<'_> {
    on.with_header("x-rate-limit-limit", &limit.to_string())
        .with_header("x-rate-limit-remaining", &remaining.to_string())
        .with_header("x-rate-limit-reset", &reset_s.to_string())
}

/// X has used up the window of [`READ`] for `reset_in_s` seconds, and answers after that.
async fn use_up(world: &World, key: &str, reset_in_s: u64) {
    let reset_s = world.now().as_seconds() + reset_in_s;
    telling(world.x.on("GET", READ), 180, 0, reset_s).answer(200, json!({ "data": [] }));
    telling(world.x.on("GET", READ), 180, 179, reset_s + 900).always().answer(200, json!({ "data": [] }));
    world.get(READ, key).await.expect_status(200);
    world.settle().await;
}

fn reads(world: &World) -> usize {
    world.x.requests_to("GET", READ).len()
}

async fn account(world: &World, key: &str) -> String {
    let accounts = world.get("/v1/accounts", key).await.json();
    accounts["data"][0]["id"].as_str().unwrap().to_owned()
}

async fn windows(world: &World, key: &str) -> Value {
    world.settle().await;
    let path = format!("/v1/accounts/{}/windows", account(world, key).await);
    world.get(&path, key).await.expect_status(200).json()["data"].clone()
}

fn named<'a>(windows: &'a Value, name: &str) -> &'a Value {
    windows["windows"].as_array().unwrap().iter().find(|window| window["name"] == name).unwrap()
}

#[tokio::test]
async fn without_a_word_of_x_the_published_limit_holds() {
    let (world, key) = world().await;
    world.x.on("GET", READ).always().answer(200, json!({ "data": [] }));
    let mut answers = Vec::new();
    for _ in 0..185 {
        answers.push(world.get(READ, &key).await.status);
    }
    assert_eq!((answers.iter().filter(|status| **status == 200).count(), reads(&world)), (171, 171), "180 less 5 %");
    let urgent = world.request("GET", READ).key(&key).header("perch-priority", "critical");
    urgent.send().await.expect_status(200);
}

#[tokio::test]
async fn a_priority_that_is_none_is_refused() {
    let (world, key) = world().await;
    for path in [READ, "/v1/accounts"] {
        let asked = world.request("GET", path).key(&key).header("perch-priority", "now");
        asked.send().await.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn who_asks_to_wait_is_answered_when_the_window_opens() {
    let (world, key) = world().await;
    use_up(&world, &key, 8).await;
    let refused = world.get(READ, &key).await.expect_status(429);
    assert_eq!((refused.header("retry-after").as_str(), refused.header("preference-applied").as_str()), ("8", ""));
    let impatient = world.request("GET", READ).key(&key).header("prefer", "wait=5").send().await.expect_status(429);
    assert_eq!(impatient.header("retry-after"), "8", "at once: five seconds are not enough");
    assert_eq!(impatient.header("preference-applied"), "wait=5");
    let before = world.now();
    let waited = world.request("GET", READ).key(&key).header("prefer", "wait=20").send().await.expect_status(200);
    assert_eq!(waited.header("preference-applied"), "wait=20");
    assert_eq!((world.now().ms_since(before), reads(&world)), (9_000, 2), "eight seconds, and one for the clocks");
}

#[tokio::test]
async fn nobody_waits_beyond_the_time_it_gave() {
    let (world, key) = world().await;
    use_up(&world, &key, 8).await;
    let asked = world.request("GET", READ).key(&key).header("prefer", "wait=20").header("x-request-timeout-ms", "6000");
    asked.send().await.expect_status(429);
    use_up_for(&world, &key, 60).await;
    let asked = world.request("GET", READ).key(&key).header("prefer", "wait=300");
    asked.send().await.expect_status(429);
    assert_eq!(reads(&world), 2);
}

/// As [`use_up`], when the window that runs is over.
async fn use_up_for(world: &World, key: &str, reset_in_s: u64) {
    world.clock.advance(9_000);
    world.x.forget_rules();
    use_up(world, key, reset_in_s).await;
}

#[tokio::test]
async fn a_client_that_comes_at_the_reset_is_not_refused_for_the_clocks() {
    let (world, key) = world().await;
    use_up(&world, &key, 30).await;
    world.get(READ, &key).await.expect_status(429);
    world.clock.advance(30_000);
    world.get(READ, &key).await.expect_status(200);
}

#[tokio::test]
async fn a_429_after_all_pauses_the_endpoint_for_every_isolate() {
    let (world, key) = world().await;
    let other = world.another_isolate();
    let reset_s = world.now().as_seconds() + 120;
    telling(world.x.on("GET", READ).times(2), 180, 150, reset_s).answer(200, json!({ "data": [] }));
    world.get(READ, &key).await.expect_status(200);
    world.settle().await;
    other.get(READ, &key).await.expect_status(200);
    other.settle().await;
    telling(world.x.on("GET", READ), 180, 149, reset_s).answer(429, json!({ "title": "Too Many Requests" }));
    world.clock.advance(1500);
    world.get(READ, &key).await.expect_status(429);
    world.settle().await;
    let again = world.get(READ, &key).await.expect_status(429);
    assert_eq!(again.header("retry-after"), "119");
    let shown = windows(&world, &key).await;
    assert_eq!(shown["pauses"][0]["reason"], "rate_limit", "{shown}");
    assert_eq!(shown["pauses"][0]["endpoint"], READ_NAME);
    telling(world.x.on("GET", READ), 180, 148, reset_s).answer(200, json!({ "data": [] }));
    other.get(READ, &key).await.expect_status(200);
    other.settle().await;
    other.get(READ, &key).await.expect_status(429);
    assert_eq!(reads(&world), 4, "the other isolate heard of it beside its answer");
}

async fn like(world: &World, key: &str, tweet: usize) -> Answer {
    world.request("PUT", &format!("/v1/tweets/{tweet}/like")).key(key).send().await
}

#[tokio::test]
async fn writes_are_counted_by_the_object_however_many_isolates_send_them() {
    let (world, key) = world().await;
    let isolates = [world.clone(), world.another_isolate(), world.another_isolate()];
    world.x.on("POST", "/2/users/1001/likes").always().answer(200, json!({ "data": { "liked": true } }));
    let mut well = 0;
    for tweet in 1..=70 {
        well += usize::from(like(&isolates[tweet % 3], &key, tweet).await.status == 200);
    }
    assert_eq!((well, world.x.requests_to("POST", "/2/users/1001/likes").len()), (48, 48), "50 less 5 %");
    like(&world, &key, 71).await.problem(429, "x-rate-limited");
    let shown = windows(&world, &key).await;
    let window = named(&shown, "POST /2/users/{id}/likes");
    assert_eq!((&window["remaining"], &window["source"]), (&json!(2), &json!("prior")));
    assert_eq!(window["reserves"], json!({ "high": 1, "normal": 2, "low": 12 }));
    assert_eq!(named(&shown, "POST /2/users/{id}/likes 24h")["remaining"], 952);
}

#[tokio::test]
async fn a_write_that_was_not_sent_is_not_counted() {
    let (world, key) = world().await;
    let account = account(&world, &key).await;
    let pause = |paused: bool| {
        world.request("PATCH", &format!("/v1/accounts/{account}")).key(&key).json(&json!({ "paused": paused }))
    };
    pause(true).send().await.expect_status(200);
    for tweet in 1..=3 {
        like(&world, &key, tweet).await.problem(409, "account-paused");
        world.settle().await;
    }
    let shown = windows(&world, &key).await;
    assert_eq!(named(&shown, "POST /2/users/{id}/likes")["remaining"], 50, "{shown}");
}

#[tokio::test]
async fn a_write_is_refused_where_nobody_can_count_it() {
    let (world, key) = world().await;
    like_well(&world, &key, 1).await;
    world.objects.set_down(true);
    let refused = like(&world, &key, 2).await;
    refused.problem(503, "unavailable");
    assert_eq!(world.x.requests_to("POST", "/2/users/1001/likes").len(), 1);
}

async fn like_well(world: &World, key: &str, tweet: usize) {
    world.x.on("POST", "/2/users/1001/likes").answer(200, json!({ "data": { "liked": true } }));
    like(world, key, tweet).await.expect_status(200);
}

#[tokio::test]
async fn money_that_is_used_up_is_a_pause_with_an_end_of_its_own() {
    let (world, key) = world().await;
    let credits = json!({ "title": "CreditsDepleted", "type": "https://api.x.com/2/problems/credits", "status": 402 });
    world.x.on("GET", "/2/tweets/7").answer(402, credits);
    world.get("/v1/tweets/7", &key).await.problem(402, "credits-depleted");
    let refused = like(&world, &key, 1).await.problem(402, "credits-depleted");
    assert_eq!(refused["retry_after"], 3600, "{refused}");
    let shown = windows(&world, &key).await;
    assert_eq!((&shown["pauses"][0]["reason"], &shown["pauses"][0]["endpoint"]), (&json!("credits"), &json!("*")));
    world.clock.advance(3_600_000);
    like_well(&world, &key, 2).await;
}

#[tokio::test]
async fn a_spending_limit_holds_for_its_endpoint_until_the_day_x_names() {
    let (world, key) = world().await;
    let cap = json!({ "title": "SpendCapReached", "type": "https://api.twitter.com/2/problems/credits",
        "detail": "Your enrolled account has reached its billing cycle spend cap.", "reset_date": "2027-01-17" });
    world.x.on("GET", "/2/tweets/7").answer(403, cap);
    world.get("/v1/tweets/7", &key).await.problem(402, "spend-cap-reached");
    let refused = world.get("/v1/tweets/8", &key).await.problem(402, "spend-cap-reached");
    assert_eq!(refused["retry_after"], 40 * 3600, "{refused}");
    like_well(&world, &key, 1).await;
}

#[tokio::test]
async fn the_windows_of_an_account_are_shown_to_who_may_use_it() {
    let (world, key) = world().await;
    use_up(&world, &key, 60).await;
    let shown = windows(&world, &key).await;
    let window = named(&shown, READ_NAME);
    assert_eq!(
        (&window["limit"], &window["remaining"], &window["source"]),
        (&json!(180), &json!(0), &json!("learned"))
    );
    assert_eq!(window["reset_at"], "2027-01-15T08:01:00.000Z");
    assert_eq!(named(&shown, "PUT /2/tweets/{tweet_id}/hidden")["source"], "prior");
    let path = format!("/v1/accounts/{}/windows", account(&world, &key).await);
    let stranger = world.key([Scope::TweetsRead]).await;
    world.get(&path, &stranger).await.problem(403, "missing-scope");
    world.get("/v1/accounts/acc_0000000000000000/windows", &key).await.problem(404, "account-not-found");
}
