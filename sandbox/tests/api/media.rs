//! Uploads, from the first byte to the tweet that carries them.

use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::client::*;

const MIB: usize = 1024 * 1024;
/// The first box of an MP4.
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42\0\0\0\x08mdat";
/// A GIF of 3 by 2 pixels, as far as its header goes, in base64.
const GIF_BASE64: &str = "R0lGODlhAwACAAAAADs=";
/// The SHA-256 of that GIF.
const GIF_SHA256: &str = "b8fb65a2d0cc28345f187165e68eda5f05d7372be287aa021c86c6fcf4b646d4";

/// A request with a `multipart/form-data` body of texts and one file, `media`.
fn multipart(request: RequestBuilder, texts: &[(&str, &str)], media: &[u8]) -> RequestBuilder {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend_from_slice(part(name, "").as_bytes());
        body.extend_from_slice(text.as_bytes());
    }
    body.extend_from_slice(part("media", "; filename=\"blob\"").as_bytes());
    body.extend_from_slice(media);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    request.header("content-type", "multipart/form-data; boundary=limit").body(body)
}

fn part(name: &str, more: &str) -> String {
    format!("\r\n--limit\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
}

async fn initialize(world: &World, token: &str, total_bytes: usize) -> String {
    let body = json!({"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": total_bytes});
    let answer = world.post("/2/media/upload/initialize", token, &body);
    text(&json(answer.send().await.unwrap()).await["data"]["id"])
}

async fn append(world: &World, token: &str, id: &str, index: usize, segment: &[u8]) -> Response {
    let request = world.http.post(world.url(&format!("/2/media/upload/{id}/append")));
    let texts = [("segment_index", index.to_string())];
    let texts = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
    multipart(request.bearer_auth(token), &texts, segment).send().await.unwrap()
}

async fn finalize(world: &World, token: &str, id: &str) -> Response {
    let request = world.http.post(world.url(&format!("/2/media/upload/{id}/finalize")));
    request.bearer_auth(token).send().await.unwrap()
}

async fn state(world: &World, token: &str, id: &str) -> Value {
    let path = format!("/2/media/upload?command=STATUS&media_id={id}");
    json(world.get(&path, token).send().await.unwrap()).await["data"]["processing_info"]["state"].clone()
}

#[tokio::test]
async fn a_video_in_two_segments_is_processed_and_posted() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let mut video = MP4.to_vec();
    video.resize(MIB + 5, 7);
    let id = initialize(&world, &alice, video.len()).await;
    for (index, segment) in video.chunks(MIB).enumerate().rev() {
        assert_eq!(append(&world, &alice, &id, index, segment).await.status(), 200);
    }
    let made = json(finalize(&world, &alice, &id).await).await;
    assert_eq!(made["data"]["processing_info"]["state"], "pending");
    let body = json!({"text": "look", "media": {"media_ids": [id]}});
    let early = world.post("/2/tweets", &alice, &body).send().await.unwrap();
    assert_eq!(early.status(), 400);
    world.control("clock", json!({"advance_ms": 2_000})).await;
    assert_eq!(state(&world, &alice, &id).await, "succeeded");
    let posted = world.post("/2/tweets", &alice, &body).send().await.unwrap();
    assert_eq!(posted.status(), 201);
}

#[tokio::test]
async fn a_segment_above_5_mib_meets_an_empty_413() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let id = initialize(&world, &alice, 20 * MIB).await;
    let refused = append(&world, &alice, &id, 0, &vec![0; 5 * MIB + 1]).await;
    assert_eq!(refused.status(), 413);
    assert!(refused.bytes().await.unwrap().is_empty());
    assert_eq!(append(&world, &alice, &id, 0, &vec![0; 5 * MIB]).await.status(), 200);
}

#[tokio::test]
async fn multipart_and_base64_make_the_same_medium() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let body = json!({"media": GIF_BASE64, "media_category": "tweet_image"});
    let as_json = world.post("/2/media/upload", &alice, &body).send().await.unwrap();
    assert_eq!(as_json.status(), 200);
    let request = world.http.post(world.url("/2/media/upload")).bearer_auth(&alice);
    let gif = b"GIF89a\x03\0\x02\0\0\0\0;";
    let raw = multipart(request, &[("media_category", "tweet_image")], gif);
    assert_eq!(raw.send().await.unwrap().status(), 200);
    let ledger = world.ledger().await;
    let effects = ledger["effects"].as_array().unwrap().iter();
    let made: Vec<&Value> = effects.filter(|effect| effect["kind"] == "media.create").collect();
    assert_eq!(made.len(), 2);
    for effect in made {
        assert_eq!(effect["sha256"], GIF_SHA256);
        assert_eq!((&effect["bytes"], &effect["media_type"]), (&json!(14), &json!("image/gif")));
    }
}

#[tokio::test]
async fn processing_fails_when_told_to() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    world.control("rules", json!({"media_processing_ms": 0, "media_processing_fails": true})).await;
    let id = initialize(&world, &alice, MP4.len()).await;
    append(&world, &alice, &id, 0, MP4).await;
    let made = json(finalize(&world, &alice, &id).await).await;
    assert_eq!(made["data"]["processing_info"]["error"]["name"], "InvalidMedia");
}

#[tokio::test]
async fn media_need_their_scope_and_their_owner() {
    let world = World::start().await;
    let reader = world.connect("alice", "tweet.read users.read").await.access;
    let body = json!({"media": GIF_BASE64, "media_category": "tweet_image"});
    let refused = world.post("/2/media/upload", &reader, &body).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let bob = world.connect("bob", ALL_SCOPES).await.access;
    let made = json(world.post("/2/media/upload", &alice, &body).send().await.unwrap()).await;
    let post = json!({"text": "mine", "media": {"media_ids": [made["data"]["id"]]}});
    assert_eq!(world.post("/2/tweets", &bob, &post).send().await.unwrap().status(), 400);
    assert_eq!(world.post("/2/tweets", &alice, &post).send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn a_body_that_is_no_upload_is_refused() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    for wrong in [
        json!({}),
        json!({"media": "not base64!", "media_category": "tweet_image"}),
        json!({"media": "Z2FyYmFnZQ==", "media_category": "tweet_image"}),
        json!({"media": GIF_BASE64}),
        json!({"media": GIF_BASE64, "media_category": "tweet_image", "unknown": 1}),
    ] {
        let refused = world.post("/2/media/upload", &alice, &wrong).send().await.unwrap();
        assert_eq!(refused.status(), 400, "{wrong}");
    }
    let request = world.http.post(world.url("/2/media/upload")).bearer_auth(&alice);
    let cut = request.header("content-type", "multipart/form-data; boundary=limit").body("--limit\r\n");
    assert_eq!(cut.send().await.unwrap().status(), 400);
    assert_eq!(world.effects("media.create").await, 0);
}
