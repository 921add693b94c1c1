//! Whether the sandbox answers as X's OpenAPI file says, for every operation it serves.
//!
//! The file is not part of this project: where it is absent the test says so and passes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod divergence;
mod judge;
mod session;
mod spec;
#[cfg(test)]
mod table;

use serde_json::{Value, json};

use judge::Judge;
use spec::Spec;

const NONE: Value = Value::Null;

#[tokio::test]
async fn every_answer_is_one_that_the_specification_allows() {
    let Some(spec) = Spec::load() else {
        println!("skipped: {} is absent", Spec::path().display());
        return;
    };
    let mut x = Judge::start(spec).await;
    users(&mut x).await;
    tweets(&mut x).await;
    engagement(&mut x).await;
    follows(&mut x).await;
    streams(&mut x).await;
    pictures(&mut x).await;
    videos(&mut x).await;
    refusals(&mut x).await;
    x.finish();
}

async fn users(x: &mut Judge) {
    let me = x.get("/2/users/me", "?user.fields=created_at,public_metrics,description,verified").await;
    let id = me["data"]["id"].as_str().unwrap();
    x.get("/2/users", &format!("?ids={id},783214,999")).await;
    x.get("/2/users/by", "?usernames=alice,bob,nobody").await;
    x.ok("GET", "/2/users/by/username/{username}", "/2/users/by/username/bob", NONE).await;
    x.ok("GET", "/2/users/{id}", &format!("/2/users/{id}"), NONE).await;
    x.ok("GET", "/2/users/{id}", "/2/users/999", NONE).await;
}

async fn tweets(x: &mut Judge) {
    let me = x.my_id().await;
    let first = x.tweet(json!({"text": "a perch is a fish #fish @bob https://example.com"})).await;
    let reply = x.tweet(json!({"text": "and a seat", "reply": {"in_reply_to_tweet_id": first}})).await;
    let quote = x.tweet(json!({"text": "as said", "quote_tweet_id": first})).await;
    x.tweet(json!({"text": "which?", "poll": {"options": ["fish", "seat"], "duration_minutes": 5}})).await;
    let fields = "tweet.fields=author_id,created_at,conversation_id,public_metrics,referenced_tweets,entities\
                  &expansions=author_id,referenced_tweets.id";
    x.get("/2/tweets", &format!("?ids={first},{reply},{quote},999&{fields}")).await;
    x.ok("GET", "/2/tweets/{id}", &format!("/2/tweets/{reply}?{fields}"), NONE).await;
    x.ok("GET", "/2/tweets/{id}", "/2/tweets/999", NONE).await;
    x.get("/2/tweets/search/recent", &format!("?query=perch&{fields}")).await;
    x.ok("GET", "/2/users/{id}/tweets", &format!("/2/users/{me}/tweets?max_results=5&{fields}"), NONE).await;
    x.ok("GET", "/2/users/{id}/mentions", &format!("/2/users/783214/mentions?{fields}"), NONE).await;
    let path = format!("/2/tweets/{reply}/hidden");
    x.ok("PUT", "/2/tweets/{tweet_id}/hidden", &path, json!({"hidden": true})).await;
    x.ok("GET", "/2/tweets/{id}/quote_tweets", &format!("/2/tweets/{first}/quote_tweets?{fields}"), NONE).await;
    let home = "/2/users/{id}/timelines/reverse_chronological";
    x.ok("GET", home, &format!("/2/users/{me}/timelines/reverse_chronological?{fields}"), NONE).await;
    x.ok("DELETE", "/2/tweets/{id}", &format!("/2/tweets/{quote}"), NONE).await;
}

async fn engagement(x: &mut Judge) {
    let me = x.my_id().await;
    let tweet = x.tweet(json!({"text": "to be liked"})).await;
    let body = json!({"tweet_id": tweet});
    for noun in ["likes", "retweets", "bookmarks"] {
        x.ok("POST", &format!("/2/users/{{id}}/{noun}"), &format!("/2/users/{me}/{noun}"), body.clone()).await;
    }
    x.ok("GET", "/2/users/{id}/liked_tweets", &format!("/2/users/{me}/liked_tweets"), NONE).await;
    x.ok("GET", "/2/tweets/{id}/liking_users", &format!("/2/tweets/{tweet}/liking_users"), NONE).await;
    x.ok("GET", "/2/tweets/{id}/retweeted_by", &format!("/2/tweets/{tweet}/retweeted_by"), NONE).await;
    x.ok("GET", "/2/users/{id}/bookmarks", &format!("/2/users/{me}/bookmarks"), NONE).await;
    for (noun, name) in [("likes", "tweet_id"), ("retweets", "source_tweet_id"), ("bookmarks", "tweet_id")] {
        let path = format!("/2/users/{me}/{noun}/{tweet}");
        x.ok("DELETE", &format!("/2/users/{{id}}/{noun}/{{{name}}}"), &path, NONE).await;
    }
}

