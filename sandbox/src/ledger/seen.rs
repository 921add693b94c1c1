//! One request of the ledger: how it arrived, who sent it, and how its answer ended.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Uri};
use serde::Serialize;

use crate::entropy::sha256_hex;

/// Longest body kept as text, in bytes.
pub(crate) const BODY_KEPT: usize = 64 * 1024;

/// A request as it arrived, and what became of it.
#[derive(Debug, Serialize)]
pub(crate) struct Seen {
    pub(crate) seq: u64,
    /// When its head arrived, in ms.
    pub(crate) at_ms: u64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The host it was sent to: of the request target when that names one, else the `Host` header.
    host: String,
    /// Every header, in order; a name that came twice stands here twice.
    pub(crate) headers: Vec<(String, String)>,
    /// How the head announced the body.
    framing: Framing,
    /// The body when it is JSON or a form, UTF-8 and at most 64 KiB.
    body: Option<String>,
    /// Bytes of the body that arrived.
    pub(crate) body_bytes: usize,
    /// SHA-256 of the body; `null` until it is here whole.
    body_sha256: Option<String>,
    /// Status answered; `null` while pending and when the connection was torn down without an answer.
    pub(crate) status: Option<u16>,
    /// `oauth1_user`, `oauth2_user` or `app_bearer`; `null` when no valid credentials were asked or given.
    pub(crate) credential: Option<&'static str>,
    pub(crate) user_id: Option<String>,
    /// The kind of fault that was played on it.
    pub(crate) fault: Option<&'static str>,
    /// Whether it came to the trap, where no request to X comes.
    pub(crate) foreign: bool,
    /// How it ended; `null` while it runs.
    pub(crate) ending: Option<Ending>,
}

/// How a head announced its body (RFC 9112 section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Framing {
    /// Neither header: no body.
    None,
    /// `Content-Length`
    ContentLength,
    /// `Transfer-Encoding: chunked`
    Chunked,
}

/// How the exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// The whole answer was handed to the connection.
    Complete,
    /// The client left before its request or the answer was complete.
    ClientGone,
    /// A fault ended the connection.
    TornDown,
}

impl Seen {
    /// A request whose head has arrived, before it has a number, a body or an answer.
    pub(crate) fn new(at_ms: u64, method: &str, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            seq: 0,
            at_ms,
            method: method.to_owned(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            host: host(uri, headers),
            headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            framing: Framing::of(headers),
            body: None,
            body_bytes: 0,
            body_sha256: None,
            status: None,
            credential: None,
            user_id: None,
            fault: None,
            foreign: false,
            ending: None,
        }
    }

    /// Notes the body, which is here whole.
    pub(crate) fn received(&mut self, headers: &HeaderMap, body: &Bytes) {
        self.body_bytes = body.len();
        self.body_sha256 = Some(sha256_hex(body));
        self.body = readable(headers, body);
    }

    /// Notes how it ended; the first word stands.
    pub(crate) fn end(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }
}

impl Framing {
    fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(TRANSFER_ENCODING) {
            Self::Chunked
        } else if headers.contains_key(CONTENT_LENGTH) {
            Self::ContentLength
        } else {
            Self::None
        }
    }
}

fn host(uri: &Uri, headers: &HeaderMap) -> String {
    let named = uri.authority().map(|authority| authority.as_str().to_owned());
    named.or_else(|| headers.get(HOST).map(text)).unwrap_or_default()
}

fn text(value: &http::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn readable(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let is_text = content_type.contains("json") || content_type.starts_with("application/x-www-form-urlencoded");
    if !is_text || body.len() > BODY_KEPT {
        return None;
    }
    String::from_utf8(body.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_short_json_and_forms_are_kept_as_text() {
        let mut headers = HeaderMap::new();
        assert_eq!(readable(&headers, &Bytes::from_static(b"{}")), None);
        headers.insert("content-type", HeaderValue::from_static("application/json"));
        assert_eq!(readable(&headers, &Bytes::from_static(b"{}")).as_deref(), Some("{}"));
        assert_eq!(readable(&headers, &Bytes::from(vec![b' '; BODY_KEPT + 1])), None);
    }

    #[test]
    fn the_host_of_the_target_comes_before_the_header() {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("api.x.com"));
        let seen = |uri: &'static str| Seen::new(0, "GET", &Uri::from_static(uri), &headers).host;
        assert_eq!(seen("/2/tweets"), "api.x.com");
        assert_eq!(seen("http://elsewhere:1/2/tweets"), "elsewhere:1");
    }

    #[test]
    fn chunks_count_before_a_length() {
        let mut headers = HeaderMap::new();
        assert_eq!(Framing::of(&headers), Framing::None);
        headers.insert("content-length", HeaderValue::from_static("3"));
        assert_eq!(Framing::of(&headers), Framing::ContentLength);
        headers.insert("transfer-encoding", HeaderValue::from_static("chunked"));
        assert_eq!(Framing::of(&headers), Framing::Chunked);
    }

    #[test]
    fn the_first_ending_stands() {
        let mut seen = Seen::new(0, "GET", &Uri::from_static("/"), &HeaderMap::new());
        seen.end(Ending::TornDown);
        seen.end(Ending::ClientGone);
        assert_eq!(seen.ending, Some(Ending::TornDown));
    }
}
