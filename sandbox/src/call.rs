//! One request to the emulated API, read whole.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, header};
use serde_json::Value;

use crate::caller::Caller;

/// A request with everything an endpoint may want to know about it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Named parts of the path, percent-decoded.
    pub(crate) params: Vec<(String, String)>,
    /// Decoded query, in order.
    pub(crate) query: Vec<(String, String)>,
    /// When it arrived, in ms.
    pub(crate) at_ms: u64,
    /// Who is asking.
    pub(crate) caller: Caller,
    /// Tweets younger than this many ms are not visible yet (the timeline-lag fault).
    pub(crate) lag_ms: u64,
}

impl Call {
    /// The named part of the path, or an empty text.
    pub(crate) fn param(&self, name: &str) -> &str {
        lookup(&self.params, name).unwrap_or_default()
    }

    /// The first query parameter called `name`.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        lookup(&self.query, name)
    }

    /// The request header `name`, when it is readable text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body says it is `media_type` (parameters aside).
    pub(crate) fn is_content_type(&self, media_type: &str) -> bool {
        let given = self.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
        given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
    }

    /// The parameters of a form body; a JSON object of texts is read as a form too, as some clients send it.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        if self.is_content_type("application/json") {
            return json_fields(&self.body);
        }
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// `user:password` of Basic credentials.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        use base64::Engine as _;
        let value = self.header(header::AUTHORIZATION.as_str())?.strip_prefix("Basic ")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(value.trim()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }
}

/// The first value called `name` in a list of pairs.
pub(crate) fn lookup<'pairs>(pairs: &'pairs [(String, String)], name: &str) -> Option<&'pairs str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Decoded pairs of a query or form text.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn json_fields(body: &[u8]) -> Vec<(String, String)> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return Vec::new();
    };
    members.into_iter().filter_map(|(name, value)| value.as_str().map(|text| (name, text.to_owned()))).collect()
}
