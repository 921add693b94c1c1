//! Types, categories, plans, beginnings of files and states of processing.

use proptest::prelude::*;

use super::*;

const MIB: u64 = 1 << 20;

#[test]
fn every_content_type_of_x_is_known_by_its_name() {
    for name in [
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/bmp",
        "image/tiff",
        "image/gif",
        "video/mp4",
        "video/quicktime",
        "video/webm",
        "video/mp2t",
        "text/srt",
        "text/vtt",
    ] {
        let kind = MediaType::parse(name).unwrap();
        assert_eq!(kind.as_str(), name);
        assert_eq!(serde_json::to_value(kind).unwrap(), name);
    }
    assert_eq!(MediaType::parse("Image/PNG; charset=binary"), Some(MediaType::Png));
    assert_eq!(MediaType::parse("image/jpg"), Some(MediaType::Jpeg));
    assert_eq!(MediaType::Jpeg.as_str(), "image/jpeg");
    for unknown in ["", "image/svg+xml", "application/octet-stream", "text/html"] {
        assert_eq!(MediaType::parse(unknown), None);
    }
}

#[test]
fn every_category_of_x_is_known_by_its_name() {
    for name in
        ["tweet_image", "tweet_gif", "tweet_video", "amplify_video", "dm_image", "dm_gif", "dm_video", "subtitles"]
    {
        let category = Category::parse(name).unwrap();
        assert_eq!(category.as_str(), name);
        assert_eq!(serde_json::to_value(category).unwrap(), name);
    }
    assert_eq!(Category::parse("TweetImage"), None);
}

#[test]
fn a_type_has_its_category() {
    for (kind, category) in [
        (MediaType::Png, Category::TweetImage),
        (MediaType::Gif, Category::TweetGif),
        (MediaType::Mp4, Category::TweetVideo),
        (MediaType::Srt, Category::Subtitles),
    ] {
        assert_eq!(kind.tweet_category(), category);
        assert!(category.takes(kind));
    }
    assert!(Category::TweetImage.takes(MediaType::Gif), "a still picture");
    assert!(!Category::TweetGif.takes(MediaType::Png));
    assert_eq!(plan(MediaType::Mp4, Category::TweetImage, Some(1)), Err(MediaRefusal::WrongCategory));
}

#[test]
fn a_picture_of_one_segment_goes_up_in_one_request() {
    let picture = |bytes| plan(MediaType::Png, Category::TweetImage, Some(bytes));
    assert_eq!(picture(1), Ok(UploadPlan::OneShot));
    assert_eq!(picture(MIB), Ok(UploadPlan::OneShot));
    assert_eq!(picture(MIB + 1), Ok(UploadPlan::Chunked { segments: 2, total_bytes: MIB + 1 }));
    assert_eq!(picture(5 * MIB), Ok(UploadPlan::Chunked { segments: 5, total_bytes: 5 * MIB }));
    assert_eq!(picture(5 * MIB + 1), Err(MediaRefusal::TooLarge { limit_bytes: 5 * MIB }));
}

#[test]
fn gifs_and_videos_go_up_in_segments_however_small() {
    for (kind, category) in [(MediaType::Gif, Category::TweetGif), (MediaType::Mp4, Category::TweetVideo)] {
        assert_eq!(plan(kind, category, Some(1)), Ok(UploadPlan::Chunked { segments: 1, total_bytes: 1 }));
    }
    let video = |bytes| plan(MediaType::Mp4, Category::TweetVideo, Some(bytes));
    assert_eq!(video(512 * MIB), Ok(UploadPlan::Chunked { segments: 512, total_bytes: 512 * MIB }));
    assert_eq!(video(512 * MIB + 1), Err(MediaRefusal::TooLarge { limit_bytes: 512 * MIB }));
}

#[test]
fn nothing_is_begun_with_no_bytes_or_an_unknown_number() {
    assert_eq!(plan(MediaType::Png, Category::TweetImage, Some(0)), Err(MediaRefusal::Empty));
    assert_eq!(plan(MediaType::Png, Category::TweetImage, None), Err(MediaRefusal::UnknownSize));
}

