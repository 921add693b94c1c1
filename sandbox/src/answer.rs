//! What the sandbox answers, as a value.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::streams::feed::Feed;

/// X's content type for answers and for errors of the v1 shape.
pub(crate) const JSON: &str = "application/json; charset=utf-8";
/// X's content type for problems.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// An HTTP answer before it meets the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// A stream in the place of the body.
    pub(crate) feed: Option<Feed>,
}

/// `Ok`: done. `Err`: refused, and nothing was changed. Both are answers.
pub(crate) type Outcome = Result<Answer, Box<Answer>>;

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::new(), feed: None }
    }

    /// `value` as JSON.
    pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).unwrap_or_default();
        Self::text(status, JSON, body)
    }

    /// `200` with `value` as JSON.
    pub(crate) fn ok(value: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, value)
    }

    /// A problem; `value` carries its members.
    pub(crate) fn problem(status: StatusCode, value: &impl Serialize) -> Self {
        Self::json(status, value).with_header("content-type", PROBLEM)
    }

    /// A body of any content type.
    pub(crate) fn text(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut answer = Self::empty(status);
        answer.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        answer.body = body.into();
        answer
    }

    /// An HTML page.
    pub(crate) fn page(status: StatusCode, html: impl Into<Bytes>) -> Self {
        Self::text(status, "text/html; charset=utf-8", html)
    }

    /// `302` to `location`.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::empty(StatusCode::FOUND).with_header("location", location)
    }

    /// The same answer with a header set. A name or value HTTP cannot carry is left out.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// As a refusal, for `?` and `Err`.
    pub(crate) fn refused<T>(self) -> Result<T, Box<Self>> {
        Err(Box::new(self))
    }
}
