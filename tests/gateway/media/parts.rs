//! Uploads in parts that the client sends itself.

use perch::domain::{api_key::Scope, audit::Action};
use serde_json::{Value, json};

use super::{FINALIZE, MIB, Studio, mp4, png, sha256};
use crate::world::Answer;

impl Studio {
    /// Begins an upload of `size` bytes, and gives its path.
    async fn begin(&self, size: usize) -> String {
        let body = json!({"media_type": "video/mp4", "total_bytes": size});
        let answer = self.world.post("/v1/media/uploads", &self.key, body).await.expect_status(201);
        let data = answer.json()["data"].clone();
        assert_eq!(data["part_size"], MIB);
        assert_eq!(data["media_id"], "42");
        assert_eq!(data["expires_at"], "2027-01-30T07:59:59.000Z");
        let path = format!("/v1/media/uploads/{}", data["id"].as_str().unwrap());
        assert_eq!(answer.header("location"), path);
        path
    }

    async fn put(&self, path: &str, n: usize, part: &[u8]) -> Answer {
        let asking = self.world.request("PUT", &format!("{path}/parts/{n}")).key(&self.key);
        asking.body("application/octet-stream", part.to_vec()).send().await
    }

    async fn complete(&self, path: &str, body: Value) -> Answer {
        self.world.post(&format!("{path}/complete"), &self.key, body).await
    }
}

fn not_found() -> Value {
    json!({"errors": [{"parameter": "media_id", "value": "42", "resource_type": "media", "title": "Not Found Error",
        "detail": "Could not find media with media_id: [42].",
        "type": "https://api.twitter.com/2/problems/resource-not-found"}]})
}

#[tokio::test]
async fn parts_become_a_medium_on_any_isolate_and_in_any_order() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    studio.world.x.on("POST", "/2/media/metadata").answer(200, json!({"data": {"id": "42"}}));
    let video = mp4(2 * MIB + 5);
    let path = studio.begin(video.len()).await;
    let elsewhere = Studio { world: studio.world.another_isolate(), key: studio.key.clone() };
    for (studio, n) in [(&studio, 2), (&elsewhere, 0), (&studio, 1)] {
        let part = video.chunks(MIB).nth(n).unwrap();
        let answer = studio.put(&path, n, part).await.expect_status(200);
        assert_eq!(answer.json(), json!({"data": {"part": n, "size": part.len(), "sha256": sha256(part)}}));
    }
    let answer = elsewhere.complete(&path, json!({"alt_text": "a cat"})).await.expect_status(201);
    assert_eq!(answer.json()["data"]["id"], "42");
    assert_eq!(answer.json()["data"]["alt_text"], "a cat");
    let mut segments = studio.segments().await;
    segments.sort_by_key(|(number, _)| *number);
    let bytes: Vec<&[u8]> = segments.iter().map(|(_, bytes)| bytes.as_ref()).collect();
    assert!(bytes.concat() == video);
    let audited = studio.audited().await;
    assert!(audited.contains(&(Action::MediaCreate, Some("42".to_owned()), "ok".to_owned(), None)));
}

#[tokio::test]
async fn a_part_may_be_sent_again() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let video = mp4(MIB + 5);
    let path = studio.begin(video.len()).await;
    for _ in 0..2 {
        studio.put(&path, 1, &video[MIB..]).await.expect_status(200);
    }
    let numbers: Vec<u16> = studio.segments().await.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 1]);
}

#[tokio::test]
async fn an_upload_tells_which_parts_it_has() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let video = mp4(2 * MIB + 5);
    let path = studio.begin(video.len()).await;
    studio.put(&path, 2, &video[2 * MIB..]).await.expect_status(200);
    studio.put(&path, 0, &video[..MIB]).await.expect_status(200);
    let x = &studio.world.x;
    x.on("GET", "/2/media/upload").answer(404, not_found());
    let data = studio.world.get(&path, &studio.key).await.expect_status(200).json()["data"].clone();
    assert_eq!(data["parts_known"], json!([0, 2]));
    assert_eq!((&data["parts"], &data["media"]), (&json!(3), &Value::Null));
    x.on("GET", "/2/media/upload").answer(200, json!({"data": {"id": "42", "size": video.len()}}));
    let data = studio.world.get(&path, &studio.key).await.expect_status(200).json()["data"].clone();
    assert_eq!(data["media"]["size"], video.len());
}

