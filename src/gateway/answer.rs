//! The last step: problems are rendered, every answer gets the headers that all answers carry, and the log gets its line.

use std::{borrow::Cow, sync::Arc};

use axum::{extract::MatchedPath, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use super::{Reply, access_log, is_public, operation, page, problem};
use crate::{domain::fault::Fault, services::Context};

/// What is still needed of a request when its answer is ready.
#[derive(Debug)]
pub struct Seen {
    method: String,
    path: String,
    is_person: bool,
    /// The browser's origin, if one asks.
    pub origin: Option<HeaderValue>,
}

impl Seen {
    /// Of a request's head.
    pub fn of(parts: &Parts) -> Self {
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            is_person: is_public(parts.uri.path()) && asks_for_a_page(&parts.headers),
            origin: parts.headers.get(header::ORIGIN).cloned(),
        }
    }
}

/// Whether a browser shows the answer to somebody. `/v1` and `/2` are for programs, some of which name HTML without meaning it.
fn asks_for_a_page(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|kind| kind.trim().eq_ignore_ascii_case("text/html"))
}

/// The template of the route that answered, where the router did not leave it.
#[derive(Clone, Copy, Debug)]
pub struct Route(pub &'static str);

/// Finishes an answer and writes its log line.
pub fn finish<B>(context: &Context, seen: &Seen, reply: Reply<B>) -> Reply<B> {
    let (mut reply, route, fault) = match reply {
        Reply::Ours(response) => {
            let (response, route, fault) = ours(context, seen, response);
            (Reply::Ours(response), Cow::Owned(route), fault)
        }
        Reply::Passed { route, carried } => (Reply::Passed { route, carried }, Cow::Borrowed(route), None),
    };
    common_headers(context, reply.headers_mut());
    let answered =
        access_log::Answered { method: &seen.method, route: &route, status: reply.status(), fault: fault.as_deref() };
    access_log::write(context, answered);
    reply
}

fn ours(context: &Context, seen: &Seen, response: Response) -> (Response, String, Option<Arc<Fault>>) {
    let route = response.extensions().get::<Route>().map(|route| route.0);
    let route = route.or_else(|| response.extensions().get::<MatchedPath>().map(MatchedPath::as_str));
    let route = route.unwrap_or("unmatched").to_owned();
    let fault = response.extensions().get::<Arc<Fault>>().cloned();
    let response = match &fault {
        Some(fault) => as_problem(context, seen, &route, fault, response),
        None => response,
    };
    (response, route, fault)
}

/// The problem takes the place of the body; headers that earlier steps have set stay.
fn as_problem(context: &Context, seen: &Seen, route: &str, fault: &Fault, response: Response) -> Response {
    let before = fault.told_before.as_ref();
    let occasion = problem::Occasion {
        path: &seen.path,
        route,
        request_id: before.map_or(&context.call.request_id, |before| &before.request_id),
        now: before.map_or_else(|| context.now(), |before| before.at),
        base: context.config.public_url.as_str().trim_end_matches('/'),
    };
    let mut problem = problem::render(fault, occasion);
    if seen.is_person {
        problem = as_page(context, fault, problem);
    }
    if before.is_some_and(|before| before.replayed) {
        operation::mark_replayed(problem.headers_mut());
    }
    carry_over(response, &mut problem);
    problem
}

/// The same status and headers, with a page for a person instead of JSON.
fn as_page(context: &Context, fault: &Fault, problem: Response) -> Response {
    let note = format!("{} · {}", fault.code.slug(), context.call.request_id);
    let mut page = page::page(problem.status(), fault.code.title(), &fault.detail, &note);
    carry_over(problem, &mut page);
    page
}

/// Headers of an answer whose body another takes the place of.
fn carry_over(from: Response, to: &mut Response) {
    let (parts, _) = from.into_parts();
    let of_the_body = |name: &HeaderName| *name == header::CONTENT_TYPE || *name == header::CONTENT_LENGTH;
    for (name, value) in parts.headers.iter().filter(|(name, _)| !of_the_body(name)) {
        to.headers_mut().append(name, value.clone());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_navigates_gets_a_page_and_programs_do_not() {
        let asks = |accept: &str| asks_for_a_page(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]));
        assert!(asks("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(asks("application/xhtml+xml, TEXT/HTML;q=0.9"));
        assert!(!asks("*/*"));
        assert!(!asks("application/json, text/plain, */*"));
        assert!(!asks_for_a_page(&HeaderMap::new()));
    }
}
