//! The media protocol, operation by operation.

use super::samples::{GIF, MP4, PNG};
use super::*;

const NOW: u64 = 1_767_225_600_000;
const RULES: ProcessingRules = ProcessingRules { duration_ms: 4_000, fails: false };

fn initialize(media_type: &str, category: &str, total_bytes: usize) -> Initialize {
    Initialize {
        media_type: Some(media_type.into()),
        total_bytes: Some(total_bytes as u64),
        media_category: Some(category.into()),
        ..Initialize::default()
    }
}

/// Uploads `file` in segments as medium `id` of user 1.
fn chunked(store: &mut MediaStore, id: &str, media_type: &str, category: &str, file: &'static [u8]) -> Receipt {
    store.initialize("1", &initialize(media_type, category, file.len()), id, NOW).unwrap();
    for (index, segment) in file.chunks(7).enumerate() {
        store.append("1", id, index as u64, Bytes::from_static(segment), NOW).unwrap();
    }
    store.finalize("1", id, RULES, NOW).unwrap()
}

fn picture(category: &str) -> OneShot<'_> {
    OneShot { media_category: category, additional_owners: &[], media: PNG }
}

#[test]
fn a_picture_is_ready_at_once() {
    let mut store = MediaStore::default();
    let receipt = store.upload("1", &picture("tweet_image"), "100", RULES, NOW).unwrap();
    let image = json!({"w": 3, "h": 2, "image_type": "image/png"});
    assert_eq!(
        receipt.answer,
        json!({"data": {
            "id": "100", "media_key": "3_100", "expires_after_secs": 86_400, "size": PNG.len(), "image": image
        }})
    );
    assert!(store.can_attach("1", &["100"], NOW));
    assert!(!store.can_attach("2", &["100"], NOW));
    assert!(!store.can_attach("1", &["100"], NOW + 86_400_000));
    assert_eq!(store.status("1", "100", NOW + 86_400_000), Err(Refusal::not_found("100")));
}

#[test]
fn a_file_must_be_what_its_category_says() {
    let mut store = MediaStore::default();
    assert!(store.upload("1", &picture("tweet_gif"), "1", RULES, NOW).is_err());
    assert!(store.upload("1", &picture("tweet_video"), "1", RULES, NOW).is_err());
    let garbage = OneShot { media: b"garbage", ..picture("tweet_image") };
    assert_eq!(store.upload("1", &garbage, "1", RULES, NOW), Err(medium::unrecognized()));
    for (media_type, category) in
        [("video/mp4", "tweet_image"), ("image/png", "tweet_video"), ("image/tiff", "dm_image")]
    {
        assert!(store.initialize("1", &initialize(media_type, category, 9), "1", NOW).is_err(), "{media_type}");
    }
}

#[test]
fn a_video_passes_through_every_state() {
    let mut store = MediaStore::default();
    let receipt = chunked(&mut store, "7", "video/mp4", "tweet_video", MP4);
    assert_eq!(receipt.answer["data"]["processing_info"]["state"], "pending");
    assert_eq!(receipt.answer["data"]["video"], json!({"video_type": "video/mp4"}));
    assert!(!store.can_attach("1", &["7"], NOW + 3_999));
    let info = |at| store.status("1", "7", NOW + at).unwrap()["data"]["processing_info"].clone();
    assert_eq!(info(2_000), json!({"state": "in_progress", "check_after_secs": 1, "progress_percent": 50}));
    assert_eq!(info(4_000), json!({"state": "succeeded", "progress_percent": 100}));
    assert!(store.can_attach("1", &["7"], NOW + 4_000));
}

#[test]
fn the_ledger_learns_what_was_made() {
    let mut store = MediaStore::default();
    let effect = chunked(&mut store, "7", "image/gif", "tweet_gif", GIF).effect.unwrap();
    let sha256 = "b8fb65a2d0cc28345f187165e68eda5f05d7372be287aa021c86c6fcf4b646d4";
    assert_eq!(
        effect,
        json!({
            "media_id": "7", "sha256": sha256, "bytes": GIF.len(), "media_type": "image/gif", "category": "tweet_gif"
        })
    );
}

#[test]
fn to_finalize_twice_makes_one_medium() {
    let mut store = MediaStore::default();
    let first = chunked(&mut store, "7", "image/png", "tweet_image", PNG);
    let second = store.finalize("1", "7", RULES, NOW).unwrap();
    assert_eq!(second, Receipt { answer: first.answer, effect: None });
}

#[test]
fn a_false_video_fails_while_it_is_worked_on_and_a_false_picture_at_once() {
    let mut store = MediaStore::default();
    chunked(&mut store, "7", "video/mp4", "tweet_video", b"garbage, but long enough");
    let late = store.status("1", "7", NOW + 4_000).unwrap();
    assert_eq!(late["data"]["processing_info"]["state"], "failed");
    assert!(!store.can_attach("1", &["7"], NOW + 4_000));
    store.initialize("1", &initialize("image/png", "tweet_image", 7), "8", NOW).unwrap();
    store.append("1", "8", 0, Bytes::from_static(b"garbage"), NOW).unwrap();
    assert_eq!(store.finalize("1", "8", RULES, NOW), Err(medium::unrecognized()));
}

