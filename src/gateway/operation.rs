//! How a write stands, as clients see it: an *operation* that can be asked for, and the answer 202 to a request whose outcome is open.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

use super::problem::rfc3339;
use crate::{
    domain::{
        fault::{Code, Fault},
        tweet::TweetId,
        write::{State, Why, Write},
    },
    services::Context,
};

/// The longest `Idempotency-Key`, in characters.
const LONGEST_KEY: usize = 255;
/// When to look at an operation again whose end is not known, in s.
const LOOK_AGAIN_S: u64 = 30;

/// A write, as clients see it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Operation {
    /// Its name, `op_…`.
    pub id: String,
    /// `waiting`, `sending`, `unknown`, `done`, `unconfirmed`, `failed` or `cancelled`.
    pub state: &'static str,
    /// The endpoint of X.
    pub endpoint: String,
    /// The account; `app` for the app itself.
    pub account_id: String,
    /// Where to ask for it.
    pub url: String,
    /// What the state means, for people.
    pub detail: &'static str,
    /// How often it was sent to X.
    pub attempts: u32,
    /// Whether it came with an `Idempotency-Key`.
    pub has_idempotency_key: bool,
    /// When it was asked for, in RFC 3339.
    pub created_at: String,
    /// When its state changed last.
    pub changed_at: String,
    /// Why it is unconfirmed: `nothing_to_see`, `not_seen`, `not_looked` or `too_late`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Why>,
    /// Why it failed: the problem's `code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What X answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<XAnswered>,
}

/// What X answered.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct XAnswered {
    /// The status.
    pub status: u16,
    /// The body, if it is JSON.
    #[schema(value_type = Object)]
    pub body: Value,
}

impl Operation {
    /// `write`, as it stands.
    pub fn of(context: &Context, write: &Write) -> Self {
        let answer = write.answer.as_ref().map(|answer| XAnswered {
            status: answer.status,
            body: serde_json::from_slice(&answer.body).unwrap_or(Value::Null),
        });
        let reason = if let State::Unconfirmed { why } = &write.state { Some(*why) } else { None };
        let code = if let State::Failed { code, .. } = &write.state { Some(code.clone()) } else { None };
        let base = context.config.public_url.as_str().trim_end_matches('/');
        Self {
            id: write.id.as_str().to_owned(),
            state: write.state.name(),
            endpoint: write.intent.operation.clone(),
            account_id: write.id.owner().to_string(),
            url: format!("{base}/v1/operations/{}", write.id),
            detail: detail(&write.state),
            attempts: write.attempts,
            has_idempotency_key: write.keyed.is_some(),
            created_at: rfc3339(write.begun_at),
            changed_at: rfc3339(write.changed_at),
            reason,
            code,
            answer,
        }
    }
}

const fn detail(state: &State) -> &'static str {
    match state {
        State::Waiting => "It waits for X's rate limit, and is sent when that allows it. DELETE takes it back.",
        State::Sending { .. } => "It is being sent to X.",
        State::Unknown { .. } | State::Looking { .. } => {
            "It was sent, and X's answer is lost or a failure. perch looks whether it is there; do not send it again."
        }
        State::Done => "X has answered.",
        State::Unconfirmed { .. } => {
            "It was sent, and nobody can tell whether X has done it. Look at X before you send it again."
        }
        State::Failed { .. } => "It had waited, and could not be sent.",
        State::Cancelled => "It was taken back before it was sent.",
    }
}

/// The answer to a request whose outcome is open. There is no `data` in it, so that nothing of ours is taken for X's.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Accepted {
    /// In a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// How it stands.
    operation: Operation,
    /// X's ids of the tweets of the thread that stand before it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<String>)]
    sent: Vec<TweetId>,
}

/// The answer to a request whose outcome is open.
pub fn accepted(context: &Context, write: &Write) -> Response {
    accepted_in_part(context, write, Vec::new())
}

/// The same for a thread of which some tweets stand.
pub fn accepted_in_part(context: &Context, write: &Write, sent: Vec<TweetId>) -> Response {
    let operation = Operation::of(context, write);
    let location = HeaderValue::from_str(&operation.url).ok();
    let body = Accepted { title: "The outcome is open", status: 202, operation, sent };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = (StatusCode::ACCEPTED, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::RETRY_AFTER, LOOK_AGAIN_S.into());
    if let Some(location) = location {
        headers.insert(header::LOCATION, location);
    }
    if write.state == State::Waiting {
        headers.insert("preference-applied", HeaderValue::from_static("respond-async"));
    }
    response
}

/// Marks an answer as one that was given before.
pub fn mark_replayed(headers: &mut HeaderMap) {
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
}

/// The client's own name for its write.
///
/// # Errors
/// [`Code::InvalidRequest`] when it is not 1 to 255 visible ASCII characters.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let is_visible = value.as_bytes().iter().all(u8::is_ascii_graphic);
    match value.to_str() {
        Ok(key) if is_visible && (1..=LONGEST_KEY).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(Fault::new(Code::InvalidRequest, "Idempotency-Key takes 1 to 255 visible ASCII characters.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(value: &[u8]) -> Result<Option<String>, Fault> {
        let value = HeaderValue::from_bytes(value).unwrap();
        idempotency_key(&HeaderMap::from_iter([(http::HeaderName::from_static("idempotency-key"), value)]))
    }

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        assert_eq!(idempotency_key(&HeaderMap::new()), Ok(None));
        assert_eq!(key(b"a"), Ok(Some("a".to_owned())));
        assert_eq!(key(b"\"8e03978e-40d5\"").unwrap().unwrap().len(), 15);
        assert!(key(&[b'x'; 255]).is_ok());
        for bad in [&[b'x'; 256][..], b"", b"a b", b"a\tb", b"\xc3\xa9"] {
            assert_eq!(key(bad).unwrap_err().code, Code::InvalidRequest, "{bad:?}");
        }
    }
}
