//! Files in forms.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::future::join;
use serde_json::json;
use tokio::sync::Semaphore;

use super::{APPEND, INITIALIZE, MIB, Studio, counted, form_of, mp4, png, sha256, until_all_wait};
use crate::world::Answer;

const CONTENT_TYPE: &str = "multipart/form-data; boundary=\"a b\"";

/// A part of a form.
enum Part<'a> {
    Field(&'a str, &'a str),
    File(&'a str, &'a str, &'a [u8]),
}
use Part::{Field, File};

/// A form of `parts`, as clients write it.
fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(b"--a b\r\n");
        match part {
            Field(name, value) => {
                body.extend_from_slice(
                    format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}").as_bytes(),
                );
            }
            File(name, media_type, bytes) => {
                let head = format!(
                    "Content-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\nContent-Type: {media_type}\r\n\r\n"
                );
                body.extend_from_slice(head.as_bytes());
                body.extend_from_slice(bytes);
            }
        }
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--a b--\r\n");
    body
}

impl Studio {
    async fn send_form(&self, parts: &[Part<'_>]) -> Answer {
        self.post("/v1/media").body(CONTENT_TYPE, form(parts)).send().await
    }

    fn x_takes_a_picture(&self) {
        let x = &self.world.x;
        x.on("POST", "/2/media/upload").answer(200, json!({"data": {"id": "42"}}));
    }
}

#[tokio::test]
async fn a_small_file_stands_anywhere_in_its_form() {
    let studio = Studio::open().await;
    let picture = png(5_000);
    for parts in [
        [Field("alt_text", "a cat"), File("media", "image/png", &picture)],
        [File("file", "application/octet-stream", &picture), Field("alt_text", "a cat")],
    ] {
        studio.x_takes_a_picture();
        studio.world.x.on("POST", "/2/media/metadata").answer(200, json!({"data": {"id": "42"}}));
        let answer = studio.send_form(&parts).await.expect_status(201);
        assert_eq!(answer.json()["data"]["alt_text"], "a cat");
        assert_eq!(answer.json()["data"]["sha256"], sha256(&picture));
    }
    let sent = studio.world.x.requests_to("POST", "/2/media/upload");
    assert_eq!(form_of(&sent[1]).await[1].1, Bytes::from(picture));
}

#[tokio::test]
async fn a_large_file_s_size_follows_from_the_form_s() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let video = mp4(3 * MIB + 11);
    let parts = [Field("wait_s", "0"), Field("media_category", "amplify_video"), File("media", "video/mp4", &video)];
    studio.send_form(&parts).await.expect_status(201);
    assert_eq!(
        studio.world.x.requests_to("POST", INITIALIZE)[0].json(),
        json!({"media_type": "video/mp4", "total_bytes": video.len(), "media_category": "amplify_video"})
    );
    let segments = studio.segments().await;
    let bytes: Vec<&[u8]> = segments.iter().map(|(_, bytes)| bytes.as_ref()).collect();
    assert!(bytes.concat() == video);
}

#[tokio::test]
async fn a_large_file_in_a_form_of_unknown_length_says_its_size_itself() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let video = mp4(2 * MIB);
    let send = |body: Vec<u8>| {
        let asking = studio.post("/v1/media").header("content-type", CONTENT_TYPE);
        asking.stream(counted(&body, 70_000, &Arc::default())).send()
    };
    let bare = send(form(&[File("media", "video/mp4", &video)])).await;
    bare.problem(400, "invalid-request");
    let size = video.len().to_string();
    let announced = form(&[Field("total_bytes", &size), File("media", "video/mp4", &video)]);
    send(announced).await.expect_status(201);
}

#[tokio::test]
async fn a_form_is_read_no_faster_than_x_takes() {
    const CHUNK: usize = 64 * 1024;
    let studio = Studio::open().await;
    let (gate, taken) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let x = &studio.world.x;
    x.on("POST", APPEND).always().held(&gate).answer(200, json!({"data": {}}));
    studio.x_takes_segments();
    let body = form(&[File("media", "video/mp4", &mp4(8 * MIB))]);
    let asking =
        studio.post("/v1/media").header("content-type", CONTENT_TYPE).header("content-length", &body.len().to_string());
    let upload = asking.stream(counted(&body, CHUNK, &taken)).send();
    let watch = async {
        until_all_wait().await;
        let ahead = taken.load(Ordering::Relaxed) * CHUNK;
        assert!((2 * MIB..=2 * MIB + 4 * CHUNK).contains(&ahead), "{ahead}");
        gate.add_permits(8);
    };
    join(upload, watch).await.0.expect_status(201);
}

#[tokio::test]
async fn nothing_follows_a_large_file() {
    let studio = Studio::open().await;
    let video = mp4(2 * MIB);
    let size = video.len().to_string();
    for parts in [
        [Field("total_bytes", &size), File("media", "video/mp4", &video), Field("alt_text", "a cat")],
        [Field("wait_s", "1"), File("media", "video/mp4", &video), Field("alt_text", "a cat")],
    ] {
        studio.x_takes_segments();
        let answer = studio.send_form(&parts).await;
        let detail = answer.problem(400, "invalid-request")["detail"].to_string();
        assert!(detail.contains("before"), "{detail}");
    }
    assert!(studio.world.x.requests_to("POST", super::FINALIZE).is_empty());
}

#[tokio::test]
async fn forms_that_cannot_be_read_are_refused() {
    let studio = Studio::open().await;
    let picture = png(100);
    let good = form(&[File("media", "image/png", &picture)]);
    let long = "x".repeat(20_000);
    for (content_type, body) in [
        (CONTENT_TYPE, form(&[Field("alt_text", "a cat")])),
        (CONTENT_TYPE, form(&[File("media", "image/png", &picture), File("file", "image/png", &picture)])),
        (CONTENT_TYPE, good[..good.len() - 12].to_vec()),
        (CONTENT_TYPE, good[..40].to_vec()),
        (CONTENT_TYPE, Vec::new()),
        (CONTENT_TYPE, form(&[Field("alt_text", &long), File("media", "image/png", &picture)])),
        (CONTENT_TYPE, vec![b'x'; 100_000]),
        ("multipart/form-data", good.clone()),
        ("multipart/form-data; boundary=other", good),
    ] {
        let answer = studio.post("/v1/media").body(content_type, body).send().await;
        answer.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn fields_are_held_to_their_rules() {
    let studio = Studio::open().await;
    let picture = png(100);
    for (name, value) in [("alt", "a cat"), ("wait_s", "61"), ("media_category", "picture"), ("total_bytes", "many")] {
        let answer = studio.send_form(&[Field(name, value), File("media", "image/png", &picture)]).await;
        answer.problem(422, "invalid-fields");
        assert_eq!(answer.fields(), [name]);
    }
    let wrong_size = [Field("total_bytes", "99"), File("media", "image/png", &picture)];
    studio.send_form(&wrong_size).await.problem(400, "invalid-request");
    let said_twice = studio.post("/v1/media?wait_s=1");
    let body = form(&[Field("wait_s", "1"), File("media", "image/png", &picture)]);
    said_twice.body(CONTENT_TYPE, body).send().await.problem(422, "invalid-fields");
}
