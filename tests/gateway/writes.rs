//! Writes that happen once: names for them, outcomes that are lost, and what is found out afterwards.

use std::sync::Arc;

use perch::domain::api_key::Scope;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    browser::{ADA, connect},
    world::{Answer, World},
};

const SCOPES: [Scope; 6] = [
    Scope::AccountsRead,
    Scope::AccountsWrite,
    Scope::TweetsRead,
    Scope::TweetsWrite,
    Scope::RelayWrite,
    Scope::RelayRead,
];
/// Lease, settle time, and a bit.
const LEASE_MS: u64 = 60_001;
const SETTLE_MS: u64 = 60_001;

async fn world() -> (World, String) {
    world_with(&[]).await
}

async fn world_with(settings: &[(&'static str, &str)]) -> (World, String) {
    let world = World::with(settings);
    let key = world.key(SCOPES).await;
    connect(&world, &key, ADA).await;
    (world, key)
}

/// The two ways to send a tweet.
const FACES: [&str; 2] = ["/v1/tweets", "/2/tweets"];

async fn send(world: &World, key: &str, path: &str, name: &str, body: &Value) -> Answer {
    world.request("POST", path).key(key).header("idempotency-key", name).json(body).send().await
}

fn x_makes(world: &World, id: &str, text: &str) {
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": id, "text": text } }));
}

fn sent(world: &World) -> usize {
    world.x.requests_to("POST", "/2/tweets").len()
}

/// What the timeline of Ada shows from now on.
fn x_shows(world: &World, tweets: &Value) {
    let path = format!("/2/users/{}/tweets", ADA.id);
    world.x.on("GET", &path).always().answer(200, json!({ "data": tweets, "meta": { "result_count": 1 } }));
}

fn looks(world: &World) -> usize {
    world.x.requests_to("GET", &format!("/2/users/{}/tweets", ADA.id)).len()
}

async fn operation(world: &World, key: &str, open: &Answer) -> Value {
    let url = open.json()["operation"]["url"].as_str().unwrap().to_owned();
    assert_eq!(open.header("location"), url);
    let path = url.strip_prefix("https://perch.example").unwrap().to_owned();
    world.get(&path, key).await.expect_status(200).json()["data"].clone()
}

#[tokio::test]
async fn the_same_request_under_one_name_is_sent_once_and_answered_the_same() {
    for path in FACES {
        let (world, key) = world().await;
        x_makes(&world, "77", "Hello");
        let body = json!({ "text": "Hello" });
        let first = send(&world, &key, path, "a", &body).await.expect_status(201);
        assert_eq!(first.headers.get("idempotency-replayed"), None);
        for _ in 0..3 {
            world.clock.advance(20 * 60 * 60 * 1000);
            let again = send(&world, &key, path, "a", &body).await.expect_status(201);
            assert_eq!(again.body, first.body);
            assert_eq!(again.header("idempotency-replayed"), "true");
        }
        assert_eq!(sent(&world), 1, "{path}");
        world.wake_after(73 * 60 * 60 * 1000).await;
        let granted = json!({ "token_type": "bearer", "expires_in": 7200, "access_token": "b", "refresh_token": "c" });
        world.x.on("POST", "/2/oauth2/token").answer(200, granted);
        x_makes(&world, "78", "Hello");
        let later = send(&world, &key, path, "a", &body).await.expect_status(201);
        assert_eq!(
            (later.json()["data"]["id"].as_str(), sent(&world)),
            (Some("78"), 2),
            "after 72 hours it is a new name"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_told_again_byte_for_byte() {
    for path in FACES {
        let (world, key) = world().await;
        let refusal = json!({ "title": "Forbidden", "detail": "You are not allowed to create a Tweet with duplicate content.", "type": "about:blank", "status": 403 });
        world.x.on("POST", "/2/tweets").answer(403, refusal);
        let body = json!({ "text": "Hello" });
        let first = send(&world, &key, path, "a", &body).await;
        world.clock.advance(5000);
        let again = send(&world, &key, path, "a", &body).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{path}");
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(sent(&world), 1);
    }
}

#[tokio::test]
async fn a_name_belongs_to_one_request_of_one_application() {
    for path in FACES {
        let (world, key) = world().await;
        x_makes(&world, "1", "one");
        send(&world, &key, path, "a", &json!({ "text": "one" })).await.expect_status(201);
        let other = send(&world, &key, path, "a", &json!({ "text": "two" })).await;
        other.problem(422, "idempotency-key-reused");
        assert_eq!(sent(&world), 1);
        let stranger = world.key(SCOPES).await;
        x_makes(&world, "2", "two");
        let theirs = world.request("POST", path).key(&stranger).header("idempotency-key", "a");
        let theirs = theirs.header("perch-account", "@ada").json(&json!({ "text": "two" })).send().await;
        assert_eq!(theirs.expect_status(201).json()["data"]["id"], "2");
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_one_is_refused_before_anything_is_sent() {
    for path in FACES {
        let (world, key) = world().await;
        for name in ["", "two words", &"x".repeat(256)] {
            send(&world, &key, path, name, &json!({ "text": "a" })).await.problem(400, "invalid-request");
        }
        assert_eq!(sent(&world), 0);
    }
}

#[tokio::test]
async fn while_x_takes_its_time_the_first_is_answered_by_its_deadline_and_a_repeat_told_to_come_back() {
    for path in FACES {
        let (world, key) = world().await;
        let gate = Arc::new(Semaphore::new(0));
        world.x.on("POST", "/2/tweets").held(&gate).answer(201, json!({ "data": { "id": "1", "text": "one" } }));
        // The clock moves on whenever somebody waits: nobody does, but for the deadline.
        let open = send(&world, &key, path, "a", &json!({ "text": "one" })).await.expect_status(202);
        assert_eq!(open.json()["operation"]["state"], "sending");
        let busy = send(&world, &key, path, "a", &json!({ "text": "one" })).await;
        busy.problem(409, "idempotency-key-in-use");
        assert_eq!(busy.header("retry-after"), "1");
        gate.add_permits(1);
        world.settle().await;
        assert_eq!(operation(&world, &key, &open).await["state"], "done");
        let again = send(&world, &key, path, "a", &json!({ "text": "one" })).await.expect_status(201);
        assert_eq!((again.json()["data"]["id"].as_str(), sent(&world)), (Some("1"), 1));
    }
}

#[tokio::test]
async fn what_x_refuses_when_nobody_waits_any_more_is_not_forgotten() {
    let (world, key) = world().await;
    let gate = Arc::new(Semaphore::new(0));
    let refusal = json!({ "title": "Too Many Requests", "status": 429 });
    world.x.on("POST", "/2/tweets").held(&gate).answer(429, refusal);
    let open = send(&world, &key, "/v1/tweets", "a", &json!({ "text": "one" })).await.expect_status(202);
    gate.add_permits(1);
    world.settle().await;
    assert_eq!(operation(&world, &key, &open).await["state"], "waiting");
    x_makes(&world, "1", "one");
    world.wake_after(3_600_000).await;
    let done = operation(&world, &key, &open).await;
    assert_eq!((done["state"].as_str(), done["answer"]["body"]["data"]["id"].as_str()), (Some("done"), Some("1")));
}

#[tokio::test]
async fn what_x_refused_before_it_ran_may_be_asked_again_under_its_name() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").answer(429, json!({ "title": "Too Many Requests", "status": 429 }));
    let body = json!({ "text": "one" });
    send(&world, &key, "/2/tweets", "a", &body).await.expect_status(429);
    world.settle().await;
    send(&world, &key, "/2/tweets", "a", &body).await.expect_status(429);
    assert_eq!(sent(&world), 1, "X is left alone until its window is over");
    world.clock.advance(901_000);
    x_makes(&world, "1", "one");
    let sent_now = send(&world, &key, "/2/tweets", "a", &body).await.expect_status(201);
    assert_eq!(sent_now.headers.get("idempotency-replayed"), None);
}

#[tokio::test]
async fn a_lost_answer_is_found_in_the_timeline_and_told_from_then_on() {
    for path in FACES {
        let (world, key) = world().await;
        world.x.on("POST", "/2/tweets").break_off();
        let body = json!({ "text": "see example.com/a & more" });
        let open = send(&world, &key, path, "a", &body).await.expect_status(202);
        assert_eq!(open.json()["operation"]["state"], "unknown");
        let still = send(&world, &key, path, "a", &body).await.expect_status(202);
        assert_eq!(still.json()["operation"]["id"], open.json()["operation"]["id"]);
        x_shows(
            &world,
            &json!([
                { "id": "8", "text": "something else" },
                { "id": "9", "text": "see https://t.co/abc &amp; more",
                  "entities": { "urls": [{ "url": "https://t.co/abc", "expanded_url": "http://example.com/a" }] } },
            ]),
        );
        world.wake_after(SETTLE_MS - 10_000).await;
        assert_eq!(looks(&world), 0, "it may not be to be seen yet");
        world.wake_after(10_000).await;
        let done = operation(&world, &key, &open).await;
        assert_eq!((done["state"].as_str(), done["answer"]["body"]["data"]["id"].as_str()), (Some("done"), Some("9")));
        let replay = send(&world, &key, path, "a", &body).await.expect_status(201);
        assert_eq!((replay.json()["data"]["id"].as_str(), sent(&world)), (Some("9"), 1));
    }
}

#[tokio::test]
async fn a_tweet_that_is_not_there_is_sent_once_more_and_no_third_time() {
    let (world, key) = world().await;
    x_shows(&world, &json!([{ "id": "8", "text": "something else" }]));
    world.x.on("POST", "/2/tweets").times(2).break_off();
    let open = world.post("/v1/tweets", &key, json!({ "text": "one" })).await.expect_status(202);
    world.wake_after(SETTLE_MS).await;
    assert_eq!((sent(&world), operation(&world, &key, &open).await["state"].as_str()), (2, Some("unknown")));
    world.wake_after(SETTLE_MS).await;
    let end = operation(&world, &key, &open).await;
    assert_eq!(
        (end["state"].as_str(), end["reason"].as_str(), sent(&world)),
        (Some("unconfirmed"), Some("not_seen"), 2)
    );
    world.wake_after(24 * 60 * 60 * 1000).await;
    assert_eq!((sent(&world), looks(&world)), (2, 2));
}

#[tokio::test]
async fn a_second_attempt_that_x_calls_a_duplicate_is_looked_for_again() {
    let (world, key) = world().await;
    let path = format!("/2/users/{}/tweets", ADA.id);
    world.x.on("GET", &path).answer(200, json!({ "meta": { "result_count": 0 } }));
    world.x.on("GET", &path).answer(200, json!({ "data": [{ "id": "9", "text": "one" }], "meta": {} }));
    world.x.on("POST", "/2/tweets").break_off();
    let duplicate = json!({ "title": "Forbidden", "detail": "You are not allowed to create a Tweet with duplicate content.", "type": "about:blank", "status": 403 });
    world.x.on("POST", "/2/tweets").answer(403, duplicate);
    let open = world.post("/v1/tweets", &key, json!({ "text": "one" })).await.expect_status(202);
    world.wake_after(SETTLE_MS).await;
    assert_eq!(sent(&world), 2);
    world.wake_after(SETTLE_MS).await;
    let done = operation(&world, &key, &open).await;
    assert_eq!((done["state"].as_str(), done["answer"]["body"]["data"]["id"].as_str()), (Some("done"), Some("9")));
}

#[tokio::test]
async fn a_tweet_that_another_write_has_made_is_not_taken_for_the_lost_one() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").break_off();
    let open = world.post("/v1/tweets", &key, json!({ "text": "same" })).await.expect_status(202);
    x_makes(&world, "9", "same");
    world.post("/v1/tweets", &key, json!({ "text": "same" })).await.expect_status(201);
    x_shows(&world, &json!([{ "id": "9", "text": "same" }]));
    x_makes(&world, "10", "same");
    world.wake_after(SETTLE_MS).await;
    let done = operation(&world, &key, &open).await;
    assert_eq!(
        (done["answer"]["body"]["data"]["id"].as_str(), sent(&world)),
        (Some("10"), 3),
        "it was not there, and was sent"
    );
}

#[tokio::test]
async fn what_no_timeline_shows_stays_unconfirmed_and_is_never_sent_again() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/lists").break_off();
    let open = world.post("/2/lists", &key, json!({ "name": "a list" })).await.expect_status(202);
    let operation = operation(&world, &key, &open).await;
    assert_eq!(
        (operation["state"].as_str(), operation["reason"].as_str()),
        (Some("unconfirmed"), Some("nothing_to_see"))
    );
    world.wake_after(24 * 60 * 60 * 1000).await;
    assert_eq!(world.x.requests_to("POST", "/2/lists").len(), 1);
}

#[tokio::test]
async fn looking_costs_money_and_can_be_switched_off_or_capped() {
    let (world, key) = world_with(&[("RECONCILE_READS_PER_DAY", "0")]).await;
    world.x.on("POST", "/2/tweets").break_off();
    let open = world.post("/v1/tweets", &key, json!({ "text": "one" })).await.expect_status(202);
    assert_eq!(open.json()["operation"]["state"], "unconfirmed");
    world.wake_after(SETTLE_MS).await;
    assert_eq!((looks(&world), sent(&world)), (0, 1));

    let (world, key) = world_with(&[("RECONCILE_READS_PER_DAY", "1")]).await;
    x_shows(
        &world,
        &json!([{ "id": "1", "text": "one" }, { "id": "2", "text": "two" }, { "id": "3", "text": "three" }]),
    );
    world.x.on("POST", "/2/tweets").always().break_off();
    let mut open = Vec::new();
    for text in ["one", "two"] {
        open.push(world.post("/v1/tweets", &key, json!({ "text": text })).await.expect_status(202));
    }
    world.wake_after(SETTLE_MS).await;
    assert_eq!(looks(&world), 1, "one look for both");
    for open in &open {
        assert_eq!(operation(&world, &key, open).await["state"], "done");
    }
    let third = world.post("/v1/tweets", &key, json!({ "text": "three" })).await.expect_status(202);
    world.wake_after(SETTLE_MS).await;
    let end = operation(&world, &key, &third).await;
    assert_eq!((end["reason"].as_str(), looks(&world)), (Some("not_looked"), 1));
}

#[tokio::test]
async fn a_write_whose_sender_died_is_seen_to_when_its_lease_is_over() {
    let (world, key) = world().await;
    let gate = Arc::new(Semaphore::new(0));
    world.x.on("POST", "/2/tweets").held(&gate).answer(201, json!({ "data": { "id": "1", "text": "one" } }));
    let dying = {
        let (world, key) = (world.clone(), key.clone());
        tokio::spawn(async move { send(&world, &key, "/v1/tweets", "a", &json!({ "text": "one" })).await })
    };
    while sent(&world) == 0 {
        tokio::task::yield_now().await;
    }
    dying.abort();
    world.forget_tasks();
    let world = world.another_isolate();
    x_shows(&world, &json!([{ "id": "1", "text": "one" }]));
    world.wake_after(LEASE_MS).await;
    assert_eq!(looks(&world), 0, "it may have left at the end of the lease");
    world.wake_after(SETTLE_MS).await;
    let replay = send(&world, &key, "/v1/tweets", "a", &json!({ "text": "one" })).await.expect_status(201);
    assert_eq!((replay.json()["data"]["id"].as_str(), sent(&world)), (Some("1"), 1));
}

#[tokio::test]
async fn a_thread_asked_for_again_goes_on_where_it_was_cut_off() {
    let (world, key) = world().await;
    let thread = json!({ "tweets": [{ "text": "one" }, { "text": "two" }, { "text": "three" }] });
    x_makes(&world, "1", "one");
    world.x.on("POST", "/2/tweets").break_off();
    let open = send(&world, &key, "/v1/tweets/thread", "t", &thread).await.expect_status(202);
    assert_eq!(open.json()["sent"], json!(["1"]));
    let shown = json!([{ "id": "2", "text": "two", "referenced_tweets": [{ "type": "replied_to", "id": "1" }] }]);
    x_shows(&world, &shown);
    world.wake_after(SETTLE_MS).await;
    x_makes(&world, "3", "three");
    let whole = send(&world, &key, "/v1/tweets/thread", "t", &thread).await.expect_status(201);
    let ids: Vec<Value> = whole.json()["data"].as_array().unwrap().iter().map(|sent| sent["id"].clone()).collect();
    assert_eq!((ids, sent(&world)), (vec![json!("1"), json!("2"), json!("3")], 3));
    let other = json!({ "tweets": [{ "text": "one" }, { "text": "two" }, { "text": "four" }] });
    send(&world, &key, "/v1/tweets/thread", "t", &other).await.problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn operations_are_listed_to_whom_they_concern() {
    let (world, key) = world().await;
    for id in ["1", "2", "3"] {
        x_makes(&world, id, id);
        world.post("/v1/tweets", &key, json!({ "text": id })).await.expect_status(201);
        world.clock.advance(1000);
    }
    let account = world.get("/v1/accounts", &key).await.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/accounts/{account}/operations");
    let page = world.get(&format!("{path}?limit=2"), &key).await.expect_status(200).json();
    let tweets = |page: &Value| -> Vec<String> {
        let all = page["data"].as_array().unwrap().iter();
        all.map(|one| one["answer"]["body"]["data"]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(tweets(&page), ["3", "2"]);
    let cursor = page["meta"]["next_cursor"].as_str().unwrap();
    let rest = world.get(&format!("{path}?limit=2&cursor={cursor}"), &key).await.expect_status(200).json();
    assert_eq!(tweets(&rest), ["1"]);
    let stranger = world.key(SCOPES).await;
    assert_eq!(world.get(&path, &stranger).await.expect_status(200).json()["data"], json!([]));
    let one = format!("/v1/operations/{}", page["data"][0]["id"].as_str().unwrap());
    world.get(&one, &stranger).await.problem(404, "operation-not-found");
    world.get("/v1/operations/op_app_0123456789abcdef", &key).await.problem(404, "operation-not-found");
    world.get("/v1/operations/nothing", &key).await.problem(404, "operation-not-found");
    world.request("DELETE", &one).key(&key).send().await.problem(409, "conflict");
}

#[tokio::test]
async fn the_sweep_sees_to_an_account_that_did_not_wake() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").break_off();
    let open = world.post("/v1/tweets", &key, json!({ "text": "one" })).await.expect_status(202);
    world.settle().await;
    x_shows(&world, &json!([{ "id": "1", "text": "one" }]));
    world.clock.advance(LEASE_MS + 120_000);
    world.app.tick(world.ports()).await;
    assert_eq!(operation(&world, &key, &open).await["state"], "done");
    let before = looks(&world);
    world.clock.advance(600_000);
    world.app.tick(world.ports()).await;
    assert_eq!(looks(&world), before, "there is nothing left to do");
}

#[tokio::test]
async fn what_does_the_same_twice_as_once_is_repeated_and_may_have_a_name_too() {
    let (world, key) = world().await;
    let path = format!("/2/users/{}/likes", ADA.id);
    world.x.on("POST", &path).break_off();
    world.x.on("POST", &path).answer(200, json!({ "data": { "liked": true } }));
    let body = json!({ "tweet_id": "7" });
    let liked = send(&world, &key, &path, "a", &body).await.expect_status(200);
    let again = send(&world, &key, &path, "a", &body).await.expect_status(200);
    assert_eq!((again.body, again.headers["idempotency-replayed"].to_str().unwrap()), (liked.body, "true"));
    assert_eq!(world.x.requests_to("POST", &path).len(), 2);
    world.x.on("POST", &path).times(3).break_off();
    let other = json!({ "tweet_id": "8" });
    send(&world, &key, &path, "b", &other).await.problem(502, "x-unavailable");
    world.x.on("POST", &path).answer(200, json!({ "data": { "liked": true } }));
    send(&world, &key, &path, "b", &other).await.expect_status(200);
}

#[tokio::test]
async fn an_object_out_of_reach_means_that_nothing_is_sent() {
    let (world, key) = world().await;
    x_makes(&world, "1", "warm");
    world.post("/v1/tweets", &key, json!({ "text": "warm" })).await.expect_status(201);
    world.settle().await;
    world.objects.set_down(true);
    let refused = world.post("/v1/tweets", &key, json!({ "text": "one" })).await;
    assert_eq!(refused.status, 503);
    assert_eq!(sent(&world), 1);
}

#[tokio::test]
async fn after_a_lost_answer_the_object_is_woken_when_it_is_time_to_look() {
    let (world, key) = world_with(&[("WRITE_LEASE_MS", "30000")]).await;
    world.x.on("POST", "/2/tweets").break_off();
    let asked = world.now();
    send(&world, &key, "/v1/tweets", "a", &json!({ "text": "a" })).await.expect_status(202);
    assert_eq!(world.objects.wakes_at(), Some(asked.plus_ms(60_000)), "not at the end of the lease");
}

/// X says with an answer that nothing is left for so many seconds.
async fn x_is_used_up(world: &World, key: &str, seconds: u64) {
    let reset = world.now().as_seconds() + seconds;
    let on = world.x.on("POST", "/2/tweets");
    let on = on.with_header("x-rate-limit-limit", "100").with_header("x-rate-limit-remaining", "0");
    let on = on.with_header("x-rate-limit-reset", &reset.to_string());
    on.answer(201, json!({ "data": { "id": "0", "text": "last" } }));
    world.post("/2/tweets", key, json!({ "text": "last" })).await.expect_status(201);
    world.settle().await;
}

#[tokio::test]
async fn a_write_that_may_wait_is_sent_when_its_window_opens_and_can_be_taken_back_until_then() {
    for path in FACES {
        let (world, key) = world().await;
        x_is_used_up(&world, &key, 600).await;
        world.post(path, &key, json!({ "text": "now" })).await.expect_status(429);
        let later = |text: &str| {
            let body = json!({ "text": text });
            world.request("POST", path).key(&key).header("prefer", "respond-async").json(&body)
        };
        let waiting = later("later").send().await.expect_status(202);
        assert_eq!(waiting.header("preference-applied"), "respond-async");
        assert_eq!(operation(&world, &key, &waiting).await["state"], "waiting");
        let regretted = later("never").send().await.expect_status(202);
        let id = regretted.json()["operation"]["id"].as_str().unwrap().to_owned();
        let taken_back = world.request("DELETE", &format!("/v1/operations/{id}")).key(&key).send().await;
        assert_eq!(taken_back.expect_status(200).json()["data"]["state"], "cancelled");
        world.wake_after(300_000).await;
        assert_eq!(sent(&world), 1, "the window is shut");
        x_makes(&world, "5", "later");
        world.wake_after(305_000).await;
        let done = operation(&world, &key, &waiting).await;
        assert_eq!((done["state"].as_str(), done["answer"]["body"]["data"]["id"].as_str()), (Some("done"), Some("5")));
        world.wake_after(3_600_000).await;
        assert_eq!(sent(&world), 2, "what was taken back is not sent");
    }
}

#[tokio::test]
async fn a_client_that_would_rather_wait_is_answered_when_the_window_opens_or_at_once() {
    let (world, key) = world().await;
    x_is_used_up(&world, &key, 8).await;
    let waiting = |seconds: u64| {
        let prefer = format!("wait={seconds}");
        world.request("POST", "/v1/tweets").key(&key).header("prefer", &prefer).json(&json!({ "text": "patient" }))
    };
    waiting(3).send().await.problem(429, "x-rate-limited");
    assert_eq!(sent(&world), 1);
    x_makes(&world, "5", "patient");
    let patient = tokio::spawn({
        let (world, key) = (world.clone(), key.clone());
        async move {
            let asking = world.request("POST", "/v1/tweets").key(&key).header("prefer", "wait=20");
            asking.json(&json!({ "text": "patient" })).send().await
        }
    });
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(sent(&world), 1, "the window is shut");
    world.clock.advance(10_000);
    assert_eq!(patient.await.unwrap().expect_status(201).json()["data"]["id"], "5");
}

#[tokio::test]
async fn the_last_calls_of_a_window_are_left_to_who_is_urgent() {
    let (world, key) = world().await;
    world.x.on("POST", "/2/tweets").always().answer(201, json!({ "data": { "id": "1", "text": "a" } }));
    let mut refused = 0;
    for number in 0..100 {
        let answer = world.post("/2/tweets", &key, json!({ "text": number.to_string() })).await;
        refused += usize::from(answer.status == 429);
    }
    assert_eq!((sent(&world), refused), (95, 5), "X publishes 100 in a quarter of an hour");
    for number in 0..6 {
        let urgent = world.request("POST", "/2/tweets").key(&key).header("perch-priority", "critical");
        let answer = urgent.json(&json!({ "text": "urgent" })).send().await;
        assert_eq!(answer.status, if number < 5 { 201 } else { 429 }, "{number}");
    }
    assert_eq!(sent(&world), 100);
}
