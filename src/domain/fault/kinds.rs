//! The families faults belong to.

use serde::Serialize;

/// Which family a fault belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The request itself is wrong.
    Validation,
    /// Nobody knows who is asking.
    Authentication,
    /// The caller may not do this.
    Authorization,
    /// There is no such thing.
    NotFound,
    /// The state of things does not allow it now.
    Conflict,
    /// Too much, too fast.
    RateLimit,
    /// X's rules forbid it.
    Policy,
    /// It would cost more than there is.
    Budget,
    /// X answered badly.
    Upstream,
    /// Nobody answered in time.
    Timeout,
    /// A part of perch is out of reach.
    Unavailable,
    /// perch is set up wrongly.
    Configuration,
    /// perch is broken.
    Internal,
}

/// Who should care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing is wrong with perch: the caller mends its request.
    Info,
    /// Worth a look when it goes on.
    Warning,
    /// The operator should look.
    Error,
    /// The operator must look now.
    Critical,
}

/// What mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// A fresh token or key.
    Refresh,
    /// Connecting the X account anew.
    Reconnect,
    /// Waiting as long as `Retry-After` says.
    Wait,
    /// Another request.
    FixRequest,
    /// The same request again.
    Retry,
    /// Finding out what became of the request before sending it again.
    Reconcile,
    /// The operator.
    ContactOperator,
}