async fn follows(x: &mut Judge) {
    let me = x.my_id().await;
    let following = format!("/2/users/{me}/following");
    x.ok("POST", "/2/users/{id}/following", &following, json!({"target_user_id": "783214"})).await;
    x.ok("GET", "/2/users/{id}/following", &format!("{following}?user.fields=public_metrics"), NONE).await;
    x.ok("GET", "/2/users/{id}/followers", "/2/users/783214/followers", NONE).await;
    let unfollow = "/2/users/{source_user_id}/following/{target_user_id}";
    x.ok("DELETE", unfollow, &format!("{following}/783214"), NONE).await;
}

async fn streams(x: &mut Judge) {
    let fields = "?tweet.fields=author_id,created_at,public_metrics&expansions=author_id";
    x.first_line("/2/tweets/sample/stream", fields, json!({"text": "into the sample"})).await;
    let rules = "/2/tweets/search/stream/rules";
    let added = x.ok_as_app("POST", rules, json!({"add": [{"value": "fish", "tag": "fishes"}]})).await;
    x.ok_as_app("GET", rules, NONE).await;
    x.first_line("/2/tweets/search/stream", fields, json!({"text": "a fish for the filter"})).await;
    x.ok_as_app("POST", rules, json!({"delete": {"ids": [added["data"][0]["id"]]}})).await;
}

/// A GIF of 3 by 2 pixels, as far as its header goes.
const PICTURE: &str = "R0lGODlhAwACAAAAADs=";
/// The first box of an MP4.
const VIDEO: &str = "AAAAGGZ0eXBpc29tAAACAGlzb21tcDQyAAAACG1kYXQ=";
/// `WEBVTT`
const SUBTITLES: &str = "V0VCVlRUCg==";

async fn pictures(x: &mut Judge) {
    let body = json!({"media": PICTURE, "media_category": "tweet_image"});
    let picture = x.ok("POST", "/2/media/upload", "/2/media/upload", body).await;
    let id = picture["data"]["id"].clone();
    let body = json!({"id": id, "metadata": {"alt_text": {"text": "three by two pixels"}}});
    x.ok("POST", "/2/media/metadata", "/2/media/metadata", body).await;
    let tweet = x.tweet(json!({"text": "look", "media": {"media_ids": [id]}})).await;
    let query = "expansions=attachments.media_keys&media.fields=alt_text,url,width,height,type";
    x.ok("GET", "/2/tweets/{id}", &format!("/2/tweets/{tweet}?{query}"), NONE).await;
}

async fn videos(x: &mut Judge) {
    let body = json!({"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": 32});
    let begun = x.ok("POST", "/2/media/upload/initialize", "/2/media/upload/initialize", body).await;
    let id = begun["data"]["id"].as_str().unwrap();
    let path = format!("/2/media/upload/{id}/append");
    x.ok("POST", "/2/media/upload/{id}/append", &path, json!({"media": VIDEO, "segment_index": 0})).await;
    let path = format!("/2/media/upload/{id}/finalize");
    x.ok("POST", "/2/media/upload/{id}/finalize", &path, NONE).await;
    x.get("/2/media/upload", &format!("?command=STATUS&media_id={id}")).await;
    let track =
        x.ok("POST", "/2/media/upload", "/2/media/upload", json!({"media": SUBTITLES, "media_category": "subtitles"}));
    let track = track.await["data"]["id"].clone();
    let track = json!({"id": track, "language_code": "EN", "display_name": "English"});
    let body = json!({"id": id, "media_category": "TweetVideo", "subtitles": track});
    x.ok("POST", "/2/media/subtitles", "/2/media/subtitles", body).await;
    let body = json!({"id": id, "media_category": "TweetVideo", "language_code": "EN"});
    x.ok("DELETE", "/2/media/subtitles", "/2/media/subtitles", body).await;
}

async fn refusals(x: &mut Judge) {
    x.refused(400, "POST", "/2/tweets", json!({"text": ""})).await;
    x.refused(403, "POST", "/2/tweets", json!({"text": "a".repeat(281)})).await;
    x.refused(400, "GET", "/2/users/abc", NONE).await;
    x.refused(404, "GET", "/2/media/upload?media_id=1", NONE).await;
    x.refused(400, "POST", "/2/media/upload/initialize", json!({"media_type": "image/x", "total_bytes": 1})).await;
}
