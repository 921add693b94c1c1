//! What X answered when it did what was asked.

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use crate::domain::fault::{Code, Fault};

/// A 2xx answer of X, its body checked to be a JSON object.
#[derive(Clone, Debug)]
pub struct XAnswer {
    /// The status.
    pub status: u16,
    /// X's headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl XAnswer {
    /// What stands for X's answer when an earlier attempt of the same call has already done what was asked.
    pub(super) fn settled() -> Self {
        Self { status: 200, headers: HeaderMap::new(), body: Bytes::from_static(b"{\"data\":{}}") }
    }

    /// The body as a `T`.
    ///
    /// # Errors
    /// [`Code::XInvalidAnswer`] when it is none.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.body)
            .map_err(|_| Fault::new(Code::XInvalidAnswer, "X's answer has another form than it documents."))
    }
}
