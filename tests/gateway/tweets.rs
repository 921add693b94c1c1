//! Tweets, threads and what an account does with a tweet: checked before anything is sent, sent once, written down.

use perch::domain::{api_key::Scope, fault::Code};
use serde_json::{Value, json};

use super::{
    browser::{ADA, connect},
    world::{Answer, World},
};

const SCOPES: [Scope; 7] = [
    Scope::AccountsRead,
    Scope::AccountsWrite,
    Scope::TweetsRead,
    Scope::TweetsWrite,
    Scope::LikesWrite,
    Scope::RetweetsWrite,
    Scope::BookmarksWrite,
];

/// A world with a key whose default account is Ada's.
async fn world() -> (World, String) {
    let world = World::new();
    let key = world.key(SCOPES).await;
    connect(&world, &key, ADA).await;
    (world, key)
}

fn x_creates(world: &World, id: &str) {
    world.x.on("POST", "/2/tweets").answer(201, json!({ "data": { "id": id, "text": "as X has it" } }));
}

async fn tweet(world: &World, key: &str, body: Value) -> Answer {
    world.post("/v1/tweets", key, body).await
}

#[tokio::test]
async fn a_tweet_is_sent_as_it_is_written_and_answered_as_x_answers() {
    let (world, key) = world().await;
    x_creates(&world, "77");
    let body = json!({ "text": "Hello", "reply_settings": "following", "poll": { "options": ["a", "b"], "duration_minutes": 5 } });
    let answer = tweet(&world, &key, body.clone()).await.expect_status(201);
    assert_eq!(answer.json()["data"], json!({ "id": "77", "text": "as X has it" }));
    let sent = world.x.requests_to("POST", "/2/tweets");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].json(), body);
}

#[tokio::test]
async fn nothing_of_the_caller_s_head_reaches_x() {
    let (world, key) = world().await;
    x_creates(&world, "77");
    let asking = world.request("POST", "/v1/tweets").key(&key).json(&json!({ "text": "Hello" }));
    let asking = asking
        .header("cookie", "a=b")
        .header("x-forwarded-for", "203.0.113.7")
        .header("x-http-method-override", "DELETE");
    asking.send().await.expect_status(201);
    let sent = &world.x.requests_to("POST", "/2/tweets")[0];
    let mut names: Vec<&str> = sent.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "content-type", "traceparent", "user-agent"]);
}

