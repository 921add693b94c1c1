//! Tweets: sent, answered, threaded, looked up, deleted; what X has done is read in its ledger.

use perch_e2e::Stack;
use serde_json::{Value, json};

async fn a_tweet_is_sent_looked_up_and_deleted(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let sent = app.client.post("/v1/tweets", &json!({"text": "hello, world"})).await.must(201);
    let (id, path) = (sent.text("/data/id"), format!("/v1/tweets/{}", sent.text("/data/id")));
    assert_eq!(sent.text("/data/text"), "hello, world");
    let found = app.client.get(&path).await.must(200);
    assert_eq!(found.text("/data/text"), "hello, world");
    let deleted = app.client.delete(&path).await.must(200).json();
    assert_eq!(deleted["data"]["deleted"], true);
    let _gone = app.client.get(&path).await.must_be_problem(404, "tweet-not-found");
    let ledger = stack.sandbox.ledger_since(mark).await;
    for kind in ["tweet.create", "tweet.delete"] {
        let effects: Vec<_> = ledger.effects_of(kind, &app.user).collect();
        assert_eq!(effects.len(), 1);
        assert_eq!(effects[0].details["tweet_id"], *id);
    }
}

async fn a_reply_hangs_below_its_tweet(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let first = app.client.post("/v1/tweets", &json!({"text": "a question"})).await.must(201).text("/data/id");
    let body = json!({"text": "an answer", "reply": {"in_reply_to_tweet_id": first}});
    let mark = stack.sandbox.mark().await;
    let _reply = app.client.post("/v1/tweets", &body).await.must(201);
    let ledger = stack.sandbox.ledger_since(mark).await;
    let sent = ledger.requests_to("POST", "/2/tweets").next().expect("X saw the reply");
    let sent: Value = serde_json::from_str(sent.body.as_deref().unwrap_or_default()).expect("JSON");
    assert_eq!(sent["reply"]["in_reply_to_tweet_id"], *first);
}

async fn a_thread_is_a_chain_of_replies(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let thread = json!({"tweets": [{"text": "one"}, {"text": "two"}, {"text": "three"}]});
    let sent = app.client.post("/v1/tweets/thread", &thread).await.must(201).json();
    let ids: Vec<&str> =
        sent["data"].as_array().into_iter().flatten().filter_map(|tweet| tweet["id"].as_str()).collect();
    assert_eq!(ids.len(), 3);
    let ledger = stack.sandbox.ledger_since(mark).await;
    let bodies: Vec<Value> = ledger
        .requests_to("POST", "/2/tweets")
        .map(|seen| serde_json::from_str(seen.body.as_deref().unwrap_or_default()).expect("JSON"))
        .collect();
    let texts: Vec<_> = bodies.iter().map(|body| body["text"].as_str()).collect();
    assert_eq!(texts, [Some("one"), Some("two"), Some("three")]);
    assert_eq!(bodies[1]["reply"]["in_reply_to_tweet_id"], *ids[0]);
    assert_eq!(bodies[2]["reply"]["in_reply_to_tweet_id"], *ids[1]);
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 3);
}

async fn a_thread_with_a_bad_tweet_is_not_begun(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let thread = json!({"tweets": [{"text": "one"}, {"text": "x".repeat(281)}]});
    let _refused = app.client.post("/v1/tweets/thread", &thread).await.must_be_problem(422, "invalid-fields");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn the_same_text_twice_is_refused_by_x_and_told_as_that(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let body = json!({"text": "only once"});
    let _sent = app.client.post("/v1/tweets", &body).await.must(201);
    let refused = app.client.post("/v1/tweets", &body).await.must_be_problem(409, "duplicate-tweet");
    assert_eq!(refused.json()["upstream"]["status"], 403);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("tweet.create", &app.user).count(), 1);
}

async fn a_tweet_that_is_too_long_is_not_sent(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let refused = app.client.post("/v1/tweets", &json!({"text": "ü".repeat(281)})).await;
    let refused = refused.must_be_problem(422, "invalid-fields").json();
    assert_eq!(refused["fields"][0]["field"], "text");
    let both = json!({"text": "a", "poll": {"options": ["a"], "duration_minutes": 1}, "quote_tweet_id": "1"});
    let _refused = app.client.post("/v1/tweets", &both).await.must_be_problem(422, "invalid-fields");
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

crate::trials!(
    a_tweet_is_sent_looked_up_and_deleted,
    a_reply_hangs_below_its_tweet,
    a_thread_is_a_chain_of_replies,
    a_thread_with_a_bad_tweet_is_not_begun,
    the_same_text_twice_is_refused_by_x_and_told_as_that,
    a_tweet_that_is_too_long_is_not_sent,
);
