//! Creating, finding and deleting tweets.

use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn a_tweet_is_created_found_and_deleted() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let id = world.tweet(&alice, "hello").await;
    let path = format!("/2/tweets/{id}?tweet.fields=author_id,created_at&expansions=author_id&user.fields=verified");
    let found = json(world.get(&path, &alice).send().await.unwrap()).await;
    assert_eq!(found["data"]["text"], "hello");
    assert_eq!(found["data"]["author_id"], ALICE);
    assert_eq!(found["includes"]["users"][0]["username"], "alice");
    let deleted = json(world.delete(&format!("/2/tweets/{id}"), &alice).send().await.unwrap()).await;
    assert_eq!(deleted, json!({"data": {"deleted": true}}));
    let gone = world.get(&format!("/2/tweets/{id}"), &alice).send().await.unwrap();
    assert_eq!(gone.status(), 200, "a single missing tweet is 200 with only errors");
    let gone = json(gone).await;
    assert!(gone.get("data").is_none());
    assert_eq!(gone["errors"][0]["detail"], format!("Could not find tweet with id: [{id}]."));
    assert_eq!((world.effects("tweet.create").await, world.effects("tweet.delete").await), (1, 1));
}

#[tokio::test]
async fn a_duplicate_is_refused_for_a_day_unless_deleted_or_switched_off() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let bob = world.connect("bob", ALL_SCOPES).await.access;
    let same = json!({"text": "same"});
    let id = world.tweet(&alice, "same").await;
    let refused = world.post("/2/tweets", &alice, &same).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(header(&refused, "content-type"), "application/problem+json");
    assert_eq!(json(refused).await["detail"], "You are not allowed to create a Tweet with duplicate content.");
    assert_eq!(world.post("/2/tweets", &bob, &same).send().await.unwrap().status(), 201, "another author");
    world.delete(&format!("/2/tweets/{id}"), &alice).send().await.unwrap();
    world.tweet(&alice, "same").await;
    world.control("rules", json!({"refuse_duplicates": false})).await;
    world.tweet(&alice, "same").await;
}

#[tokio::test]
async fn what_is_too_long_or_answers_nothing_is_refused() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let refused = async |body: Value| {
        let answer = world.post("/2/tweets", &alice, &body).send().await.unwrap();
        (answer.status().as_u16(), json(answer).await["detail"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        refused(json!({"text": "あ".repeat(141)})).await,
        (403, "You are not permitted to perform this action.".into())
    );
    assert_eq!(
        refused(json!({"text": "re", "reply": {"in_reply_to_tweet_id": "1"}})).await,
        (403, "You attempted to reply to a Tweet that is deleted or not visible to you.".into())
    );
    assert_eq!(refused(json!({"text": "a", "media": {"media_ids": ["1"]}})).await.0, 400);
    assert_eq!(refused(json!({"text": "a", "surprise": 1})).await.0, 400);
    assert_eq!(world.effects("tweet.create").await, 0);
    world.tweet(&alice, &"あ".repeat(140)).await;
}

#[tokio::test]
async fn self_serve_rules_can_be_switched_on() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let bob = world.connect("bob", ALL_SCOPES).await.access;
    world.control("rules", json!({"summoned_replies_only": true, "refuse_quotes": true})).await;
    let reply = |id: &str| json!({"text": format!("to {id}"), "reply": {"in_reply_to_tweet_id": id}});
    let unsummoned = world.tweet(&alice, "to everyone").await;
    let summoned = world.tweet(&alice, "to @bob").await;
    assert_eq!(world.post("/2/tweets", &bob, &reply(&unsummoned)).send().await.unwrap().status(), 403);
    assert_eq!(world.post("/2/tweets", &bob, &reply(&summoned)).send().await.unwrap().status(), 201);
    let quote = json!({"text": "look", "quote_tweet_id": summoned});
    assert_eq!(world.post("/2/tweets", &bob, &quote).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn many_are_looked_up_at_once_and_the_missing_are_named() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let id = world.tweet(&alice, "one").await;
    let both = json(world.get(&format!("/2/tweets?ids={id},456"), &alice).send().await.unwrap()).await;
    assert_eq!(both["data"][0]["id"], id);
    assert_eq!(both["errors"][0]["resource_id"], "456");
    let wrong = world.get("/2/tweets?ids=abc", &alice).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    let unknown_field = world.get(&format!("/2/tweets/{id}?tweet.fields=secrets"), &alice).send().await.unwrap();
    assert_eq!(unknown_field.status(), 400);
}

#[tokio::test]
async fn a_timeline_is_paged_newest_first() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    for number in 0..7 {
        world.tweet(&alice, &format!("number {number}")).await;
    }
    let path = format!("/2/users/{ALICE}/tweets?max_results=5");
    let first = json(world.get(&path, &alice).send().await.unwrap()).await;
    assert_eq!(first["data"][0]["text"], "number 6");
    assert_eq!(first["meta"]["result_count"], 5);
    let token = first["meta"]["next_token"].as_str().unwrap();
    let second = json(world.get(&format!("{path}&pagination_token={token}"), &alice).send().await.unwrap()).await;
    assert_eq!(second["data"][1]["text"], "number 0");
    assert!(second["meta"].get("next_token").is_none());
    let since = format!("/2/users/{ALICE}/tweets?since_id={}", first["data"][1]["id"].as_str().unwrap());
    assert_eq!(json(world.get(&since, &alice).send().await.unwrap()).await["meta"]["result_count"], 1);
    assert_eq!(
        world.get(&format!("/2/users/{ALICE}/tweets?max_results=4"), &alice).send().await.unwrap().status(),
        400
    );
}