#[tokio::test]
async fn every_broken_rule_is_told_at_once_and_x_is_not_asked() {
    let (world, key) = world().await;
    let body = json!({ "text": "a".repeat(281), "poll": { "options": ["a"], "duration_minutes": 1 }, "reply_settings": "nobody" });
    let answer = tweet(&world, &key, body).await;
    answer.problem(422, Code::InvalidFields.slug());
    let fields = answer.fields();
    for field in ["text", "poll.options", "poll.duration_minutes", "reply_settings"] {
        assert!(fields.iter().any(|named| named == field), "{field} is not among {fields:?}");
    }
    assert!(world.x.requests_to("POST", "/2/tweets").is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_tweet_is_refused_where_it_is_wrong() {
    let (world, key) = world().await;
    for body in [r#"{"txet":"a"}"#, r#"{"text":7}"#, r#"{"text":"a","text":"b"}"#, "[]", "{"] {
        let asking = world.request("POST", "/v1/tweets").key(&key).body("application/json", body.as_bytes().to_vec());
        asking.send().await.problem(400, Code::InvalidBody.slug());
    }
    assert!(world.x.requests_to("POST", "/2/tweets").is_empty());
}

#[tokio::test]
async fn each_tweet_of_a_thread_replies_to_the_one_before() {
    let (world, key) = world().await;
    for id in ["1", "2", "3"] {
        x_creates(&world, id);
    }
    let thread = json!({ "tweets": [{ "text": "one" }, { "text": "two" }, { "text": "three" }] });
    let answer = world.post("/v1/tweets/thread", &key, thread).await.expect_status(201);
    assert_eq!(answer.json()["data"][2], json!({ "id": "3", "text": "three" }));
    let replies: Vec<Value> = world
        .x
        .requests_to("POST", "/2/tweets")
        .iter()
        .map(|sent| sent.json()["reply"]["in_reply_to_tweet_id"].clone())
        .collect();
    assert_eq!(replies, [Value::Null, json!("1"), json!("2")]);
}

#[tokio::test]
async fn a_thread_that_x_cuts_off_names_the_tweets_that_stand() {
    let (world, key) = world().await;
    x_creates(&world, "1");
    let duplicate = json!({ "title": "Forbidden", "status": 403, "type": "about:blank",
        "detail": "You are not allowed to create a Tweet with duplicate content." });
    world.x.on("POST", "/2/tweets").answer(403, duplicate);
    let thread = json!({ "tweets": [{ "text": "one" }, { "text": "two" }] });
    let answer = world.post("/v1/tweets/thread", &key, thread).await;
    answer.problem(409, Code::DuplicateTweet.slug());
    assert_eq!(answer.json()["partial"], json!([{ "id": "1", "text": "one" }]));
}

#[tokio::test]
async fn likes_retweets_and_bookmarks_speak_for_the_account() {
    let (world, key) = world().await;
    for (noun, x, answer) in
        [("like", "likes", "liked"), ("retweet", "retweets", "retweeted"), ("bookmark", "bookmarks", "bookmarked")]
    {
        let done = json!({ "data": { answer: true } });
        world.x.on("POST", &format!("/2/users/1001/{x}")).answer(200, done.clone());
        world.x.on("DELETE", &format!("/2/users/1001/{x}/5")).answer(200, json!({ "data": { answer: false } }));
        let path = format!("/v1/tweets/5/{noun}");
        let put = world.request("PUT", &path).key(&key).send().await.expect_status(200);
        assert_eq!(put.json(), done);
        assert_eq!(world.x.requests_to("POST", &format!("/2/users/1001/{x}"))[0].json(), json!({ "tweet_id": "5" }));
        world.request("DELETE", &path).key(&key).send().await.expect_status(200);
    }
    world.x.on("PUT", "/2/tweets/5/hidden").times(2).answer(200, json!({ "data": { "hidden": true } }));
    world.request("PUT", "/v1/tweets/5/hidden").key(&key).send().await.expect_status(200);
    world.request("DELETE", "/v1/tweets/5/hidden").key(&key).send().await.expect_status(200);
    let hidden: Vec<Value> =
        world.x.requests_to("PUT", "/2/tweets/5/hidden").iter().map(|sent| sent.json()["hidden"].clone()).collect();
    assert_eq!(hidden, [true, false]);
}

#[tokio::test]
async fn a_key_without_the_scope_learns_nothing_and_does_nothing() {
    let (world, _) = world().await;
    let reader = world.key([Scope::TweetsRead]).await;
    tweet(&world, &reader, json!({ "text": "Hello" })).await.problem(403, Code::MissingScope.slug());
    for noun in ["like", "retweet", "bookmark", "hidden"] {
        let path = format!("/v1/tweets/5/{noun}");
        world.request("PUT", &path).key(&reader).send().await.problem(403, Code::MissingScope.slug());
    }
    assert!(world.x.requests_to("POST", "/2/tweets").is_empty());
}

#[tokio::test]
async fn what_is_no_tweet_id_reaches_nobody() {
    let (world, key) = world().await;
    for id in ["abc", "12345678901234567890", "-1"] {
        world.get(&format!("/v1/tweets/{id}"), &key).await.problem(400, Code::InvalidRequest.slug());
    }
}

#[tokio::test]
async fn a_tweet_leaves_an_audit_row_with_a_hash_and_no_text() {
    let (world, key) = world().await;
    world.settle().await;
    world.queue.take();
    x_creates(&world, "77");
    tweet(&world, &key, json!({ "text": "a secret plan" })).await.expect_status(201);
    world.settle().await;
    let rows = world.queue.take();
    assert_eq!(rows.len(), 1);
    let row = serde_json::to_string(&rows[0]).unwrap();
    assert!(
        row.contains(r#""action":"tweet.create""#)
            && row.contains(r#""target":"77""#)
            && row.contains(r#""outcome":"ok""#)
    );
    // printf 'a secret plan' | sha256sum
    assert_eq!(
        rows[0].text_sha256.as_deref(),
        Some(&*hex::encode(<sha2::Sha256 as sha2::Digest>::digest("a secret plan")))
    );
    assert!(!row.contains("secret plan"));
}
