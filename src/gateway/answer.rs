//! The last step: problems are rendered, every answer gets the headers that all answers carry, and the log gets its line.

use std::sync::Arc;

use axum::{extract::MatchedPath, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use super::{access_log, problem};
use crate::{domain::fault::Fault, services::Context};

/// What is still needed of a request when its answer is ready.
#[derive(Debug)]
pub struct Seen {
    method: String,
    path: String,
    /// The browser's origin, if one asks.
    pub origin: Option<HeaderValue>,
}

impl Seen {
    /// Of a request's head.
    pub fn of(parts: &Parts) -> Self {
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            origin: parts.headers.get(header::ORIGIN).cloned(),
        }
    }
}

/// Finishes an answer and writes its log line.
pub fn finish(context: &Context, seen: &Seen, response: Response) -> Response {
    let route = response
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let fault = response.extensions().get::<Arc<Fault>>().cloned();
    let mut response = match &fault {
        Some(fault) => as_problem(context, seen, &route, fault, response),
        None => response,
    };
    common_headers(context, response.headers_mut());
    let answered = access_log::Answered {
        method: &seen.method,
        route: &route,
        status: response.status(),
        fault: fault.as_deref(),
    };
    access_log::write(context, answered);
    response
}

/// The problem takes the place of the body; headers that earlier steps have set stay.
fn as_problem(context: &Context, seen: &Seen, route: &str, fault: &Fault, response: Response) -> Response {
    let occasion = problem::Occasion {
        path: &seen.path,
        route,
        request_id: &context.call.request_id,
        now: context.now(),
        base: context.config.public_url.as_str().trim_end_matches('/'),
    };
    let mut problem = problem::render(fault, occasion);
    let (parts, _) = response.into_parts();
    let earlier = parts
        .headers
        .into_iter()
        .filter_map(|(name, value)| Some((name?, value)));
    for (name, value) in earlier.filter(|(name, _)| name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH) {
        problem.headers_mut().append(name, value);
    }
    problem
}

/// Nothing that perch answers is for caches or for other readers than it was made for.
fn common_headers(context: &Context, headers: &mut HeaderMap) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CACHE_CONTROL, "no-store");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    if let Ok(id) = HeaderValue::from_str(&context.call.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    if let Ok(trace) = HeaderValue::from_str(&context.call.trace.to_string()) {
        headers.insert(HeaderName::from_static("traceparent"), trace);
    }
}
