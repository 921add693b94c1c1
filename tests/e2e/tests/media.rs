//! Media: a picture at once, a video in segments, parts from the client; X's ledger has their SHA-256.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::stream;
use perch_e2e::{App, Stack, hex, sha256};
use reqwest::{Body, Method, multipart};
use serde_json::json;
use sha2::{Digest, Sha256};

const MIB: usize = 1024 * 1024;
/// The largest video X takes.
const LARGEST: usize = 512 * MIB;

async fn a_picture_goes_in_one_request_with_its_alt_text(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/perch.png");
    let picture = std::fs::read(path).expect("the example picture");
    let part = multipart::Part::bytes(picture.clone()).file_name("perch.png").mime_str("image/png").expect("a type");
    let form = multipart::Form::new().text("alt_text", "A perch under water").part("media", part);
    let mark = stack.sandbox.mark().await;
    let call = app.client.call(Method::POST, "/v1/media").change(|request| request.multipart(form));
    let uploaded = call.send().await.must(201);
    assert_eq!(uploaded.text("/data/sha256"), sha256(&picture));
    assert_eq!(uploaded.text("/data/alt_text"), "A perch under water");
    let id = uploaded.text("/data/id");
    assert_kept(stack, mark, &app, &id, &sha256(&picture)).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/media/upload").count(), 1, "in one request");
    assert_eq!(ledger.effects_of("media.metadata", &app.user).count(), 1);
    let tweet = json!({"text": "with a picture", "media": {"media_ids": [id]}});
    let _tweeted = app.client.post("/v1/tweets", &tweet).await.must(201);
}

async fn a_twenty_megabyte_video_arrives_byte_for_byte_in_segments(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let video = video(20 * MIB + 12_345);
    let mark = stack.sandbox.mark().await;
    let call = app.client.call(Method::POST, "/v1/media?alt_text=A+film").header("content-type", "video/mp4");
    let uploaded = call.change(|request| request.body(video.clone())).send().await.must(201);
    assert_eq!(uploaded.json()["data"]["processing_info"]["state"], "succeeded", "its processing was waited for");
    assert_kept(stack, mark, &app, &uploaded.text("/data/id"), &sha256(&video)).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    let segments = ledger.requests.iter().filter(|seen| seen.path.ends_with("/append")).count();
    assert_eq!(segments, 21, "1 MiB each");
    assert_eq!(ledger.effects_of("media.metadata", &app.user).count(), 1);
    let tweet = json!({"text": "with a film", "media": {"media_ids": [uploaded.text("/data/id")]}});
    let _tweeted = app.client.post("/v1/tweets", &tweet).await.must(201);
}

async fn parts_may_come_again_and_in_any_order(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let video = video(3 * MIB + 7);
    let mark = stack.sandbox.mark().await;
    let wish = json!({"media_type": "video/mp4", "total_bytes": video.len()});
    let begun = app.client.post("/v1/media/uploads", &wish).await.must(201);
    let (upload, media_id) = (begun.text("/data/id"), begun.text("/data/media_id"));
    let size = begun.json()["data"]["part_size"].as_u64().and_then(|size| usize::try_from(size).ok());
    let parts: Vec<&[u8]> = video.chunks(size.expect("a part's size")).collect();
    for n in [2, 0, 2, 3, 1] {
        let call = app.client.call(Method::PUT, &format!("/v1/media/uploads/{upload}/parts/{n}"));
        let call = call.header("content-type", "application/octet-stream");
        let taken = call.change(|request| request.body(parts[n].to_vec())).send().await.must(200);
        assert_eq!(taken.text("/data/sha256"), sha256(parts[n]));
    }
    let (stranger, _) = stack.key(json!({"accounts": [app.account]})).await;
    let stranger = stack.anonymous().with_key(&stranger);
    let _foreign = stranger.get(&format!("/v1/media/uploads/{upload}")).await.must_be_problem(404, "media-not-found");
    let completed = app.client.post(&format!("/v1/media/uploads/{upload}/complete"), &json!({})).await.must(201);
    assert_eq!(completed.text("/data/id"), media_id);
    assert_kept(stack, mark, &app, &media_id, &sha256(&video)).await;
}

async fn what_x_does_not_take_is_refused_before_it_is_sent(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let mark = stack.sandbox.mark().await;
    let send = |kind: &str, body: Vec<u8>| {
        let call = app.client.call(Method::POST, "/v1/media").header("content-type", kind);
        call.change(|request| request.body(body)).send()
    };
    assert_eq!(send("text/html", b"<p>".to_vec()).await.must(415).code(), "unsupported-media-type");
    assert_eq!(send("image/png", b"no picture at all".to_vec()).await.must(422).code(), "media-rejected");
    assert!(send("image/png", Vec::new()).await.status.is_client_error());
    let wish = json!({"media_type": "video/mp4", "total_bytes": LARGEST + 1});
    assert!(app.client.post("/v1/media/uploads", &wish).await.status.is_client_error());
    assert!(stack.sandbox.ledger_since(mark).await.requests.is_empty());
}

async fn the_largest_video_passes_in_constant_memory(stack: &Stack) {
    let app = stack.app(json!({})).await;
    let piece = video(MIB);
    let mut hash = Sha256::new();
    (0..LARGEST / MIB).for_each(|_| hash.update(&piece));
    let pieces = stream::iter((0..LARGEST / MIB).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
    let mark = stack.sandbox.mark().await;
    let call = app.client.call(Method::POST, &format!("/v1/media?total_bytes={LARGEST}"));
    let call = call.header("content-type", "video/mp4").change(|request| request.body(Body::wrap_stream(pieces)));
    let call = call.change(|request| request.timeout(Duration::from_mins(5)));
    let before = stack.gateway_memory();
    let started = Instant::now();
    let upload = tokio::spawn(call.send());
    let mut samples = Vec::new();
    while !upload.is_finished() {
        samples.push(stack.gateway_memory());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let uploaded = upload.await.expect("an answer").must(201);
    assert_kept(stack, mark, &app, &uploaded.text("/data/id"), &hex(&hash.finalize())).await;
    let (first, second) = samples.split_at(samples.len() / 2);
    let peak_mib = |samples: &[u64]| samples.iter().max().copied().unwrap_or_default() / MIB as u64;
    let (before, first, second) = (before / MIB as u64, peak_mib(first), peak_mib(second));
    eprintln!(
        "  512 MiB in {:.1} s; workerd took {before} MiB before, at most {first} in the first half, {second} in the second",
        started.elapsed().as_secs_f32()
    );
    assert!(second < first + 128, "of the 256 MiB that pass in the second half, not even half stay");
    assert!(first.max(second) < before + 256, "proxy and Worker are two isolates of 128 MB at most");
}

/// X has the medium, and its SHA-256 is `sha256`.
async fn assert_kept(stack: &Stack, mark: u64, app: &App, id: &str, sha256: &str) {
    let ledger = stack.sandbox.ledger_since(mark).await;
    let effects: Vec<_> = ledger.effects_of("media.create", &app.user).collect();
    assert_eq!(effects.len(), 1);
    assert_eq!(effects[0].details["media_id"], *id);
    assert_eq!(effects[0].details["sha256"], *sha256);
}

/// Bytes that begin as an MP4 does, and no two segments of which are alike.
fn video(length: usize) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

crate::trials!(
    a_picture_goes_in_one_request_with_its_alt_text,
    a_twenty_megabyte_video_arrives_byte_for_byte_in_segments,
    parts_may_come_again_and_in_any_order,
    what_x_does_not_take_is_refused_before_it_is_sent,
    the_largest_video_passes_in_constant_memory,
);