#[tokio::test]
async fn a_part_of_another_size_never_reaches_x() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let path = studio.begin(MIB + 5).await;
    for (n, size) in [(0, MIB - 1), (0, 0), (1, 4), (1, 6), (2, 1), (70_000, 1)] {
        studio.put(&path, n, &mp4(size)).await.problem(400, "invalid-request");
    }
    studio.put(&path, 0, &mp4(MIB + 1)).await.problem(413, "body-too-large");
    let asking = studio.world.request("PUT", &format!("{path}/parts/1")).key(&studio.key);
    let unannounced = asking.stream(axum::body::Body::from(mp4(6))).send().await;
    unannounced.problem(400, "invalid-request");
    studio.put(&path, 0, &png(MIB)).await.problem(422, "media-rejected");
    assert!(studio.segments().await.is_empty());
}

#[tokio::test]
async fn an_upload_belongs_to_the_key_that_began_it() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let path = studio.begin(5).await;
    let stranger = Studio { world: studio.world.clone(), key: studio.world.key([Scope::MediaWrite]).await };
    stranger.put(&path, 0, &mp4(5)).await.problem(404, "media-not-found");
    stranger.complete(&path, json!({})).await.problem(404, "media-not-found");
    stranger.world.get(&path, &stranger.key).await.problem(404, "media-not-found");
}

#[tokio::test]
async fn a_forged_or_spent_id_opens_nothing() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let path = studio.begin(5).await;
    let last = if path.ends_with('A') { 'B' } else { 'A' };
    let middle = path.len() - 60;
    let other = if path.as_bytes()[middle] == b'A' { "B" } else { "A" };
    for forged in [
        "/v1/media/uploads/42".to_owned(),
        "/v1/media/uploads/v1.k1.AAAA".to_owned(),
        format!("{}{other}{}", &path[..middle], &path[middle + 1..]),
        format!("{path}{last}"),
    ] {
        studio.put(&forged, 0, &mp4(5)).await.problem(404, "media-not-found");
    }
    studio.world.clock.advance(1_295_999_000);
    studio.put(&path, 0, &mp4(5)).await.problem(404, "media-not-found");
    assert!(studio.segments().await.is_empty());
}

#[tokio::test]
async fn an_upload_that_x_would_not_take_is_not_begun() {
    let studio = Studio::open().await;
    for (body, status, code) in [
        (json!({"media_type": "video/mp4", "total_bytes": 512 * MIB + 1}), 422, "media-rejected"),
        (json!({"media_type": "video/mp4", "total_bytes": 0}), 422, "media-rejected"),
        (json!({"media_type": "video/x-flv", "total_bytes": 5}), 422, "invalid-fields"),
        (json!({"media_type": "video/mp4", "total_bytes": 5, "media_category": "tweet_image"}), 422, "invalid-fields"),
        (json!({"media_type": "video/mp4", "total_bytes": -5}), 400, "invalid-body"),
        (json!({"media_type": "video/mp4"}), 400, "invalid-body"),
    ] {
        studio.world.post("/v1/media/uploads", &studio.key, body).await.problem(status, code);
    }
}

#[tokio::test]
async fn completing_twice_ends_in_the_same_medium() {
    let studio = Studio::open().await;
    studio.x_takes_segments();
    let path = studio.begin(100).await;
    studio.put(&path, 0, &mp4(100)).await.expect_status(200);
    studio.complete(&path, json!({})).await.expect_status(201);
    let x = &studio.world.x;
    x.on("POST", FINALIZE).answer(404, not_found());
    x.on("GET", "/2/media/upload").answer(200, json!({"data": {"id": "42", "size": 100}}));
    let again = studio.complete(&path, json!({})).await.expect_status(201);
    assert_eq!(again.json()["data"]["id"], "42");
}
