//! Media: uploading in one request or in segments, what becomes of it, and the words that go with it.
//!
//! All of these may be repeated: an upload that is begun twice leaves an orphan that X forgets, and a segment takes the place of
//! the one before it with the same index. Finalizing alone is not: whether a first one took effect is asked of STATUS.

use bytes::Bytes;
use serde::Serialize;

use crate::{
    domain::{media::AltText, tweet::MediaId},
    x::{
        catalogue,
        media::{Category, MediaType},
        multipart::{self, FilePart},
        operation::{Operation, XRequest},
    },
};

/// `POST /2/media/upload`: the whole file in one request.
pub const UPLOAD: &Operation = catalogue::MEDIA_UPLOAD;

/// `POST /2/media/upload/initialize`
pub const INITIALIZE: &Operation = catalogue::INITIALIZE_MEDIA_UPLOAD;

/// `POST /2/media/upload/{id}/append`
pub const APPEND: &Operation = catalogue::APPEND_MEDIA_UPLOAD;

/// `POST /2/media/upload/{id}/finalize`
pub const FINALIZE: &Operation = catalogue::FINALIZE_MEDIA_UPLOAD;

/// `GET /2/media/upload?command=STATUS`
pub const STATUS: &Operation = catalogue::GET_MEDIA_UPLOAD_STATUS;

/// `POST /2/media/metadata`
pub const METADATA: &Operation = catalogue::CREATE_MEDIA_METADATA;

/// `POST /2/media/subtitles`
pub const ADD_SUBTITLES: &Operation = catalogue::CREATE_MEDIA_SUBTITLES;

/// `DELETE /2/media/subtitles`, which has a body.
pub const REMOVE_SUBTITLES: &Operation = catalogue::DELETE_MEDIA_SUBTITLES;

/// Every operation here.
pub const ALL: &[&Operation] =
    &[UPLOAD, INITIALIZE, APPEND, FINALIZE, STATUS, METADATA, ADD_SUBTITLES, REMOVE_SUBTITLES];

/// What X must know of a file before its first byte.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Announcement {
    /// What it is.
    pub media_type: MediaType,
    /// The size, in bytes.
    pub total_bytes: u64,
    /// What it is for.
    pub media_category: Category,
}

/// Uploads `bytes` whole, in a form with `boundary`. Their size says itself.
pub fn upload(announcement: Announcement, bytes: &[u8], boundary: &str) -> XRequest {
    let file = FilePart { name: "media", media_type: announcement.media_type.as_str(), bytes };
    let category = [("media_category", announcement.media_category.as_str())];
    let (content_type, body) = multipart::form(boundary, &category, file);
    XRequest::new(UPLOAD, [""; 0]).body(content_type, body)
}

/// Begins an upload in segments.
pub fn initialize(announcement: Announcement) -> XRequest {
    XRequest::new(INITIALIZE, [""; 0]).json(&announcement)
}

/// Sends segment `index` (0 to 999) of the upload `id`, in a form with `boundary`. It may be sent again.
pub fn append(id: &MediaId, index: u16, segment: &Bytes, boundary: &str) -> XRequest {
    let file = FilePart { name: "media", media_type: "application/octet-stream", bytes: segment };
    let (content_type, body) = multipart::form(boundary, &[("segment_index", &index.to_string())], file);
    XRequest::new(APPEND, [id.as_str()]).body(content_type, body)
}

/// Ends the upload `id`.
pub fn finalize(id: &MediaId) -> XRequest {
    XRequest::new(FINALIZE, [id.as_str()])
}

/// Asks what has become of `id`.
pub fn status(id: &MediaId) -> XRequest {
    XRequest::new(STATUS, [""; 0]).query("command", "STATUS").query("media_id", id.as_str())
}

/// Gives the medium `id` an alt text.
pub fn describe(id: &MediaId, alt_text: &AltText) -> XRequest {
    #[derive(Serialize)]
    struct Body<'a> {
        id: &'a MediaId,
        metadata: Metadata<'a>,
    }
    #[derive(Serialize)]
    struct Metadata<'a> {
        alt_text: Text<'a>,
    }
    #[derive(Serialize)]
    struct Text<'a> {
        text: &'a AltText,
    }
    let metadata = Metadata { alt_text: Text { text: alt_text } };
    XRequest::new(METADATA, [""; 0]).json(&Body { id, metadata })
}

/// The video that subtitles belong to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SubtitledVideo<'a> {
    /// Its id.
    pub id: &'a MediaId,
    /// Its category, in this endpoint's own spelling: `TweetVideo`, `AmplifyVideo`.
    pub media_category: &'a str,
}

/// A track of subtitles: an uploaded medium of its own.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Track<'a> {
    /// The track's media id.
    pub id: &'a MediaId,
    /// Two capital letters.
    pub language_code: &'a str,
    /// The language's name, for people.
    pub display_name: &'a str,
}

/// Adds `track` to `video`.
pub fn add_subtitles(video: SubtitledVideo<'_>, track: Track<'_>) -> XRequest {
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(flatten)]
        video: SubtitledVideo<'a>,
        subtitles: Track<'a>,
    }
    XRequest::new(ADD_SUBTITLES, [""; 0]).json(&Body { video, subtitles: track })
}

/// Removes the track in `language_code` from `video`.
pub fn remove_subtitles(video: SubtitledVideo<'_>, language_code: &str) -> XRequest {
    #[derive(Serialize)]
    struct Body<'a> {
        #[serde(flatten)]
        video: SubtitledVideo<'a>,
        language_code: &'a str,
    }
    XRequest::new(REMOVE_SUBTITLES, [""; 0]).json(&Body { video, language_code })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn json_of(request: &XRequest) -> serde_json::Value {
        let (content_type, body) = request.body.as_ref().unwrap();
        assert_eq!(content_type, "application/json");
        serde_json::from_slice(body).unwrap()
    }

    #[test]
    fn bodies_have_the_form_x_documents() {
        let (id, track) = (MediaId::parse("12").unwrap(), MediaId::parse("34").unwrap());
        let announcement =
            Announcement { media_type: MediaType::Mp4, total_bytes: 9, media_category: Category::TweetVideo };
        assert_eq!(
            json_of(&initialize(announcement)),
            json!({"media_type": "video/mp4", "total_bytes": 9, "media_category": "tweet_video"})
        );
        let text = AltText::parse("a cat".to_owned()).unwrap();
        assert_eq!(json_of(&describe(&id, &text)), json!({"id": "12", "metadata": {"alt_text": {"text": "a cat"}}}));
        let video = SubtitledVideo { id: &id, media_category: "TweetVideo" };
        let track = Track { id: &track, language_code: "EN", display_name: "English" };
        assert_eq!(
            json_of(&add_subtitles(video, track)),
            json!({"id": "12", "media_category": "TweetVideo",
                "subtitles": {"id": "34", "language_code": "EN", "display_name": "English"}})
        );
        assert_eq!(
            json_of(&remove_subtitles(video, "EN")),
            json!({"id": "12", "media_category": "TweetVideo", "language_code": "EN"})
        );
    }

    #[test]
    fn status_is_asked_in_the_query() {
        let base = url::Url::parse("https://api.x.com").unwrap();
        let url = status(&MediaId::parse("12").unwrap()).url(&base);
        assert_eq!(url.as_str(), "https://api.x.com/2/media/upload?command=STATUS&media_id=12");
    }
}
