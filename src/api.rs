//! The doors of `/v1`: parse, call a service, answer. One module per noun; [`router`] lists every endpoint on one line.
#![expect(clippy::missing_errors_doc, reason = "an endpoint's problems stand in its OpenAPI description")]

pub mod accounts;
pub mod audit;
pub mod bookmarks;
pub mod breakers;
pub mod connect;
pub mod envelope;
pub mod extract;
pub mod health;
pub mod keys;
pub mod likes;
pub mod media;
pub mod oauth2;
pub mod openapi;
pub mod operations;
pub mod problems;
pub mod rate_limits;
pub mod retweets;
pub mod router;
pub mod serve;
pub mod tweets;
pub mod windows;

pub use serve::serve;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};

use crate::services::x::XAnswer;

/// X's own answer: its body as it came, since it already has the envelope and the names that `/v1` promises.
pub struct XJson(pub StatusCode, pub XAnswer);

impl IntoResponse for XJson {
    fn into_response(self) -> Response {
        let mut response = (self.0, Body::from(self.1.body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
