//! Cross-origin calls from browsers: exact origins, no credentials, and `Vary` on every answer.
//!
//! A preflight carries no key, so it is answered before any is asked for; whether *this* origin may use *this* key is decided
//! with the key, on the call itself. perch uses bearer keys, never cookies, on these routes, so credentials stay off. (Fetch
//! standard, CORS protocol.)

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::{
    domain::{
        api_key::{KeyRecord, Origin, Scope},
        fault::{Code, Fault},
    },
    services::{Context, keys},
};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, Perch-Account, Perch-Priority, Prefer, Traceparent, \
                       X-API-Key, X-Request-Timeout-Ms";
const EXPOSED: &str = "Allow, Idempotency-Replayed, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, Traceparent, X-Request-Id, \
                       X-Transaction-Id, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset";
/// Seconds a browser may keep a preflight's answer: what Chromium allows at most.
const MAX_AGE: &str = "7200";

/// Whether this is a preflight: `OPTIONS` with an origin and the method it asks for.
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight. A preflight carries no key, so an origin is named back when any key, or the deployment, knows it.
pub async fn preflight(context: &Context, headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    if let Some(origin) = headers.get(header::ORIGIN)
        && keys::origin_is_known(context, origin.to_str().unwrap_or_default()).await
    {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    }
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    answer.insert(header::VARY, HeaderValue::from_static(vary));
    response
}

/// Lets a key be used from a browser only where its list, or the deployment's, names the origin. Keys that administer are never
/// used from a browser: a page can leak what it holds.
///
/// # Errors
/// [`Code::OriginNotAllowed`].
pub fn admit(context: &Context, record: &KeyRecord, headers: &HeaderMap) -> Result<Option<HeaderValue>, Fault> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(None);
    };
    let text = origin.to_str().unwrap_or_default();
    let listed = Origin::parse(text).is_ok_and(|origin| record.permits_origin(&origin));
    let deployment = !record.scopes.allows(Scope::Admin) && context.config.origins.iter().any(|known| known == text);
    if listed || deployment {
        return Ok(Some(origin.clone()));
    }
    Err(Fault::new(
        Code::OriginNotAllowed,
        "This key may not be used from this origin. The operator can add the origin to the key.",
    ))
}

/// Marks an answer as differing by origin, and opens it to `origin` if that one is allowed.
pub fn mark(answer: &mut HeaderMap, allowed: Option<&HeaderValue>) {
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}
