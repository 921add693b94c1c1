//! What handlers are handed: their surroundings, their caller, a checked body, a checked path.

mod acting;
mod json_body;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    domain::{caller::Caller, fault::Fault},
    services::Context,
};

pub use acting::{Acting, TweetPath};
pub use json_body::{JsonBody, OptionalJsonBody};

/// The surroundings of the request, which the gateway put there.
#[derive(Clone)]
pub struct Surroundings(pub Context);

impl<S: Sync> FromRequestParts<S> for Surroundings {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        parts
            .extensions
            .get::<Context>()
            .cloned()
            .map(Self)
            .ok_or_else(Fault::internal)
    }
}

/// A route that takes a [`Caller`] is one that the gateway lets through only with a key.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Fault::internal)
    }
}
