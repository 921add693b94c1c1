//! What the first bytes say a file is.

use imagesize::ImageType;

/// As many first bytes as are kept to find out; enough for the dimensions of a JPEG behind its longest headers.
pub(super) const HEAD_BYTES: usize = 256 * 1024;

/// An image's size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dimensions {
    /// Pixels across.
    pub(super) width: usize,
    /// Pixels down.
    pub(super) height: usize,
}

/// Whether a file that begins with `head` can be of `media_type`.
pub(super) fn matches(media_type: &str, head: &[u8]) -> bool {
    match media_type {
        "image/jpeg" | "image/pjpeg" => is_image(head, ImageType::Jpeg),
        "image/png" => is_image(head, ImageType::Png),
        "image/gif" => is_image(head, ImageType::Gif),
        "image/webp" => is_image(head, ImageType::Webp),
        "video/mp4" | "video/quicktime" => head.get(4..8) == Some(b"ftyp"),
        "video/webm" => head.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]),
        "video/mp2t" => head.starts_with(&[0x47]),
        "text/vtt" => head.starts_with(b"WEBVTT") || head.starts_with(b"\xEF\xBB\xBFWEBVTT"),
        "text/srt" => is_text(head),
        _ => false,
    }
}

/// The media type of an image, read from its bytes.
pub(super) fn image_type(head: &[u8]) -> Option<&'static str> {
    match imagesize::image_type(head).ok()? {
        ImageType::Jpeg => Some("image/jpeg"),
        ImageType::Png => Some("image/png"),
        ImageType::Gif => Some("image/gif"),
        ImageType::Webp => Some("image/webp"),
        _ => None,
    }
}

/// The media type of any file X takes, read from its bytes.
pub(super) fn media_type(head: &[u8]) -> Option<&'static str> {
    let others = ["video/mp4", "video/webm", "video/mp2t", "text/vtt", "text/srt"];
    image_type(head).or_else(|| others.into_iter().find(|known| matches(known, head)))
}

/// The size of an image whose headers lie in `head`.
pub(super) fn dimensions(head: &[u8]) -> Option<Dimensions> {
    let size = imagesize::blob_size(head).ok()?;
    Some(Dimensions { width: size.width, height: size.height })
}

fn is_image(head: &[u8], expected: ImageType) -> bool {
    imagesize::image_type(head).is_ok_and(|found| found == expected) && dimensions(head).is_some()
}

/// A text, possibly cut within its last character, that holds the arrow of a cue.
fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    whole && head.windows(3).any(|three| three == b"-->")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{GIF, JPEG, MP4, PNG, WEBP};
    use super::*;

    #[test]
    fn each_format_is_known_by_its_first_bytes() {
        for (media_type, file) in [("image/png", PNG), ("image/jpeg", JPEG), ("image/gif", GIF), ("image/webp", WEBP)] {
            assert_eq!(image_type(file), Some(media_type));
            assert!(matches(media_type, file), "{media_type}");
            assert_eq!(dimensions(file), Some(Dimensions { width: 3, height: 2 }), "{media_type}");
        }
        assert!(matches("video/mp4", MP4));
        assert!(matches("text/vtt", b"WEBVTT\n\n"));
        assert!(matches("text/srt", b"1\n00:00:01,000 --> 00:00:02,000\nhi\n"));
    }

    #[test]
    fn garbage_and_the_wrong_format_are_told_apart() {
        assert!(!matches("image/png", JPEG));
        assert!(!matches("image/png", b"\x89PNG\r\n\x1a\n"));
        assert!(!matches("video/mp4", b"garbage garbage"));
        assert!(!matches("text/srt", b"\xFF\xFE -->"));
        assert_eq!(media_type(b"garbage garbage"), None);
    }
}
