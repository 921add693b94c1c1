//! Processing, alt text, subtitles, and media that were uploaded elsewhere.

use perch::domain::audit::Action;
use serde_json::{Value, json};

use super::{APPEND, FINALIZE, MIB, Studio, mp4, png, sha256};

fn answer(processing_info: &Value) -> Value {
    json!({"data": {"id": "42", "media_key": "7_42", "processing_info": processing_info}})
}

/// A studio whose X has taken a video and works on it.
async fn working() -> Studio {
    let studio = Studio::open().await;
    studio.x_finalizes(&answer(&json!({"state": "pending", "check_after_secs": 5})));
    studio.x_takes_segments();
    studio
}

fn status(studio: &Studio, processing_info: &Value) {
    studio.world.x.on("GET", "/2/media/upload").answer(200, answer(processing_info));
}

#[tokio::test]
async fn processing_is_waited_for_as_x_asks() {
    let studio = working().await;
    status(&studio, &json!({"state": "in_progress", "check_after_secs": 10, "progress_percent": 40}));
    status(&studio, &json!({"state": "succeeded", "progress_percent": 100}));
    let started = studio.world.now();
    let answer = studio.upload("", "video/mp4", &mp4(100)).await.expect_status(201);
    assert_eq!(studio.world.now().ms_since(started), 15_000);
    assert_eq!(answer.json()["data"]["processing_info"]["state"], "succeeded");
    let asked = studio.world.x.requests_to("GET", "/2/media/upload");
    assert!(asked.iter().all(|asked| asked.query.as_deref() == Some("command=STATUS&media_id=42")));
}

#[tokio::test]
async fn waiting_has_a_ceiling() {
    let studio = working().await;
    status(&studio, &json!({"state": "in_progress", "check_after_secs": 7, "progress_percent": 40}));
    let answer = studio.upload("?wait_s=11", "video/mp4", &mp4(100)).await.expect_status(202);
    assert_eq!(answer.json()["data"]["processing_info"]["progress_percent"], 40);
    assert_eq!(answer.json()["data"]["sha256"], sha256(&mp4(100)));
    assert_eq!(answer.header("location"), "/v1/media/42");
    assert_eq!(answer.header("retry-after"), "7");
}

#[tokio::test]
async fn nobody_waits_who_does_not_want_to() {
    let studio = working().await;
    studio.upload("?wait_s=0", "video/mp4", &mp4(100)).await.expect_status(202);
}

#[tokio::test]
async fn failed_processing_is_a_problem_in_x_s_words() {
    let studio = working().await;
    let error = json!({"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"});
    status(&studio, &json!({"state": "failed", "error": error}));
    let answer = studio.upload("", "video/mp4", &mp4(100)).await;
    let problem = answer.problem(422, "media-failed");
    assert!(problem["detail"].as_str().unwrap().contains("Unsupported video format"));
}

#[tokio::test]
async fn an_x_that_cannot_be_asked_leaves_the_medium_where_it_is() {
    let studio = working().await;
    studio.world.x.on("GET", "/2/media/upload").times(3).break_off();
    studio.upload("", "video/mp4", &mp4(100)).await.expect_status(202);
}

#[tokio::test]
async fn alt_text_is_set_in_the_same_call() {
    let studio = Studio::open().await;
    let x = &studio.world.x;
    x.on("POST", "/2/media/upload").answer(200, json!({"data": {"id": "42"}}));
    x.on("POST", "/2/media/metadata").answer(200, json!({"data": {"id": "42"}}));
    let answer = studio.upload("?alt_text=a%20cat", "image/png", &png(100)).await.expect_status(201);
    assert_eq!(answer.json()["data"]["alt_text"], "a cat");
    assert_eq!(
        x.requests_to("POST", "/2/media/metadata")[0].json(),
        json!({"id": "42", "metadata": {"alt_text": {"text": "a cat"}}})
    );
    let mut audited = studio.audited().await;
    audited.sort_by_key(|row| row.0.name());
    let described = (Action::MediaDescribe, Some("42".to_owned()), "ok".to_owned(), Some(sha256(b"a cat")));
    assert_eq!(audited[1], described);
}

