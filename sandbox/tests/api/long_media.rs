//! A long video, byte for byte, and what is said about a picture.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::client::*;

const MIB: usize = 1024 * 1024;
/// The first box of an MP4.
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42\0\0\0\x08mdat";

/// A picture of one pixel.
fn png() -> Vec<u8> {
    let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(base64).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// A form of text fields and one file called `media`.
fn multipart(fields: &[(&str, &str)], media: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--seam\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(b"--seam\r\ncontent-disposition: form-data; name=\"media\"; filename=\"m\"\r\n\r\n");
    body.extend_from_slice(media);
    body.extend_from_slice(b"\r\n--seam--\r\n");
    body
}

async fn send_parts(
    world: &World,
    token: &str,
    path: &str,
    fields: &[(&str, &str)],
    media: &[u8],
) -> reqwest::Response {
    let request = world.http.post(world.url(path)).bearer_auth(token).body(multipart(fields, media));
    request.header("content-type", "multipart/form-data; boundary=seam").send().await.unwrap()
}

async fn effect(world: &World, kind: &str) -> Value {
    let ledger = world.ledger().await;
    let effects = ledger["effects"].as_array().unwrap();
    effects.iter().rfind(|effect| effect["kind"] == kind).cloned().unwrap()
}

#[tokio::test]
async fn a_video_goes_up_in_segments_is_processed_and_stays_byte_exact() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let mut video: Vec<u8> = (0..20 * MIB).map(|index| u8::try_from(index * 7 % 251).unwrap()).collect();
    video.splice(..MP4.len(), MP4.iter().copied());
    let plan = json!({"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": video.len()});
    let begun = json(world.post("/2/media/upload/initialize", &alice, &plan).send().await.unwrap()).await;
    let id = text(&begun["data"]["id"]);
    for (index, segment) in video.chunks(MIB).enumerate() {
        let path = format!("/2/media/upload/{id}/append");
        let answer = send_parts(&world, &alice, &path, &[("segment_index", &index.to_string())], segment).await;
        assert_eq!(answer.status(), 200);
    }
    let path = format!("/2/media/upload/{id}/finalize");
    let done = json(world.post(&path, &alice, &json!({})).send().await.unwrap()).await;
    assert_eq!(effect(&world, "media.create").await["sha256"], sha256(&video));
    assert!(done["data"]["processing_info"]["state"].is_string());
    let tweet = json!({"text": "watch", "media": {"media_ids": [id]}});
    assert_eq!(world.post("/2/tweets", &alice, &tweet).send().await.unwrap().status(), 400, "still processing");
    world.control("clock", json!({"advance_ms": 2_000})).await;
    let status = format!("/2/media/upload?command=STATUS&media_id={id}");
    let ready = json(world.get(&status, &alice).send().await.unwrap()).await;
    assert_eq!(ready["data"]["processing_info"]["state"], "succeeded");
    assert_eq!(world.post("/2/tweets", &alice, &tweet).send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn an_alt_text_is_kept() {
    let world = World::start().await;
    let alice = world.connect("alice", ALL_SCOPES).await.access;
    let answer = send_parts(&world, &alice, "/2/media/upload", &[("media_category", "tweet_image")], &png()).await;
    let id = text(&json(answer).await["data"]["id"]);
    let body = json!({"id": id, "metadata": {"alt_text": {"text": "one red pixel"}}});
    let described = json(world.post("/2/media/metadata", &alice, &body).send().await.unwrap()).await;
    assert_eq!(described["data"]["associated_metadata"]["alt_text"]["text"], "one red pixel");
    assert_eq!(effect(&world, "media.metadata").await["alt_text"], "one red pixel");
}
