//! The `multipart/form-data` frame (RFC 7578) around one file and the text fields before it.

use bytes::{Bytes, BytesMut};

/// A file, as a part of a form.
#[derive(Clone, Copy, Debug)]
pub struct FilePart<'a> {
    /// The form's name for it.
    pub name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// The whole body and its content type: `fields` in their order, then `file`.
///
/// Names, values and the media type are perch's own constants and numbers: nothing in them needs escaping. `boundary` is 128 bits
/// of entropy in hexadecimal, which no file holds but by a chance of 2⁻¹⁰⁸ in 1 MiB.
pub fn form(boundary: &str, fields: &[(&str, &str)], file: FilePart<'_>) -> (String, Bytes) {
    let head = head(boundary, fields, file);
    let tail = format!("\r\n--{boundary}--\r\n");
    let mut body = BytesMut::with_capacity(head.len() + file.bytes.len() + tail.len());
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file.bytes);
    body.extend_from_slice(tail.as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body.freeze())
}

fn head(boundary: &str, fields: &[(&str, &str)], file: FilePart<'_>) -> String {
    let FilePart { name, media_type, .. } = file;
    let fields = fields.iter().map(|(field, value)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
    });
    let file = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\nContent-Type: {media_type}\r\n\r\n"
    );
    fields.chain([file]).collect()
}

// Natively alone: tokio runs no test on wasm32.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const FILE: FilePart<'_> = FilePart { name: "media", media_type: "image/png", bytes: b"\x89PNG\r\n--nearly\r\n" };

    #[test]
    fn fields_stand_before_the_file_and_the_file_is_untouched() {
        let (content_type, body) = form("b0", &[("segment_index", "7")], FILE);
        assert_eq!(content_type, "multipart/form-data; boundary=b0");
        let expected: &[u8] = b"--b0\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n7\r\n\
            --b0\r\nContent-Disposition: form-data; name=\"media\"; filename=\"media\"\r\nContent-Type: image/png\r\n\r\n\
            \x89PNG\r\n--nearly\r\n\r\n--b0--\r\n";
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn a_reader_of_forms_finds_what_was_put_in() {
        let (content_type, body) = form("b0", &[("media_category", "tweet_image"), ("a", "")], FILE);
        let boundary = multer::parse_boundary(content_type).unwrap();
        let body = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
        let mut reader = multer::Multipart::new(body, boundary);
        let mut seen = Vec::new();
        while let Some(field) = reader.next_field().await.unwrap() {
            seen.push((field.name().unwrap().to_owned(), field.bytes().await.unwrap()));
        }
        assert_eq!(
            seen,
            [
                ("media_category".to_owned(), Bytes::from_static(b"tweet_image")),
                ("a".to_owned(), Bytes::new()),
                ("media".to_owned(), Bytes::from_static(FILE.bytes)),
            ]
        );
    }
}
