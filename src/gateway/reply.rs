//! What goes back to the client.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use crate::{domain::fault::Fault, ports::arrival::Carried};

/// The answer to a request.
pub enum Reply<B> {
    /// perch's own.
    Ours(Response),
    /// X's, whose body stays with the platform.
    Passed {
        /// The endpoint's template, for the log.
        route: &'static str,
        /// The answer.
        carried: Carried<B>,
    },
}

impl<B> Reply<B> {
    /// The headers.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        match self {
            Self::Ours(response) => response.headers_mut(),
            Self::Passed { carried, .. } => &mut carried.headers,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Ours(response) => response.status(),
            Self::Passed { carried, .. } => StatusCode::from_u16(carried.status).unwrap_or(StatusCode::BAD_GATEWAY),
        }
    }
}

impl<B> From<Fault> for Reply<B> {
    fn from(fault: Fault) -> Self {
        Self::Ours(fault.into_response())
    }
}
