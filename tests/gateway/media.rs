//! Uploading media: what reaches X, how much is held on the way, and what becomes of it.

mod forms;
mod parts;
mod processing;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{future::join, stream};
use perch::domain::{api_key::Scope, audit::Action};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{
    upstream::Recorded,
    world::{Answer, Asking, World},
};

const MIB: usize = 1 << 20;
const INITIALIZE: &str = "/2/media/upload/initialize";
const APPEND: &str = "/2/media/upload/*/append";
const FINALIZE: &str = "/2/media/upload/*/finalize";

/// A world with one connected account, and a key that uploads for it.
struct Studio {
    world: World,
    key: String,
}

impl Studio {
    async fn open() -> Self {
        let world = World::new();
        let key = world.key([Scope::AccountsWrite, Scope::MediaWrite]).await;
        world.x.on("GET", "/2/users/me").answer(200, json!({"data": {"id": "7", "username": "demo", "name": "Demo"}}));
        let tokens = json!({"oauth_token": "7-token", "oauth_token_secret": "secret"});
        world.post("/v1/accounts", &key, tokens).await.expect_status(201);
        world.settle().await;
        world.queue.take();
        Self { world, key }
    }

    /// An upload in the making.
    fn post(&self, path: &str) -> Asking<'_> {
        self.world.request("POST", path).key(&self.key)
    }

    /// Uploads `file` as the body itself.
    async fn upload(&self, query: &str, media_type: &str, file: &[u8]) -> Answer {
        let path = format!("/v1/media{query}");
        self.post(&path).body(media_type, file.to_vec()).send().await
    }

    /// X takes an upload in segments of any number.
    fn x_takes_segments(&self) {
        let x = &self.world.x;
        x.on("POST", INITIALIZE)
            .answer(200, json!({"data": {"id": "42", "media_key": "7_42", "expires_after_secs": 1_295_999}}));
        x.on("POST", APPEND).always().answer(200, json!({"data": {"expires_at": 1_800_086_400}}));
        self.x_finalizes(&json!({"data": {"id": "42", "media_key": "7_42", "size": 9, "expires_after_secs": 86_400}}));
    }

    fn x_finalizes(&self, answer: &Value) {
        self.world.x.on("POST", FINALIZE).answer(200, answer.clone());
    }

    /// The segments X was sent, in the order they came.
    async fn segments(&self) -> Vec<(u16, Bytes)> {
        let mut segments = Vec::new();
        for request in self.world.x.requests_to("POST", APPEND) {
            let form = form_of(&request).await;
            let [(index, number), (media, bytes)] = form.as_slice() else {
                panic!("not the form of a segment");
            };
            assert_eq!((index.as_str(), media.as_str()), ("segment_index", "media"));
            let number = std::str::from_utf8(number).unwrap().parse().unwrap();
            segments.push((number, bytes.clone()));
        }
        segments
    }

    /// The audit rows so far: action, target, outcome and hash.
    async fn audited(&self) -> Vec<(Action, Option<String>, String, Option<String>)> {
        self.world.settle().await;
        let rows = self.world.queue.take().into_iter();
        rows.map(|row| (row.action, row.target, row.outcome, row.text_sha256)).collect()
    }
}

/// The parts of a form that X was sent.
async fn form_of(request: &Recorded) -> Vec<(String, Bytes)> {
    let boundary = multer::parse_boundary(request.header("content-type").unwrap()).unwrap();
    let body = stream::iter([Ok::<_, std::io::Error>(request.body.clone())]);
    let mut form = multer::Multipart::new(body, boundary);
    let mut parts = Vec::new();
    while let Some(part) = form.next_field().await.unwrap() {
        parts.push((part.name().unwrap().to_owned(), part.bytes().await.unwrap()));
    }
    parts
}

/// A file of `size` bytes that begins with `head`.
fn file(head: &[u8], size: usize) -> Vec<u8> {
    let filler = (0_u32..).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[3]);
    head.iter().copied().chain(filler).take(size).collect()
}

fn png(size: usize) -> Vec<u8> {
    file(b"\x89PNG\r\n\x1a\n", size)
}

