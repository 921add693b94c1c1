//! What to send to X, decided from the head of the client's request alone. Pure: no clock, no storage, no account.

use http::{HeaderMap, header, request::Parts};

use crate::{
    config::UnknownEndpoints,
    domain::{
        api_key::Scope,
        fault::{Code, Fault},
        retry::Effect,
    },
    ports::arrival::{AnswerBody, ParcelBody},
    x::{
        catalogue::{self, Found, Values},
        operation::Operation,
    },
};

/// The longest body that is held so that it may be sent twice, in bytes. It lies outside perch's own memory, but in the isolate's.
const HELD: u64 = 64 * 1024;
/// The longest body whose length is not announced, in bytes: X wants to be told.
const UNANNOUNCED: u64 = 8 * 1024 * 1024;
/// How long the body of an answer that ends may take, in ms.
const ANSWER_MS: u32 = 60_000;

/// How long a body that is sent on as it comes, and X's answer to it, may take, in ms.
const UPLOAD_MS: u32 = 300_000;

/// Headers by which a request claims another method than its own.
const METHOD_OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The endpoint.
    pub operation: &'static Operation,
    /// Path and query, built from the endpoint's template.
    pub target: String,
    /// What becomes of the client's body.
    pub body: Body,
    /// The client's own headers that X gets.
    pub headers: Vec<(&'static str, String)>,
}

/// What becomes of the client's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// There is none, or it is nothing to X.
    None,
    /// It is read first, so many bytes at most, and may be sent twice.
    Held(u64),
    /// It is sent on as it comes.
    Stream,
}

impl Plan {
    /// Whether the call changes nothing at X.
    pub fn is_safe(&self) -> bool {
        self.operation.effect == Effect::Read
    }

    /// What a key needs for it.
    pub fn scope(&self) -> Scope {
        if self.is_safe() { Scope::RelayRead } else { Scope::RelayWrite }
    }

    /// The same for the platform.
    pub const fn parcel_body(&self) -> ParcelBody {
        match self.body {
            Body::None => ParcelBody::None,
            Body::Held(_) => ParcelBody::Held,
            Body::Stream => ParcelBody::Stream,
        }
    }

    /// How long to wait for X's answer to begin, in ms, when the client waits `left_ms`. A body that is sent on as it comes takes
    /// the time its client needs.
    pub fn timeout_ms(&self, left_ms: u64) -> u32 {
        if self.body == Body::Stream {
            return UPLOAD_MS;
        }
        u32::try_from(left_ms).unwrap_or(u32::MAX).min(self.operation.timeout_ms).max(1)
    }

    /// How X's body comes back.
    pub const fn answer_body(&self) -> AnswerBody {
        if self.operation.streams { AnswerBody::Endless } else { AnswerBody::Ends { within_ms: ANSWER_MS } }
    }
}

/// Plans the request with this head, which has passed the path gate.
///
/// # Errors
/// [`Code::RouteNotFound`] for what X does not have, [`Code::MethodNotAllowed`], [`Code::InvalidPath`] for a value that cannot be
/// one, [`Code::InvalidRequest`] for a claim to another method.
pub fn plan(head: &Parts, unknown: UnknownEndpoints) -> Result<Plan, Fault> {
    if METHOD_OVERRIDES.iter().any(|name| head.headers.contains_key(*name)) {
        return Err(Fault::new(Code::InvalidRequest, "Send the method itself; method overrides are not taken."));
    }
    let (method, path, query) = (head.method.as_str(), head.uri.path(), head.uri.query());
    if is_of_sign_in(path) {
        return Err(nothing_there());
    }
    let (operation, target) = match catalogue::find(method, path) {
        Found::Operation(operation, values) => (operation, target(operation, &values, query)),
        Found::OtherMethods(operations) => return Err(other_methods(method, operations)),
        Found::BadValue(parameter) => return Err(bad_value(parameter)),
        Found::Nothing => (unknown_endpoint(method, path, unknown)?, with_query(path.to_owned(), query)),
    };
    let body = body(operation, &head.headers);
    Ok(Plan { operation, target, body, headers: headers(&head.headers, body) })
}

fn target(operation: &Operation, values: &Values<'_>, query: Option<&str>) -> String {
    catalogue::url(operation, values, query, "")
}

fn with_query(mut path: String, query: Option<&str>) -> String {
    if let Some(query) = query {
        path.push('?');
        path.push_str(query);
    }
    path
}

/// Signing in is perch's own business: no client reaches it through the relay.
fn is_of_sign_in(path: &str) -> bool {
    path.split('/').nth(2).is_some_and(|segment| segment.to_ascii_lowercase().starts_with("oauth"))
}

fn unknown_endpoint(method: &str, path: &str, unknown: UnknownEndpoints) -> Result<&'static Operation, Fault> {
    if unknown == UnknownEndpoints::Refuse {
        return Err(nothing_there());
    }
    if !path.split('/').skip(1).all(catalogue::is_value) {
        return Err(bad_value("path"));
    }
    let unknown = catalogue::unknown();
    unknown.iter().find(|operation| operation.method() == method).ok_or_else(|| other_methods(method, unknown))
}

fn body(operation: &Operation, headers: &HeaderMap) -> Body {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match announced {
        _ if operation.effect == Effect::Read => Body::None,
        Some(0) => Body::None,
        Some(length) if length <= HELD => Body::Held(length),
        Some(_) => Body::Stream,
        None if headers.contains_key(header::TRANSFER_ENCODING) => Body::Held(UNANNOUNCED),
        None => Body::None,
    }
}

/// What of the client's headers X gets: what it accepts, and what its body is.
fn headers(headers: &HeaderMap, body: Body) -> Vec<(&'static str, String)> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let accept = text(header::ACCEPT).unwrap_or_else(|| "application/json".to_owned());
    // Else the platform would ask for an encoding that the client has not.
    let encoding = text(header::ACCEPT_ENCODING).unwrap_or_else(|| "identity".to_owned());
    let content_type = text(header::CONTENT_TYPE).filter(|_| body != Body::None);
    let content_type = content_type.map(|content_type| ("content-type", content_type));
    [("accept", accept), ("accept-encoding", encoding)].into_iter().chain(content_type).collect()
}

fn nothing_there() -> Fault {
    Fault::new(
        Code::RouteNotFound,
        "X has no such endpoint, as far as perch knows; /openapi.json tells of perch's own.",
    )
}

fn other_methods(method: &str, operations: &[Operation]) -> Fault {
    let methods: Vec<&str> = operations.iter().map(Operation::method).collect();
    Fault::new(Code::MethodNotAllowed, format!("X takes no {method} here, but {}.", methods.join(", ")))
}

fn bad_value(parameter: &str) -> Fault {
    Fault::new(Code::InvalidPath, format!("What stands for {{{parameter}}} in the path cannot be a value of it."))
}

#[cfg(test)]
mod tests;
