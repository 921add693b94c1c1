//! Cross-origin calls from browsers: exact origins, no credentials, and `Vary` on every answer.
//!
//! A preflight carries no key, so it is answered before any is asked for, and tells every origin which methods and headers there
//! are; whether *this* origin may use *this* key is decided with the key, on the call itself. perch uses bearer keys, never
//! cookies, on these routes, so credentials stay off. (Fetch standard, CORS protocol.)

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::domain::api_key::KeyRecord;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, Perch-Account, Traceparent, X-API-Key, X-Request-Timeout-Ms";
const EXPOSED: &str = "Allow, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, Traceparent, X-Request-Id, \
                       X-Transaction-Id, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset";
/// Seconds a browser may keep a preflight's answer: what Chromium allows at most.
const MAX_AGE: &str = "7200";

/// Whether this is a preflight: `OPTIONS` with an origin and the method it asks for.
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight. It names the origin back, because the list belongs to a key that a preflight does not carry.
pub fn preflight(headers: &HeaderMap) -> http::Response<axum::body::Body> {
    let mut response = http::Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    if let Some(origin) = headers.get(header::ORIGIN).filter(|origin| origin.as_bytes() != b"null") {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    }
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    answer.insert(header::VARY, HeaderValue::from_static(vary));
    response
}

/// Whether a key may be used from `origin`: it is on the key's own list or on the deployment's.
pub fn allows(record: &KeyRecord, deployment: &[String], origin: &str) -> bool {
    record.origins.iter().any(|allowed| allowed.as_str() == origin) || deployment.iter().any(|allowed| allowed == origin)
}

/// Marks an answer as differing by origin, and opens it to `origin` if that one is allowed.
pub fn mark(answer: &mut HeaderMap, allowed: Option<&HeaderValue>) {
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}
