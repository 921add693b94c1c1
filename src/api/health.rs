//! Whether perch is there, and whether what it stands on answers.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Surroundings;
use crate::services::readiness::{self, Part};

/// perch is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`: a Worker that cannot answer does not answer this.
    status: &'static str,
    /// perch's version.
    version: &'static str,
    /// Which deployment this is.
    environment: String,
}

/// What perch stands on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`, or `degraded` when a part does not answer.
    status: &'static str,
    /// Each part.
    parts: Vec<Part>,
}

/// Says that perch is there. Asks nothing of the platform.
#[utoipa::path(get, path = "/health", tag = "operations", security(()), responses((status = 200, body = Health)))]
pub async fn health(Surroundings(context): Surroundings) -> Json<Health> {
    let environment = context.config.environment.clone();
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), environment })
}

/// Asks KV, D1, an object and the sealed box for an answer, and says which gave one.
#[utoipa::path(get, path = "/ready", tag = "operations", security(()),
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub async fn ready(Surroundings(context): Surroundings) -> Response {
    let parts = readiness::ask(&context).await;
    let ready = parts.iter().all(|part| part.ok);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let readiness = Readiness { status: if ready { "ready" } else { "degraded" }, parts };
    let mut response = (status, Json(readiness)).into_response();
    if !ready {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}
