//! What handlers are handed: their surroundings, their caller, a checked body, a checked path.

mod acting;
mod json_body;
mod parameters;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::{
    domain::{api_key::Scope, caller::Caller, fault::Fault},
    services::Context,
};

pub use acting::{Acting, TweetPath};
pub use json_body::{JsonBody, OptionalJsonBody, whole_body};
pub use parameters::{PathText, QueryMembers};

/// The surroundings of the request, which the gateway put there.
#[derive(Clone)]
pub struct Surroundings(pub Context);

impl<S: Sync> FromRequestParts<S> for Surroundings {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Context>().cloned().map(Self).ok_or_else(Fault::internal)
    }
}

/// A route that takes a [`Caller`] is one that the gateway lets through only with a key.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Fault::internal)
    }
}

/// A caller whose key has the scope `admin`. It stands before the body among a handler's arguments, so that nobody else's body is
/// read.
#[derive(Clone, Debug)]
pub struct Operator(pub Caller);

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.require(Scope::Admin)?;
        Ok(Self(caller))
    }
}