#[test]
fn an_upload_belongs_to_its_owners_until_it_expires() {
    let mut store = MediaStore::default();
    let mut request = initialize("image/png", "tweet_image", 4);
    request.additional_owners = vec!["2".into()];
    let begun = store.initialize("1", &request, "7", NOW).unwrap();
    assert_eq!(begun, json!({"data": {"id": "7", "media_key": "3_7", "expires_after_secs": 1_295_999}}));
    let expires_at = NOW / 1000 + 1_295_999;
    let segment = Bytes::from_static(b"ab");
    assert_eq!(store.append("2", "7", 0, segment.clone(), NOW), Ok(json!({"data": {"expires_at": expires_at}})));
    assert_eq!(store.append("3", "7", 1, segment.clone(), NOW), Err(Refusal::not_found("7")));
    assert_eq!(store.append("1", "7", 1, segment.clone(), expires_at * 1000), Err(Refusal::not_found("7")));
    assert!(store.append("1", "7", 1000, segment.clone(), NOW).is_err());
    assert!(store.append("1", "7", 999, segment, NOW).is_ok());
    assert_eq!(store.finalize("3", "7", RULES, NOW), Err(Refusal::not_found("7")));
    assert_eq!(store.finalize("1", "7", RULES, expires_at * 1000), Err(Refusal::not_found("7")));
    assert!(store.status("1", "7", NOW).is_err());
}

#[test]
fn an_alt_text_has_up_to_a_thousand_characters() {
    let mut store = MediaStore::default();
    store.upload("1", &picture("tweet_image"), "7", RULES, NOW).unwrap();
    let describe = |store: &mut MediaStore, user, text: &str| {
        let request = json!({"id": "7", "metadata": {"alt_text": {"text": text}}});
        store.describe(user, &serde_json::from_value(request).unwrap(), NOW)
    };
    let receipt = describe(&mut store, "1", "鳥").unwrap();
    assert_eq!(receipt.answer, json!({"data": {"id": "7", "associated_metadata": {"alt_text": {"text": "鳥"}}}}));
    assert_eq!(receipt.effect, Some(json!({"media_id": "7", "alt_text": "鳥"})));
    assert!(describe(&mut store, "1", &"鳥".repeat(1000)).is_ok());
    assert!(describe(&mut store, "1", &"a".repeat(1001)).is_err());
    assert_eq!(describe(&mut store, "2", "a"), Err(Refusal::not_found("7")));
}

#[test]
fn subtitles_come_and_go() {
    let mut store = MediaStore::default();
    chunked(&mut store, "7", "video/mp4", "tweet_video", MP4);
    let track = OneShot { media: b"1\n00:00:01,000 --> 00:00:02,000\nhi\n", ..picture("subtitles") };
    store.upload("1", &track, "8", RULES, NOW).unwrap();
    let create = |video: &str, language: &str| -> CreateSubtitles {
        let track = json!({"id": "8", "language_code": language, "display_name": "English"});
        serde_json::from_value(json!({"id": video, "media_category": "TweetVideo", "subtitles": track})).unwrap()
    };
    let receipt = store.add_subtitles("1", &create("7", "EN"), NOW).unwrap();
    assert_eq!(receipt.answer["data"]["associated_subtitles"]["language_code"], "EN");
    assert!(store.add_subtitles("1", &create("7", "en"), NOW).is_err());
    assert!(store.add_subtitles("1", &create("8", "EN"), NOW).is_err());
    let delete = json!({"id": "7", "media_category": "TweetVideo", "language_code": "EN"});
    let delete: DeleteSubtitles = serde_json::from_value(delete).unwrap();
    assert_eq!(store.remove_subtitles("1", &delete, NOW).unwrap().answer, json!({"data": {"deleted": true}}));
    let again = store.remove_subtitles("1", &delete, NOW).unwrap();
    assert_eq!(again, Receipt { answer: json!({"data": {"deleted": false}}), effect: None });
}

#[test]
fn a_large_video_is_not_kept() {
    let mut store = MediaStore::default();
    let megabyte = Bytes::from([MP4, &vec![0; 1024 * 1024 - MP4.len()]].concat());
    store.initialize("1", &initialize("video/mp4", "tweet_video", 512 * megabyte.len()), "7", NOW).unwrap();
    let shared = megabyte.clone();
    for index in 0..512 {
        store.append("1", "7", index, shared.clone(), NOW).unwrap();
    }
    drop(shared);
    assert!(megabyte.is_unique(), "a segment in order must be let go");
    let receipt = store.finalize("1", "7", RULES, NOW).unwrap();
    assert_eq!(receipt.answer["data"]["size"], 536_870_912);
}
