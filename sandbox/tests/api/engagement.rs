//! Likes, retweets, bookmarks and hidden replies.

use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn each_mark_is_made_once_and_removed_once() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let id = world.tweet(&alice, "mark me").await;
    for (path, member, kind) in
        [("likes", "liked", "like"), ("retweets", "retweeted", "retweet"), ("bookmarks", "bookmarked", "bookmark")]
    {
        let path = format!("/2/users/{ALICE}/{path}");
        for _ in 0..2 {
            let made = json(world.post(&path, &alice, &json!({"tweet_id": id})).send().await.unwrap()).await;
            assert_eq!(made["data"][member], true);
        }
        for _ in 0..2 {
            let gone = json(world.delete(&format!("{path}/{id}"), &alice).send().await.unwrap()).await;
            assert_eq!(gone, json!({"data": {member: false}}));
        }
        let effects = (world.effects(&format!("{kind}.create")).await, world.effects(&format!("{kind}.delete")).await);
        assert_eq!(effects, (1, 1), "{kind}");
    }
}

#[tokio::test]
async fn a_retweet_answers_with_its_rest_id_and_is_listed() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let id = world.tweet(&alice, "retweet me").await;
    let made =
        world.post(&format!("/2/users/{ALICE}/retweets"), &alice, &json!({"tweet_id": id})).send().await.unwrap();
    assert_eq!(json(made).await["data"]["rest_id"], id);
    let by = json(world.get(&format!("/2/tweets/{id}/retweeted_by"), &alice).send().await.unwrap()).await;
    assert_eq!(by["data"][0]["username"], "alice");
    let metrics =
        json(world.get(&format!("/2/tweets/{id}?tweet.fields=public_metrics"), &alice).send().await.unwrap()).await;
    assert_eq!(metrics["data"]["public_metrics"]["retweet_count"], 1);
}

#[tokio::test]
async fn liked_tweets_and_bookmarks_are_listed_to_their_owner() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let bob = world.connect("bob", ALL_SCOPES).await.access;
    let id = world.tweet(&alice, "keep me").await;
    for path in ["likes", "bookmarks"] {
        world.post(&format!("/2/users/{BOB}/{path}"), &bob, &json!({"tweet_id": id})).send().await.unwrap();
    }
    let liked = json(world.get(&format!("/2/users/{BOB}/liked_tweets"), &alice).send().await.unwrap()).await;
    assert_eq!(liked["data"][0]["id"], id);
    let kept = json(world.get(&format!("/2/users/{BOB}/bookmarks"), &bob).send().await.unwrap()).await;
    assert_eq!(kept["meta"]["result_count"], 1);
    let not_yours = world.get(&format!("/2/users/{BOB}/bookmarks"), &alice).send().await.unwrap();
    assert_eq!(not_yours.status(), 400);
}

#[tokio::test]
async fn a_foreign_id_a_missing_scope_and_a_missing_tweet_are_refused() {
    let world = World::start().await;
    let alice = world.connect("alice", "tweet.read users.read like.write").await.access;
    let post = async |path: String, body: Value| {
        let answer = world.post(&path, &alice, &body).send().await.unwrap();
        (answer.status().as_u16(), json(answer).await)
    };
    let (status, body) = post(format!("/2/users/{BOB}/likes"), json!({"tweet_id": "1"})).await;
    assert_eq!(status, 400);
    let message =
        format!("The `id` query parameter value [{BOB}] must be the same as the authenticating user [{ALICE}]");
    assert_eq!(body["errors"][0]["message"], message);
    assert_eq!(post(format!("/2/users/{ALICE}/retweets"), json!({"tweet_id": "1"})).await.0, 403);
    assert_eq!(post(format!("/2/users/{ALICE}/likes"), json!({"tweet_id": "1"})).await.0, 404);
}

#[tokio::test]
async fn the_starter_of_a_conversation_hides_replies() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let bob = world.connect("bob", ALL_SCOPES).await.access;
    let first = world.tweet(&alice, "start").await;
    let body = json!({"text": "answer", "reply": {"in_reply_to_tweet_id": first}});
    let reply = json(world.post("/2/tweets", &bob, &body).send().await.unwrap()).await;
    let path = world.url(&format!("/2/tweets/{}/hidden", reply["data"]["id"].as_str().unwrap()));
    let put =
        |token: &str, hidden: bool| world.http.put(&path).bearer_auth(token).json(&json!({"hidden": hidden})).send();
    assert_eq!(put(&bob, true).await.unwrap().status(), 403);
    assert_eq!(json(put(&alice, true).await.unwrap()).await, json!({"data": {"hidden": true}}));
    assert_eq!(json(put(&alice, false).await.unwrap()).await, json!({"data": {"hidden": false}}));
    assert_eq!((world.effects("reply.hide").await, world.effects("reply.unhide").await), (1, 1));
}
