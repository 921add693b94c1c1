//! Follows, and the timelines that come of them.

use serde_json::{Value, json};

use crate::client::*;

const SCOPES: &str = "follows.read follows.write tweet.read tweet.write users.read";
const CAROL: &str = "1330457336642625536";

async fn get(world: &World, path: &str, token: &str) -> Value {
    json(world.get(path, token).send().await.unwrap()).await
}

#[tokio::test]
async fn a_user_is_followed_once_and_unfollowed_once() {
    let world = World::start().await;
    let alice = world.connect("alice", SCOPES).await.access;
    let path = format!("/2/users/{ALICE}/following");
    for _ in 0..2 {
        let answer = world.post(&path, &alice, &json!({"target_user_id": BOB})).send().await.unwrap();
        assert_eq!(json(answer).await, json!({"data": {"following": true, "pending_follow": false}}));
    }
    assert_eq!(get(&world, &path, &alice).await["data"][0]["id"], BOB);
    let followers = get(&world, &format!("/2/users/{BOB}/followers"), &alice).await;
    assert_eq!((&followers["data"][0]["id"], &followers["meta"]["result_count"]), (&json!(ALICE), &json!(1)));
    let bob = get(&world, &format!("/2/users/{BOB}?user.fields=public_metrics"), &alice).await;
    assert_eq!(bob["data"]["public_metrics"]["followers_count"], 1);
    for _ in 0..2 {
        let answer = world.delete(&format!("{path}/{BOB}"), &alice).send().await.unwrap();
        assert_eq!(json(answer).await, json!({"data": {"following": false}}));
    }
    assert_eq!((world.effects("follow.create").await, world.effects("follow.delete").await), (1, 1));
}

#[tokio::test]
async fn nobody_follows_themselves_a_stranger_or_for_others() {
    let world = World::start().await;
    let alice = world.connect("alice", SCOPES).await.access;
    let status = async |user: &str, target: &str| {
        let body = json!({"target_user_id": target});
        world.post(&format!("/2/users/{user}/following"), &alice, &body).send().await.unwrap().status().as_u16()
    };
    assert_eq!((status(ALICE, ALICE).await, status(ALICE, "1").await, status(BOB, CAROL).await), (403, 404, 400));
    let foreign = world.delete(&format!("/2/users/{BOB}/following/{CAROL}"), &alice).send().await.unwrap();
    assert_eq!(foreign.status(), 400);
}

#[tokio::test]
async fn followed_users_come_page_by_page() {
    let world = World::start().await;
    let alice = world.connect("alice", SCOPES).await.access;
    let path = format!("/2/users/{ALICE}/following");
    for target in [BOB, CAROL] {
        world.post(&path, &alice, &json!({"target_user_id": target})).send().await.unwrap();
    }
    let first = get(&world, &format!("{path}?max_results=1"), &alice).await;
    assert_eq!(first["data"][0]["id"], CAROL);
    let token = first["meta"]["next_token"].as_str().unwrap();
    let second = get(&world, &format!("{path}?max_results=1&pagination_token={token}"), &alice).await;
    assert_eq!(second["data"][0]["id"], BOB);
    assert!(second["meta"].get("next_token").is_none());
}

#[tokio::test]
async fn the_home_timeline_holds_ones_own_and_the_followed() {
    let world = World::start().await;
    let alice = world.connect("alice", SCOPES).await.access;
    let (bob, carol) = (world.connect("bob", SCOPES).await.access, world.connect("carol", SCOPES).await.access);
    for (token, words) in [(&alice, "mine"), (&bob, "followed"), (&carol, "not followed")] {
        world.tweet(token, words).await;
    }
    world.post(&format!("/2/users/{ALICE}/following"), &alice, &json!({"target_user_id": BOB})).send().await.unwrap();
    let path = format!("/2/users/{ALICE}/timelines/reverse_chronological");
    let home = get(&world, &path, &alice).await;
    let texts: Vec<&Value> = home["data"].as_array().unwrap().iter().map(|tweet| &tweet["text"]).collect();
    assert_eq!(texts, ["followed", "mine"]);
    assert_eq!(world.get(&path, &bob).send().await.unwrap().status(), 400, "only one's own");
}

#[tokio::test]
async fn quotes_are_listed_newest_first() {
    let world = World::start().await;
    let alice = world.connect("alice", SCOPES).await.access;
    let id = world.tweet(&alice, "quotable").await;
    for words in ["once", "twice"] {
        let quote = json!({"text": words, "quote_tweet_id": id});
        world.post("/2/tweets", &alice, &quote).send().await.unwrap();
    }
    let quotes = get(&world, &format!("/2/tweets/{id}/quote_tweets"), &alice).await;
    assert_eq!((&quotes["data"][0]["text"], &quotes["meta"]["result_count"]), (&json!("twice"), &json!(2)));
    assert_eq!(world.get("/2/tweets/1/quote_tweets", &alice).send().await.unwrap().status(), 404);
}