fn mp4(size: usize) -> Vec<u8> {
    file(b"\0\0\0\x20ftypisom", size)
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A body whose chunks are counted when they are taken.
fn counted(file: &[u8], chunk: usize, taken: &Arc<AtomicUsize>) -> Body {
    let chunks: Vec<Bytes> = file.chunks(chunk).map(Bytes::copy_from_slice).collect();
    let taken = taken.clone();
    Body::from_stream(stream::iter(chunks.into_iter().map(move |chunk| {
        taken.fetch_add(1, Ordering::Relaxed);
        Ok::<_, std::io::Error>(chunk)
    })))
}

/// Lets everything run that can.
async fn until_all_wait() {
    for _ in 0..20_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_picture_goes_up_in_one_request_byte_for_byte() {
    let studio = Studio::open().await;
    studio
        .world
        .x
        .on("POST", "/2/media/upload")
        .answer(200, json!({"data": {"id": "42", "media_key": "3_42", "size": 70_000, "expires_after_secs": 86_400}}));
    let picture = png(70_000);
    let answer = studio.upload("", "image/png", &picture).await.expect_status(201);
    assert_eq!(
        answer.json(),
        json!({"data": {"id": "42", "media_key": "3_42", "size": 70_000, "media_type": "image/png",
            "expires_at": "2027-01-16T08:00:00.000Z", "sha256": sha256(&picture)}})
    );
    let sent = studio.world.x.requests_to("POST", "/2/media/upload");
    assert_eq!(sent.len(), 1);
    assert_eq!(
        form_of(&sent[0]).await,
        [("media_category".to_owned(), Bytes::from("tweet_image")), ("media".to_owned(), Bytes::from(picture.clone()))]
    );
    assert_eq!(
        studio.audited().await,
        [(Action::MediaCreate, Some("42".to_owned()), "ok".to_owned(), Some(sha256(&picture)))]
    );
}

#[tokio::test]
async fn a_video_goes_up_in_segments_byte_for_byte() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let video = mp4(20 * MIB + 7);
    let answer = studio.upload("", "video/mp4", &video).await.expect_status(201);
    assert_eq!(answer.json()["data"]["sha256"], sha256(&video));
    assert_eq!(
        studio.world.x.requests_to("POST", INITIALIZE)[0].json(),
        json!({"media_type": "video/mp4", "total_bytes": video.len(), "media_category": "tweet_video"})
    );
    let segments = studio.segments().await;
    let numbers: Vec<u16> = segments.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (0..21).collect::<Vec<_>>());
    assert!(segments[..20].iter().all(|(_, bytes)| bytes.len() == MIB));
    let bytes: Vec<&[u8]> = segments.iter().map(|(_, bytes)| bytes.as_ref()).collect();
    assert!(bytes.concat() == video, "the segments are the video");
}

#[tokio::test]
async fn a_slow_x_slows_the_client_and_fills_no_memory() {
    const CHUNK: usize = 64 * 1024;
    let studio = Studio::open().await;
    let (gate, taken) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let x = &studio.world.x;
    x.on("POST", APPEND).always().held(&gate).answer(200, json!({"data": {"expires_at": 1}}));
    studio.x_takes_segments();
    let video = mp4(8 * MIB);
    let asking =
        studio.post("/v1/media").header("content-type", "video/mp4").header("content-length", &video.len().to_string());
    let upload = asking.stream(counted(&video, CHUNK, &taken)).send();
    let watch = async {
        for segments_done in 0..6 {
            until_all_wait().await;
            let ahead = taken.load(Ordering::Relaxed) * CHUNK - segments_done * MIB;
            assert_eq!(ahead, 2 * MIB + CHUNK, "one on its way, one read, one chunk beyond");
            gate.add_permits(1);
        }
        gate.add_permits(2);
    };
    let (answer, ()) = join(upload, watch).await;
    answer.expect_status(201);
}

#[tokio::test]
async fn a_segment_that_fails_is_sent_again_alone() {
    let studio = Studio::open().await;
    let error =
        json!({"title": "Service Unavailable", "status": 503, "type": "about:blank", "detail": "Service Unavailable"});
    studio.world.x.on("POST", "/2/media/upload/42/append").times(2).answer(503, error);
    studio.x_takes_segments();
    let video = mp4(2 * MIB + 1);
    studio.upload("", "video/mp4", &video).await.expect_status(201);
    let segments = studio.segments().await;
    let numbers: Vec<u16> = segments.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [0, 0, 0, 1, 2]);
    assert!(segments[..3].iter().all(|(_, bytes)| bytes[..] == video[..MIB]));
    assert_eq!(studio.world.x.requests_to("POST", INITIALIZE).len(), 1);
}

#[tokio::test]
async fn a_segment_that_keeps_failing_ends_the_upload() {
    let studio = Studio::open().await;
    studio.world.x.on("POST", "/2/media/upload/42/append").times(6).break_off();
    studio.x_takes_segments();
    let answer = studio.upload("", "video/mp4", &mp4(3 * MIB)).await;
    answer.problem(502, "x-unavailable");
    assert!(studio.world.x.requests_to("POST", FINALIZE).is_empty());
    let audited = studio.audited().await;
    assert_eq!(audited, [(Action::MediaCreate, None, "x-unavailable".to_owned(), None)]);
}

