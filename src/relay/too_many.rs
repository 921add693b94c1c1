//! The answer to a call in a window that is used up: X is not asked.

use axum::{body::Body, response::IntoResponse};
use http::{HeaderValue, Response, StatusCode, header};

use super::plan::Plan;
use crate::{
    domain::planner::NotBefore,
    gateway::answer::Route,
    services::{Context, windows},
};

/// What X would answer to a call in a window that is used up, in its own words.
pub fn too_many_requests(context: &Context, plan: &Plan, shut: &NotBefore) -> Response<Body> {
    const BODY: &str =
        r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#;
    let mut response = (StatusCode::TOO_MANY_REQUESTS, BODY).into_response();
    response.extensions_mut().insert(Route(plan.operation.template()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::RETRY_AFTER, windows::wait_s(shut, context.now()).into());
    headers.insert("x-rate-limit-limit", shut.window.limit.into());
    headers.insert("x-rate-limit-remaining", 0.into());
    headers.insert("x-rate-limit-reset", shut.retry_at().as_seconds().into());
    response
}