#[test]
fn files_are_known_by_their_beginning() {
    let mut stream = vec![0_u8; 400];
    stream[0] = 0x47;
    stream[188] = 0x47;
    let cases: [(&[u8], Option<MediaType>); 21] = [
        (b"\x89PNG\r\n\x1a\n....", Some(MediaType::Png)),
        (b"\xFF\xD8\xFF\xE0..JFIF", Some(MediaType::Jpeg)),
        (b"RIFF....WEBPVP8 ", Some(MediaType::Webp)),
        (b"RIFF....WAVEfmt ", None),
        (b"abcdefghWEBP", None),
        (b"GIF89a..", Some(MediaType::Gif)),
        (b"GIF87a..", Some(MediaType::Gif)),
        (b"GIF88a..", None),
        (b"BM\x36\x10\0\0\0\0\0\0\x36", Some(MediaType::Bmp)),
        (b"BMW cars", None),
        (b"II*\0....", Some(MediaType::Tiff)),
        (b"MM\0*....", Some(MediaType::Tiff)),
        (b"\0\0\0\x20ftypisom....", Some(MediaType::Mp4)),
        (b"\0\0\0\x14ftypqt  ....", Some(MediaType::QuickTime)),
        (b"\x1A\x45\xDF\xA3....webm", Some(MediaType::Webm)),
        (b"\xEF\xBB\xBFWEBVTT\n\n", Some(MediaType::Vtt)),
        (b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n", Some(MediaType::Srt)),
        (b"1\nhello", None),
        (&stream, Some(MediaType::Mp2t)),
        (b"<svg xmlns=", None),
        (b"", None),
    ];
    for (head, kind) in cases {
        assert_eq!(sniff(head), kind, "{:?}", head.escape_ascii().to_string());
    }
}

fn read(processing_info: &str) -> Processing {
    Processing::read(format!(r#"{{"data":{{"id":"1","processing_info":{processing_info}}}}}"#).as_bytes()).unwrap()
}

#[test]
fn media_without_processing_are_ready() {
    let answer = br#"{"data":{"id":"1","media_key":"3_1","expires_after_secs":86400}}"#;
    assert_eq!(Processing::read(answer).unwrap(), Processing::Ready);
    assert_eq!(read("null"), Processing::Ready);
    assert_eq!(read(r#"{"state":"succeeded","progress_percent":100}"#), Processing::Ready);
}

#[test]
fn media_in_processing_are_waited_for_as_x_asks() {
    let wait = |after_s, progress| Processing::Wait { after_s, progress };
    assert_eq!(read(r#"{"state":"pending","check_after_secs":5}"#), wait(5, None));
    assert_eq!(read(r#"{"state":"in_progress","check_after_secs":2.5,"progress_percent":40}"#), wait(3, Some(40)));
    assert_eq!(read(r#"{"state":"in_progress"}"#), wait(1, None));
    assert_eq!(read(r#"{"state":"pending","check_after_secs":0}"#), wait(1, None));
    assert_eq!(read(r#"{"state":"pending","check_after_secs":86400,"progress_percent":-3}"#), wait(60, Some(0)));
    assert_eq!(read(r#"{"state":"something new","check_after_secs":5}"#), wait(5, None));
}

#[test]
fn media_x_cannot_process_have_failed() {
    let failed = |message: &str| Processing::Failed { message: message.to_owned() };
    let error = r#"{"code":1,"name":"InvalidMedia","message":"Unsupported\n video format"}"#;
    assert_eq!(read(&format!(r#"{{"state":"failed","error":{error}}}"#)), failed("Unsupported video format"));
    assert_eq!(read(r#"{"state":"failed","error":{"name":"InvalidMedia"}}"#), failed("InvalidMedia"));
    assert_eq!(read(r#"{"state":"failed"}"#), failed("X could not process the media"));
}

#[test]
fn another_answer_is_no_processing() {
    for body in ["", "{}", r#"{"data":[]}"#, r#"{"errors":[{"title":"Not Found Error"}]}"#, "<html>"] {
        assert!(Processing::read(body.as_bytes()).is_err(), "{body}");
    }
}

proptest! {
    #[test]
    fn segments_cover_the_media_and_no_more(total in 1..=512 * MIB) {
        let Ok(UploadPlan::Chunked { segments, total_bytes }) = plan(MediaType::Mp4, Category::TweetVideo, Some(total)) else {
            panic!("a video is chunked");
        };
        let segments = u64::from(segments);
        prop_assert_eq!(total_bytes, total);
        prop_assert!(segments <= 1000);
        prop_assert!(segments * SEGMENT_BYTES >= total && (segments - 1) * SEGMENT_BYTES < total);
    }

    #[test]
    fn what_follows_a_signature_does_not_matter(tail in prop::collection::vec(any::<u8>(), 0..300)) {
        for (signature, kind) in [
            (&b"\x89PNG\r\n\x1a\n"[..], MediaType::Png),
            (b"GIF89a", MediaType::Gif),
            (b"\0\0\0\x18ftypmp42", MediaType::Mp4),
            (b"WEBVTT", MediaType::Vtt),
        ] {
            let file = [signature, &tail].concat();
            prop_assert_eq!(sniff(&file), Some(kind));
            prop_assert_eq!(sniff(&file[..file.len().min(SNIFFED_BYTES)]), Some(kind));
        }
    }
}