#[tokio::test]
async fn an_alt_text_that_x_refuses_does_not_hide_the_medium() {
    let studio = Studio::open().await;
    let x = &studio.world.x;
    x.on("POST", "/2/media/upload").answer(200, json!({"data": {"id": "42"}}));
    x.on("POST", "/2/media/metadata").times(3).break_off();
    let answer = studio.upload("?alt_text=a%20cat", "image/png", &png(100)).await;
    let problem = answer.problem(502, "x-unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("/v1/media/42/alt-text"));
}

#[tokio::test]
async fn a_finalize_without_an_answer_is_looked_into_before_it_is_sent_again() {
    let not_found = json!({"errors": [{"parameter": "media_id", "value": "42", "resource_type": "media",
        "title": "Not Found Error", "detail": "Could not find media with media_id: [42].",
        "type": "https://api.twitter.com/2/problems/resource-not-found"}]});
    for (status, body, finalized) in [(200, json!({"data": {"id": "42", "size": 100}}), 1), (404, not_found, 2)] {
        let studio = Studio::open().await;
        studio.world.x.on("POST", FINALIZE).break_off();
        studio.x_takes_segments();
        studio.world.x.on("GET", "/2/media/upload").answer(status, body);
        studio.upload("", "video/mp4", &mp4(100)).await.expect_status(201);
        assert_eq!(studio.world.x.requests_to("POST", FINALIZE).len(), finalized);
    }
}

#[tokio::test]
async fn an_upload_that_takes_long_still_has_time_to_repeat() {
    let studio = Studio::open().await;
    let x = &studio.world.x;
    // The first segment costs a minute, more than twice the deadline of a whole request.
    x.on("POST", APPEND).time_out();
    x.on("POST", APPEND).answer(200, json!({"data": {}}));
    x.on("POST", APPEND).break_off();
    studio.x_takes_segments();
    studio.upload("", "video/mp4", &mp4(2 * MIB)).await.expect_status(201);
    let took_ms = studio.world.now().ms_since(crate::world::START);
    assert!((62_000..63_000).contains(&took_ms), "the second is repeated at once: {took_ms}");
}

#[tokio::test]
async fn media_made_elsewhere_are_asked_for_and_described() {
    let studio = Studio::open().await;
    let x = &studio.world.x;
    status(&studio, &json!({"state": "succeeded"}));
    let answer = studio.world.get("/v1/media/42", &studio.key).await.expect_status(200);
    assert_eq!(answer.json()["data"]["media_key"], "7_42");
    x.on("POST", "/2/media/metadata").answer(200, json!({"data": {"id": "42"}}));
    let put = |path: &str, body: Value| studio.world.request("PUT", path).key(&studio.key).json(&body).send();
    let described = put("/v1/media/42/alt-text", json!({"alt_text": "a cat"})).await.expect_status(200);
    assert_eq!(described.json(), json!({"data": {"id": "42", "alt_text": "a cat"}}));
    let too_long = put("/v1/media/42/alt-text", json!({"alt_text": "a".repeat(1001)})).await;
    too_long.problem(422, "invalid-fields");
    put("/v1/media/7_42/alt-text", json!({"alt_text": "a"})).await.problem(400, "invalid-request");
}

#[tokio::test]
async fn subtitles_come_and_go() {
    let studio = Studio::open().await;
    let x = &studio.world.x;
    x.on("POST", "/2/media/subtitles").answer(200, json!({"data": {"id": "42"}}));
    x.on("DELETE", "/2/media/subtitles").answer(200, json!({"data": {"deleted": true}}));
    let track = json!({"id": "43", "language_code": "EN", "display_name": "English"});
    let put = studio.world.request("PUT", "/v1/media/42/subtitles").key(&studio.key);
    put.json(&track).send().await.expect_status(200);
    assert_eq!(
        x.requests_to("POST", "/2/media/subtitles")[0].json(),
        json!({"id": "42", "media_category": "TweetVideo", "subtitles": track})
    );
    let delete = |query: &str| {
        let path = format!("/v1/media/42/subtitles{query}");
        studio.world.request("DELETE", &path).key(&studio.key).send()
    };
    delete("?language_code=EN&media_category=amplify_video").await.expect_status(200);
    assert_eq!(
        x.requests_to("DELETE", "/2/media/subtitles")[0].json(),
        json!({"id": "42", "media_category": "AmplifyVideo", "language_code": "EN"})
    );
    delete("?language_code=en").await.problem(422, "invalid-fields");
    delete("").await.problem(422, "invalid-fields");
}
