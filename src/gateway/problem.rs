//! Faults as clients see them: `application/problem+json` (RFC 9457), and the only place in the house with statuses.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, SecondsFormat};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{
    Timestamp,
    fault::{Category, Code, Fault, FieldFault, Recovery, Severity, UpstreamFacts},
};

/// A problem document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem<'a> {
    /// A page that explains this kind of problem.
    #[serde(rename = "type")]
    kind: String,
    /// The kind, for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// This case, and what to do.
    detail: &'a str,
    /// The path that was asked for.
    instance: &'a str,
    /// The kind, stable.
    code: &'static str,
    /// The kind's family.
    #[schema(value_type = String)]
    category: Category,
    /// Who should care.
    #[schema(value_type = String)]
    severity: Severity,
    /// Whether the same request may be sent again.
    retryable: bool,
    /// What mends it.
    #[schema(value_type = String)]
    recovery: Recovery,
    /// The `X-Request-Id` of this answer.
    correlation_id: &'a str,
    /// The same for all problems of one cause: 16 hexadecimal digits.
    fingerprint: String,
    /// When, in RFC 3339.
    timestamp: String,
    /// Seconds to wait, as in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// The fields at fault.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<Object>)]
    fields: &'a [FieldFault],
    /// What X said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    upstream: Option<&'a UpstreamFacts>,
    /// What was done before it went wrong, and stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    partial: Option<&'a serde_json::Value>,
}

/// What a problem says about the request it answers.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The path that was asked for.
    pub path: &'a str,
    /// The route it belongs to, as far as known: the stable part of the fingerprint.
    pub route: &'a str,
    /// The request's id.
    pub request_id: &'a str,
    /// When.
    pub now: Timestamp,
    /// perch's own base URL, without a final slash.
    pub base: &'a str,
}

/// The status a fault is answered with.
pub const fn status(code: Code) -> StatusCode {
    use Code as C;
    match code {
        C::InvalidRequest | C::InvalidPath | C::InvalidBody | C::KeyInUrl | C::AccountNeeded | C::XRejected => {
            StatusCode::BAD_REQUEST
        }
        C::InvalidFields | C::MediaRejected | C::MediaFailed | C::IdempotencyKeyReused => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        C::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        C::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        C::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
        C::MissingKey | C::InvalidKey | C::InvalidSignature => StatusCode::UNAUTHORIZED,
        C::CreditsDepleted | C::SpendCapReached | C::UsageCapReached => StatusCode::PAYMENT_REQUIRED,
        C::MissingScope
        | C::OriginNotAllowed
        | C::ConsentDenied
        | C::AccountRestricted
        | C::ReplyNotAllowed
        | C::QuoteNotAllowed
        | C::XForbidden
        | C::XPermission => StatusCode::FORBIDDEN,
        C::RouteNotFound
        | C::AccountNotFound
        | C::KeyNotFound
        | C::TweetNotFound
        | C::MediaNotFound
        | C::OperationNotFound
        | C::NotFound => StatusCode::NOT_FOUND,
        C::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        C::AttemptInvalid => StatusCode::BAD_REQUEST,
        C::AccountMismatch
        | C::AccountPaused
        | C::AccountNeedsReconnect
        | C::IdempotencyKeyInUse
        | C::Conflict
        | C::DuplicateTweet => StatusCode::CONFLICT,
        C::KeyRateLimited | C::XRateLimited => StatusCode::TOO_MANY_REQUESTS,
        C::XEdgeBlocked | C::BreakerOpen | C::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        C::XUnavailable | C::XInvalidAnswer | C::XMisconfigured => StatusCode::BAD_GATEWAY,
        C::XTimeout | C::OutcomeUnknown => StatusCode::GATEWAY_TIMEOUT,
        C::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The answer to a request that ended in `fault`.
pub fn render(fault: &Fault, occasion: Occasion<'_>) -> Response {
    let status = status(fault.code);
    let retry_after = retry_after(fault, status);
    let problem = Problem {
        kind: format!("{}/problems/{}", occasion.base, fault.code.slug()),
        title: fault.code.title(),
        status: status.as_u16(),
        detail: &fault.detail,
        instance: occasion.path,
        code: fault.code.slug(),
        category: fault.code.category(),
        severity: fault.code.severity(),
        retryable: fault.code.is_retryable(),
        recovery: fault.code.recovery(),
        correlation_id: occasion.request_id,
        fingerprint: fingerprint(fault, occasion.route),
        timestamp: rfc3339(occasion.now),
        retry_after,
        fields: &fault.fields,
        upstream: fault.upstream.as_ref(),
        partial: fault.partial.as_ref(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge(fault.code)));
    }
    response
}

/// How to authenticate, in the way that was tried (RFC 9110, 11.6.1; RFC 5849, 3.5.1).
const fn challenge(code: Code) -> &'static str {
    match code {
        Code::InvalidSignature => "OAuth realm=\"perch\"",
        _ => "Bearer realm=\"perch\"",
    }
}

/// 429 and 503 always say when to come back.
fn retry_after(fault: &Fault, status: StatusCode) -> Option<u64> {
    let must = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    fault.retry_after_s.or(must.then_some(1)).map(|seconds| seconds.max(1))
}

/// Sixteen hexadecimal digits over what is the same in all faults of one cause.
fn fingerprint(fault: &Fault, route: &str) -> String {
    let upstream = fault.upstream.as_ref();
    let status = upstream.and_then(|facts| facts.status).map(|status| status.to_string()).unwrap_or_default();
    let kind = upstream.and_then(|facts| facts.kind.clone()).unwrap_or_default();
    let rules: Vec<&str> = fault.fields.iter().map(|field| field.rule.as_str()).collect();
    let stable = [fault.code.slug(), route, &status, &kind, &rules.join(",")].join("|");
    let mut fingerprint = hex::encode(Sha256::digest(stable));
    fingerprint.truncate(16);
    fingerprint
}

/// A moment in RFC 3339, with milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    let ms = i64::try_from(at.as_ms()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A handler's fault travels to the gateway inside the answer; the gateway, which knows the request's id, renders it.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = status(self.code).into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occasion(request_id: &str) -> Occasion<'_> {
        let now = Timestamp::from_ms(1_800_000_000_123);
        Occasion { path: "/v1/tweets/7", route: "/v1/tweets/{id}", request_id, now, base: "https://perch.example" }
    }

    #[test]
    fn every_kind_has_an_error_status() {
        for code in Code::ALL {
            assert!(status(*code).is_client_error() || status(*code).is_server_error(), "{code:?}");
        }
    }

    #[test]
    fn waiting_is_always_told_for_429_and_503() {
        for code in Code::ALL {
            let response = render(&Fault::new(*code, ""), occasion("r"));
            let told = response.headers().contains_key(header::RETRY_AFTER);
            assert_eq!(told, matches!(response.status().as_u16(), 429 | 503), "{code:?}");
        }
    }

    #[test]
    fn the_fingerprint_is_of_the_cause_not_of_the_case() {
        let fault = |detail: &str| Fault::new(Code::XUnavailable, detail);
        let one = fingerprint(&fault("tweet 1"), "/v1/tweets/{id}");
        assert_eq!(one, fingerprint(&fault("tweet 2"), "/v1/tweets/{id}"));
        assert_ne!(one, fingerprint(&fault("tweet 1"), "/v1/tweets"));
        assert_eq!(one.len(), 16);
    }

    #[test]
    fn a_moment_is_written_in_rfc_3339() {
        assert_eq!(rfc3339(Timestamp::from_ms(1_800_000_000_123)), "2027-01-15T08:00:00.123Z");
    }
}
