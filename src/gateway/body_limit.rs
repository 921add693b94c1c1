//! How long a body may be, by route, and the reading that holds it to that.
//!
//! A length that is announced is refused at once; one that is not, or that lies, is cut off while the body is read.

use axum::body::Body;
use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderMap, Method, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{
    domain::fault::{Code, Fault},
    services::Context,
};

/// JSON, in bytes.
pub const JSON: u64 = 64 * 1024;
/// Media: X's largest video, and the frame of a multipart body around it, in bytes.
pub const MEDIA: u64 = 512 * 1024 * 1024 + 64 * 1024;
/// JSON for X, in bytes: articles are the longest.
pub const RELAYED: u64 = 1024 * 1024;
/// One part of media that the client sends in parts, in bytes.
pub const MEDIA_PART: u64 = 1024 * 1024;

/// The longest body that `path` takes, in bytes.
pub fn limit_of(method: &Method, path: &str) -> u64 {
    if let Some(endpoint) = path.strip_prefix("/2/") {
        return if endpoint.starts_with("media/") || endpoint.starts_with("chat/media") { MEDIA } else { RELAYED };
    }
    let is_part = || path.starts_with("/v1/media/uploads/") && path.contains("/parts/");
    match *method {
        Method::POST if path == "/v1/media" => MEDIA,
        Method::PUT if is_part() => MEDIA_PART,
        _ => JSON,
    }
}

/// Refuses a body whose announced length is too large, and an encoding that would hide its true length.
///
/// # Errors
/// [`Code::BodyTooLarge`], [`Code::UnsupportedMediaType`], [`Code::InvalidRequest`].
pub fn admit(headers: &HeaderMap, limit: u64) -> Result<(), Fault> {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Fault::new(Code::UnsupportedMediaType, "Send the body without a Content-Encoding."));
    }
    let Some(length) = headers.get(header::CONTENT_LENGTH) else {
        return Ok(());
    };
    let length: Option<u64> = length.to_str().ok().and_then(|text| text.parse().ok());
    match length {
        None => Err(Fault::new(Code::InvalidRequest, "Content-Length must be a whole number.")),
        Some(length) if length > limit => Err(too_large(limit)),
        Some(_) => Ok(()),
    }
}

/// How long a body that is read whole may take to arrive, in ms.
const PATIENCE_MS: u64 = 30_000;

/// A body, whole: at most `limit` bytes, within its time.
///
/// # Errors
/// [`Code::BodyTooLarge`], [`Code::InvalidRequest`] for one that is cut, [`Code::BodyTimeout`].
pub async fn read(context: &Context, body: Body, limit: u64) -> Result<Bytes, Fault> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let reading = Box::pin(Limited::new(body, most).collect());
    let patience = context.ports.timer.sleep(PATIENCE_MS);
    match select(reading, patience).await {
        Either::Left((Ok(body), _)) => Ok(body.to_bytes()),
        Either::Left((Err(e), _)) if e.is::<LengthLimitError>() => Err(too_large(limit)),
        Either::Left((Err(_), _)) => Err(Fault::new(Code::InvalidRequest, "The body ended before it was complete.")),
        Either::Right(((), _)) => Err(Fault::new(Code::BodyTimeout, "The body took longer than 30 s.")),
    }
}

/// The body is longer than `limit` bytes.
pub fn too_large(limit: u64) -> Fault {
    Fault::new(Code::BodyTooLarge, format!("The body may have at most {limit} bytes here."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(name: header::HeaderName, value: &str) -> Option<Code> {
        let headers = HeaderMap::from_iter([(name, value.parse().unwrap())]);
        admit(&headers, JSON).err().map(|fault| fault.code)
    }

    #[test]
    fn announced_lengths_are_held_to_the_limit() {
        assert_eq!(admitted(header::CONTENT_LENGTH, "65536"), None);
        assert_eq!(admitted(header::CONTENT_LENGTH, "65537"), Some(Code::BodyTooLarge));
        assert_eq!(admitted(header::CONTENT_LENGTH, "-1"), Some(Code::InvalidRequest));
        assert_eq!(admitted(header::CONTENT_LENGTH, "99999999999999999999999"), Some(Code::InvalidRequest));
    }

    #[test]
    fn encoded_bodies_are_not_taken() {
        assert_eq!(admitted(header::CONTENT_ENCODING, "gzip"), Some(Code::UnsupportedMediaType));
    }

    #[test]
    fn media_may_be_as_large_as_x_takes_it() {
        assert_eq!(limit_of(&Method::POST, "/v1/media"), MEDIA);
        assert_eq!(limit_of(&Method::PUT, "/v1/media/uploads/u/parts/0"), MEDIA_PART);
        assert_eq!(limit_of(&Method::PUT, "/v1/media/1/alt-text"), JSON);
        assert_eq!(limit_of(&Method::POST, "/v1/tweets"), JSON);
        assert_eq!(limit_of(&Method::POST, "/2/media/upload/7/append"), MEDIA);
        assert_eq!(limit_of(&Method::POST, "/2/tweets"), RELAYED);
    }
}
