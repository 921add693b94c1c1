//! X, as something that takes requests and may never answer.

use bytes::Bytes;
use http::{HeaderMap, Method};

/// A request to X. The URL is built from constants and checked ids, never from a client's text.
#[derive(Debug)]
pub struct UpstreamRequest {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: url::Url,
    /// Headers, from an allow-list.
    pub headers: HeaderMap,
    /// The body.
    pub body: UpstreamBody,
    /// Milliseconds until the answer must be complete, its body included.
    pub timeout_ms: u32,
}

/// A request's body.
#[derive(Clone, Debug)]
pub enum UpstreamBody {
    /// None.
    Empty,
    /// Bytes, with their content type in the headers.
    Bytes(Bytes),
}

/// X's answer, read whole (answers to the api are small JSON; longer than 1 MiB is refused).
#[derive(Clone, Debug)]
pub struct UpstreamResponse {
    /// The status.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// X gave no answer that can be used. In every case the request may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportFault {
    /// The deadline passed.
    #[error("X did not answer in time")]
    Timeout,
    /// The connection could not be made, or broke before the answer was complete.
    #[error("the connection to X broke")]
    Broken,
    /// The answer's body is larger than any X should send.
    #[error("the answer of X is too large")]
    TooLarge,
}

/// Carries requests to X. Redirects are never followed.
#[async_trait::async_trait]
pub trait Upstream: Send + Sync {
    /// Sends `request` once.
    ///
    /// # Errors
    /// When no complete answer came.
    async fn send(&self, request: UpstreamRequest) -> Result<UpstreamResponse, TransportFault>;
}
