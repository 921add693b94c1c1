//! What a file is, and why X would not take it.

use crate::{
    domain::fault::{Code, Fault},
    x::media::{Category, MediaRefusal, MediaType, sniff},
};

/// What the file that begins with `head` is. Its bytes decide, and what the client says must agree; MP4 and `QuickTime` are one
/// container whose writers are not strict about its brand, so there the client's word counts.
///
/// # Errors
/// [`Code::MediaRejected`], naming what was declared and what was found.
pub(super) fn recognize(declared: Option<&str>, head: &[u8]) -> Result<MediaType, Fault> {
    let found = sniff(head);
    let Some(name) = declared.filter(|name| !is_unspecific(name)) else {
        return found.ok_or_else(|| rejected(format!("The media {}.", no_type(head))));
    };
    match (MediaType::parse(name), found) {
        (Some(declared), Some(found)) if declared == found || is_one_container(declared, found) => Ok(declared),
        (_, Some(found)) => {
            Err(rejected(format!("The media is declared as {}, but its bytes are {}.", shown(name), found.as_str())))
        }
        (_, None) => Err(rejected(format!("The media is declared as {}, but {}.", shown(name), no_type(head)))),
    }
}

fn no_type(head: &[u8]) -> &'static str {
    if head.is_empty() { "is empty" } else { "its bytes are of no type that X takes" }
}

fn is_one_container(one: MediaType, other: MediaType) -> bool {
    let is_container = |media_type| matches!(media_type, MediaType::Mp4 | MediaType::QuickTime);
    is_container(one) && is_container(other)
}

/// What clients say that do not know.
fn is_unspecific(name: &str) -> bool {
    let essence = name.split(';').next().unwrap_or_default().trim();
    essence.is_empty() || essence.eq_ignore_ascii_case("application/octet-stream")
}

/// A client's word, fit to be shown.
fn shown(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(60).collect()
}

fn rejected(detail: impl Into<String>) -> Fault {
    Fault::new(Code::MediaRejected, detail)
}

/// A refusal of the plan, in words.
pub(super) fn refused(refusal: MediaRefusal, media_type: MediaType, category: Category) -> Fault {
    let category = category.as_str();
    match refusal {
        MediaRefusal::Empty => rejected("The media is empty."),
        MediaRefusal::UnknownSize => Fault::new(
            Code::InvalidRequest,
            "Media above 1 MiB need their size in advance: send Content-Length, or a field total_bytes before the file, or \
             the media in parts (POST /v1/media/uploads).",
        ),
        MediaRefusal::TooLarge { limit_bytes } => {
            rejected(format!("X takes at most {limit_bytes} bytes as {category}."))
        }
        MediaRefusal::WrongCategory => {
            let message = format!("{category} does not take {}.", media_type.as_str());
            Fault::field("media_category", "category", message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    const MOV: &[u8] = b"\0\0\0\x14ftypqt  ";

    #[test]
    fn bytes_decide_what_a_file_is() {
        assert_eq!(recognize(None, PNG), Ok(MediaType::Png));
        assert_eq!(recognize(Some("application/octet-stream"), PNG), Ok(MediaType::Png));
        assert_eq!(recognize(Some("IMAGE/PNG; q=1"), PNG), Ok(MediaType::Png));
        assert_eq!(recognize(Some("video/mp4"), MOV), Ok(MediaType::Mp4));
        assert_eq!(recognize(None, MOV), Ok(MediaType::QuickTime));
    }

    #[test]
    fn a_disagreement_names_both() {
        let fault = recognize(Some("image/jpeg"), PNG).unwrap_err();
        assert_eq!(fault.code, Code::MediaRejected);
        assert!(fault.detail.contains("image/jpeg") && fault.detail.contains("image/png"));
    }

    #[test]
    fn what_x_does_not_take_is_refused() {
        for (declared, head) in [
            (Some("image/png"), &b"<svg>"[..]),
            (Some("image/png"), b""),
            (Some("image/svg+xml"), b"<svg>"),
            (None, b""),
            (None, b"<html>"),
        ] {
            assert_eq!(recognize(declared, head).unwrap_err().code, Code::MediaRejected);
        }
    }

    #[test]
    fn a_file_of_unknown_size_is_told_what_to_do() {
        let fault = refused(MediaRefusal::UnknownSize, MediaType::Mp4, Category::TweetVideo);
        assert_eq!(fault.code, Code::InvalidRequest);
        assert!(fault.detail.contains("Content-Length") && fault.detail.contains("/v1/media/uploads"));
    }
}
