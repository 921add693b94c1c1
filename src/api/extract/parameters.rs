//! What stands in the URL: the one variable part of a path, and the members of a query.

use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::domain::fault::{Code, Fault};

/// The variable part of a path, decoded.
#[derive(Clone, Debug)]
pub struct PathText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathText {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text)).map_err(|_| Fault::new(Code::InvalidPath, "The path is not UTF-8."))
    }
}

/// The members of a query as a `T`, which should refuse unknown ones.
#[derive(Clone, Debug)]
pub struct QueryMembers<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for QueryMembers<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fault> {
        Query::try_from_uri(&parts.uri).map(|Query(members)| Self(members)).map_err(|e| {
            let reason = std::error::Error::source(&e).map(ToString::to_string).unwrap_or_default();
            Fault::new(Code::InvalidRequest, format!("The query is not what this endpoint takes: {reason}"))
        })
    }
}