#[tokio::test]
async fn a_file_whose_size_is_unknown_is_taken_up_to_one_segment() {
    let studio = Studio::open().await;
    let taken = Arc::default();
    studio.world.x.on("POST", "/2/media/upload").answer(200, json!({"data": {"id": "42"}}));
    let send = |file: Vec<u8>| {
        let asking = studio.post("/v1/media").header("content-type", "image/png");
        asking.stream(counted(&file, 10_000, &taken)).send()
    };
    send(png(MIB)).await.expect_status(201);
    let refused = send(png(MIB + 1)).await;
    let problem = refused.problem(400, "invalid-request");
    assert!(problem["detail"].as_str().unwrap().contains("Content-Length"));
    studio.x_takes_segments();
    let picture = png(MIB + 1);
    let announced = studio.post(&format!("/v1/media?total_bytes={}", picture.len()));
    let announced = announced.header("content-type", "image/png");
    announced.stream(counted(&picture, 10_000, &taken)).send().await.expect_status(201);
}

#[tokio::test]
async fn what_x_would_not_take_never_reaches_it() {
    let studio = Studio::open().await;
    let wrong = studio.upload("", "image/jpeg", &png(100)).await;
    let detail = wrong.problem(422, "media-rejected")["detail"].to_string();
    assert!(detail.contains("image/jpeg") && detail.contains("image/png"), "{detail}");
    for (query, media_type, file, status, code) in [
        ("", "image/png", png(5 * MIB + 1), 422, "media-rejected"),
        ("", "image/png", Vec::new(), 422, "media-rejected"),
        ("", "application/octet-stream", b"#!/bin/sh".to_vec(), 422, "media-rejected"),
        ("", "image/svg+xml", b"<svg/>".to_vec(), 415, "unsupported-media-type"),
        ("", "application/json", b"{}".to_vec(), 415, "unsupported-media-type"),
        ("?media_category=tweet_video", "image/png", png(100), 422, "invalid-fields"),
        ("?wait_s=61", "image/png", png(100), 422, "invalid-fields"),
        ("?alt_text=", "image/png", png(100), 422, "invalid-fields"),
    ] {
        studio.upload(query, media_type, &file).await.problem(status, code);
    }
    assert_eq!(studio.world.x.requests_to("POST", INITIALIZE).len(), 0);
}

#[tokio::test]
async fn a_body_is_held_to_its_limit_announced_or_not() {
    let studio = Studio::open().await;
    let announced = studio.post("/v1/media").header("content-type", "video/mp4");
    let too_long = (512 * MIB + 64 * 1024 + 1).to_string();
    announced.header("content-length", &too_long).send().await.problem(413, "body-too-large");
    studio.x_takes_segments();
    let chunk = Bytes::from(mp4(MIB));
    let endless = Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone())));
    let unannounced = studio.post("/v1/media?total_bytes=536870912");
    let lying = unannounced.header("content-type", "video/mp4").stream(endless).send().await;
    lying.problem(413, "body-too-large");
    assert!(studio.world.x.requests_to("POST", FINALIZE).is_empty());
}

#[tokio::test]
async fn a_body_that_stops_is_given_up() {
    let studio = Studio::open().await;
    let begun = |rest: Vec<Result<Bytes, std::io::Error>>| {
        let first = stream::iter([Ok(Bytes::from(png(100)))]);
        let asking = studio.post("/v1/media").header("content-type", "image/png");
        (asking, first, rest)
    };
    let (asking, first, _) = begun(Vec::new());
    let silent = futures_util::StreamExt::chain(first, stream::pending());
    asking.stream(Body::from_stream(silent)).send().await.problem(408, "body-timeout");
    let (asking, first, rest) = begun(vec![Err(std::io::Error::other("reset"))]);
    let cut = futures_util::StreamExt::chain(first, stream::iter(rest));
    asking.stream(Body::from_stream(cut)).send().await.problem(400, "invalid-request");
    let (asking, first, _) = begun(Vec::new());
    let short = asking.header("content-length", "101").stream(Body::from_stream(first));
    short.send().await.problem(400, "invalid-request");
}

#[tokio::test]
async fn uploading_needs_its_scope_and_an_account_of_the_key() {
    let studio = Studio::open().await;
    let reader = studio.world.key([Scope::TweetsRead]).await;
    let asking = studio.world.request("POST", "/v1/media").key(&reader);
    asking.body("image/png", png(10)).send().await.problem(403, "missing-scope");
    let foreign = studio.post("/v1/media").header("perch-account", "@nobody");
    foreign.body("image/png", png(10)).send().await.problem(404, "account-not-found");
}
