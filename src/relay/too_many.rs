//! The answer to a call in a window that is used up: X is not asked.

use axum::{body::Body, response::IntoResponse};
use http::{HeaderValue, Response, StatusCode, header};

use super::plan::Plan;
use crate::{domain::window::Window, gateway::answer::Route, services::Context};

/// What X would answer to a call in a window that is used up, in its own words.
pub fn too_many_requests(context: &Context, plan: &Plan, window: &Window) -> Response<Body> {
    const BODY: &str =
        r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#;
    let reset = window.reset_at.unwrap_or_else(|| context.now());
    let wait = reset.ms_since(context.now()).div_ceil(1000).max(1);
    let mut response = (StatusCode::TOO_MANY_REQUESTS, BODY).into_response();
    response.extensions_mut().insert(Route(plan.operation.template()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::RETRY_AFTER, wait.into());
    headers.insert("x-rate-limit-limit", window.limit.into());
    headers.insert("x-rate-limit-remaining", 0.into());
    headers.insert("x-rate-limit-reset", reset.as_seconds().into());
    response
}
