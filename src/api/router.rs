//! Every endpoint, on one line each.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};
use http::Method;

use super::{audit, health, keys, openapi, problems};
use crate::domain::fault::{Code, Fault};

/// The routes, without state: what a handler needs travels with the request.
pub fn router() -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/openapi.json", get(openapi::openapi))
        .route("/problems/{slug}", get(problems::page))
        .route("/v1/keys", get(keys::list).post(keys::create))
        .route(
            "/v1/keys/{kid}",
            get(keys::read).patch(keys::change).delete(keys::revoke),
        )
        .route("/v1/keys/{kid}/rotate", post(keys::rotate))
        .route("/v1/audit", get(audit::list))
        .route("/v1/audit/replay", post(audit::replay))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(route_not_found)
        .layer(from_fn(remember_route))
}

async fn route_not_found() -> Fault {
    Fault::new(
        Code::RouteNotFound,
        "There is nothing at this path; /openapi.json lists what there is.",
    )
}

async fn method_not_allowed(method: Method) -> Fault {
    Fault::new(
        Code::MethodNotAllowed,
        format!("{method} is not taken here; /openapi.json lists what is."),
    )
}

/// Lets the template of the matched route travel back with the answer, for the log and for fingerprints.
async fn remember_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