#[tokio::test]
async fn mentions_and_search_find_tweets() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    world.tweet(&alice, "good morning @bob").await;
    world.tweet(&alice, "good night").await;
    let mentions = json(world.get(&format!("/2/users/{BOB}/mentions"), &alice).send().await.unwrap()).await;
    assert_eq!(mentions["meta"]["result_count"], 1);
    let count = async |query: &str| {
        let path = format!("/2/tweets/search/recent?{}", encode(&[("query", query)]));
        json(world.get(&path, &alice).send().await.unwrap()).await["meta"]["result_count"].clone()
    };
    assert_eq!(count("from:alice good").await, 2);
    assert_eq!(count("from:alice good -night").await, 1);
    assert_eq!(count("from:bob").await, 0);
    assert_eq!(world.get("/2/tweets/search/recent", &alice).send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn only_the_author_deletes() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let bob = world.connect("bob", ALL_SCOPES).await.access;
    let id = world.tweet(&alice, "mine").await;
    assert_eq!(world.delete(&format!("/2/tweets/{id}"), &bob).send().await.unwrap().status(), 403);
    assert_eq!(world.delete("/2/tweets/1", &bob).send().await.unwrap().status(), 404);
    assert_eq!(world.effects("tweet.delete").await, 0);
}

#[tokio::test]
async fn media_are_included_with_the_asked_fields() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let gif = json!({"media": "R0lGODlhAwACAAAAADs=", "media_category": "tweet_image"});
    let uploaded = json(world.post("/2/media/upload", &alice, &gif).send().await.unwrap()).await;
    let (media_id, media_key) = (&uploaded["data"]["id"], &uploaded["data"]["media_key"]);
    let alt_text = json!({"id": media_id, "metadata": {"alt_text": {"text": "three by two"}}});
    world.post("/2/media/metadata", &alice, &alt_text).send().await.unwrap();
    let tweet = json!({"text": "look", "media": {"media_ids": [media_id]}});
    let id = text(&json(world.post("/2/tweets", &alice, &tweet).send().await.unwrap()).await["data"]["id"]);
    let get = async |query: &str| {
        json(
            world
                .get(&format!("/2/tweets/{id}?expansions=attachments.media_keys{query}"), &alice)
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    let plain = get("").await;
    assert_eq!(plain["data"]["attachments"]["media_keys"], json!([media_key]));
    assert_eq!(plain["includes"]["media"], json!([{"media_key": media_key, "type": "photo"}]));
    let full = get("&media.fields=alt_text,url,width").await;
    let medium = &full["includes"]["media"][0];
    assert_eq!((&medium["alt_text"], &medium["width"]), (&json!("three by two"), &json!(3)));
    assert!(medium["url"].as_str().unwrap().ends_with(&format!("{}.jpg", media_id.as_str().unwrap())));
    assert!(get("&media.fields=secrets").await["errors"][0]["message"].as_str().unwrap().contains("media.fields"));
}

#[tokio::test]
async fn a_text_is_shown_as_x_shows_it() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let gif = json!({"media": "R0lGODlhAwACAAAAADs=", "media_category": "tweet_image"});
    let uploaded = json(world.post("/2/media/upload", &alice, &gif).send().await.unwrap()).await;
    let media_id = &uploaded["data"]["id"];
    let sent = "e\u{301} < a & b > example.com/x and https://example.org";
    let tweet = json!({"text": sent, "media": {"media_ids": [media_id]}});
    let created = json(world.post("/2/tweets", &alice, &tweet).send().await.unwrap()).await;
    let id = text(&created["data"]["id"]);
    let bare = json(world.get(&format!("/2/tweets/{id}"), &alice).send().await.unwrap()).await;
    assert!(bare["data"]["entities"].is_null(), "nobody asked for them");
    let found = json(world.get(&format!("/2/tweets/{id}?tweet.fields=entities"), &alice).send().await.unwrap()).await;
    let shown = text(&found["data"]["text"]);
    assert_eq!(created["data"]["text"], found["data"]["text"], "the answer to the sender shows it so, too");
    let urls = found["data"]["entities"]["urls"].as_array().unwrap();
    let expanded: Vec<&str> = urls.iter().filter_map(|url| url["expanded_url"].as_str()).collect();
    let photo = format!("https://x.com/alice/status/{id}/photo/1");
    assert_eq!(expanded, ["http://example.com/x", "https://example.org", &photo]);
    let short: Vec<&str> = urls.iter().filter_map(|url| url["url"].as_str()).collect();
    assert!(short.iter().all(|url| url.starts_with("https://t.co/")), "{short:?}");
    assert_eq!(shown, format!("\u{e9} &lt; a &amp; b &gt; {} and {} {}", short[0], short[1], short[2]));
    let effects = world.ledger().await["effects"].as_array().unwrap().clone();
    assert!(effects.iter().any(|effect| effect["text"] == sent), "the ledger has what was sent");
}
