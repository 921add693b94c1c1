//! A client's request as the platform holds it, and its way to X and back without a detour through perch's memory.
//!
//! perch decides on the *head*: method, path, query and the few headers named in [`HEAD`]. A body enters perch only where it must
//! be read; everywhere else the platform carries it, both ways.

use std::future::Future;

use axum::body::Body;
use http::{HeaderMap, Request};
use secrecy::SecretString;

use super::TransportFault;

/// The request headers that perch decides on. No other is looked at before a route asks for the whole request.
pub const HEAD: &[&str] = &[
    "accept",
    "accept-encoding",
    "access-control-request-method",
    "authorization",
    "cf-connecting-ip",
    "content-encoding",
    "content-length",
    "content-type",
    "idempotency-key",
    "origin",
    "perch-account",
    "perch-priority",
    "prefer",
    "traceparent",
    "transfer-encoding",
    "x-api-key",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-request-timeout-ms",
];

/// The headers of X's answers that perch learns from or passes on. No other reaches it, or its clients.
pub const KEPT: &[&str] = &[
    "api-version",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "retry-after",
    "x-access-level",
    "x-app-limit-24hour-limit",
    "x-app-limit-24hour-remaining",
    "x-app-limit-24hour-reset",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
    "x-response-time",
    "x-transaction-id",
    "x-user-limit-24hour-limit",
    "x-user-limit-24hour-remaining",
    "x-user-limit-24hour-reset",
];

/// A request to X, but for its body.
pub struct Parcel {
    /// The method.
    pub method: &'static str,
    /// The whole URL, built from a template.
    pub url: String,
    /// Every header X gets, names in lower case. The platform adds the host and what frames the body.
    pub headers: Vec<(&'static str, SecretString)>,
    /// The body.
    pub body: ParcelBody,
    /// Milliseconds until X's answer must have begun.
    pub timeout_ms: u32,
    /// How its body comes back.
    pub answer: AnswerBody,
}

/// What becomes of the client's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParcelBody {
    /// It is left where it is.
    None,
    /// It is sent on as it comes, once.
    Stream,
    /// What [`Arrival::hold`] has read is sent; it may be sent again.
    Held,
}

/// What becomes of X's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerBody {
    /// It ends: a short one is waited for, a long one passed on as it comes, each for so many milliseconds at most.
    Ends {
        /// From the answer's head on.
        within_ms: u32,
    },
    /// It may go on for ever, with long silences.
    Endless,
}

/// X's answer, its body still with the platform.
pub struct Carried<B> {
    /// The status.
    pub status: u16,
    /// Those of its headers that are in [`KEPT`].
    pub headers: HeaderMap,
    /// The body.
    pub body: B,
}

/// The client's body could not be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldFault {
    /// It is longer than the limit.
    #[error("the body is too long")]
    TooLong,
    /// It did not come in time.
    #[error("the body did not come in time")]
    Late,
    /// It broke off, or cannot be read.
    #[error("the body broke off")]
    Broken,
}

/// A client's request as the platform holds it. Clones are the same request.
pub trait Arrival: Clone + Send + Sync + 'static {
    /// X's body as the platform holds it.
    type Body: Send + 'static;

    /// The whole request, every header and the body as perch's own types; nothing when a part of it cannot be one.
    fn open(self) -> Option<Request<Body>>;

    /// Reads the client's body whole, at most `limit` bytes of it and for at most `within_ms`, and keeps it outside perch.
    ///
    /// # Errors
    /// [`HoldFault`].
    fn hold(&self, limit: u64, within_ms: u32) -> impl Future<Output = Result<(), HoldFault>> + Send;

    /// Sends `parcel` to X once, following no redirect, and waits for the head of the answer; for the whole of a short one.
    ///
    /// # Errors
    /// When no answer came, or a short one not whole.
    fn carry(&self, parcel: Parcel) -> impl Future<Output = Result<Carried<Self::Body>, TransportFault>> + Send;
}
