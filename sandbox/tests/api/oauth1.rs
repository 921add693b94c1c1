//! OAuth 1.0a, signed here by code of its own.

use base64::Engine as _;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use sha1::Sha1;

use crate::client::*;

const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

/// An `Authorization` header for a request without query or form.
fn authorization(method: &str, url: &str, user_id: &str, nonce: &str, timestamp: u64) -> String {
    let fields = [
        ("oauth_consumer_key", "perch-consumer".to_owned()),
        ("oauth_nonce", nonce.to_owned()),
        ("oauth_signature_method", "HMAC-SHA1".to_owned()),
        ("oauth_timestamp", timestamp.to_string()),
        ("oauth_token", format!("{user_id}-oauth1")),
        ("oauth_version", "1.0".to_owned()),
    ];
    let parameters =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&");
    let base = format!("{method}&{}&{}", encoded(url), encoded(&parameters));
    let key = format!("perch-consumer-secret&{user_id}-oauth1-secret");
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(base.as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    let list: Vec<String> = fields.iter().map(|(name, value)| format!("{name}=\"{}\"", encoded(value))).collect();
    format!("OAuth {}, oauth_signature=\"{}\"", list.join(", "), encoded(&signature))
}

async fn now_s(world: &World) -> u64 {
    let clock = json(world.http.get(world.url("/_sandbox/clock")).send().await.unwrap()).await;
    clock["now_ms"].as_u64().unwrap() / 1000
}

async fn me(world: &World, header: &str) -> (u16, String) {
    let answer = world.http.get(world.url("/2/users/me")).header("authorization", header).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_signed_request_is_the_users_whatever_origin_was_signed() {
    let world = World::start().await;
    let now = now_s(&world).await;
    let origins = [world.url(""), "https://api.x.com".to_owned(), "https://api.twitter.com".to_owned()];
    for (nonce, origin) in origins.iter().enumerate() {
        let header = authorization("GET", &format!("{origin}/2/users/me"), BOB, &format!("n{nonce}"), now);
        let (status, body) = me(&world, &header).await;
        assert_eq!(status, 200, "{origin}");
        assert!(body.contains(BOB));
    }
}

#[tokio::test]
async fn a_nonce_works_once() {
    let world = World::start().await;
    let header = authorization("GET", &world.url("/2/users/me"), BOB, "once", now_s(&world).await);
    assert_eq!(me(&world, &header).await.0, 200);
    let said = me(&world, &header).await;
    assert_eq!(said, (401, r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#.to_owned()));
}

#[tokio::test]
async fn wrong_url_time_or_token_is_refused_in_the_words_of_x() {
    let world = World::start().await;
    let (now, url) = (now_s(&world).await, world.url("/2/users/me"));
    let elsewhere = authorization("GET", "https://example.com/2/users/me", BOB, "a", now);
    assert!(me(&world, &elsewhere).await.1.contains("\"code\":32"));
    let late = authorization("GET", &url, BOB, "b", now - 302);
    assert!(me(&world, &late).await.1.contains("\"code\":135"));
    let unknown = authorization("GET", &url, "99", "c", now);
    assert!(me(&world, &unknown).await.1.contains("\"code\":89"));
}

#[tokio::test]
async fn json_bodies_are_not_signed_and_bookmarks_want_oauth2() {
    let world = World::start().await;
    let now = now_s(&world).await;
    let tweet = authorization("POST", &world.url("/2/tweets"), ALICE, "d", now);
    let post = |path: &str, header: String, body: serde_json::Value| {
        world.http.post(world.url(path)).header("authorization", header).json(&body).send()
    };
    assert_eq!(post("/2/tweets", tweet, json!({"text": "signed"})).await.unwrap().status(), 201);
    let path = format!("/2/users/{ALICE}/bookmarks");
    let bookmark = authorization("POST", &world.url(&path), ALICE, "e", now);
    let refused = post(&path, bookmark, json!({"tweet_id": "1"})).await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("unsupported-authentication"));
}
