//! What came of one request.

use http::header;

use super::{
    XAnswer, fault,
    pause::{self, PauseCause},
};
use crate::{
    domain::{
        Timestamp, breaker,
        fault::Fault,
        retry::{Effect, Setback},
    },
    ports::{TransportFault, UpstreamResponse},
    services::tokens::Credential,
    x::{
        errors::{self, Answer, Class, XError},
        operation::Operation,
        windows,
    },
};

/// What X answered, or that it did not.
type Outcome = Result<UpstreamResponse, TransportFault>;

/// What came of it.
pub(super) enum Verdict {
    /// X did it.
    Done(XAnswer),
    /// X did not, or did not say so.
    Failed(Failure),
}

/// A request that brought nothing.
pub(super) struct Failure {
    /// For the caller, if nothing more is tried.
    pub(super) fault: Fault,
    /// For the decision whether to try again.
    pub(super) setback: Setback,
    /// Why nothing more should be sent for a while.
    pub(super) pause: Option<PauseCause>,
}

impl Failure {
    const fn of(fault: Fault, setback: Setback) -> Self {
        Self { fault, setback, pause: None }
    }
}

/// Judges the outcome of a request to `operation`.
pub(super) fn judge(operation: &Operation, credential: &Credential, outcome: Outcome, now: Timestamp) -> Verdict {
    let response = match outcome {
        Ok(response) => response,
        Err(silence) => {
            return Verdict::Failed(Failure::of(fault::of_silence(operation, silence), Setback::Lost));
        }
    };
    let error = errors::classify(&answer(operation, credential, &response));
    match error.filter(|error| error.class != Class::Partial) {
        Some(error) => {
            let fault = fault::of_error(operation, response.status, &response.headers, &error, now);
            let setback = setback(operation, &error, credential, &response);
            Verdict::Failed(Failure { pause: pause::cause(&error, &response), ..Failure::of(fault, setback) })
        }
        None => done(operation, response),
    }
}

/// How the breaker sees an outcome.
pub(in crate::services) fn for_breaker(outcome: &Outcome) -> breaker::Answer {
    match outcome {
        Ok(response) => breaker::Answer::Status { status: response.status, json: is_json(response) },
        Err(TransportFault::Timeout) => breaker::Answer::TimedOut,
        Err(TransportFault::Broken) => breaker::Answer::NoConnection,
        Err(TransportFault::TooLarge) => breaker::Answer::CutShort,
    }
}

fn answer<'a>(operation: &'a Operation, credential: &Credential, response: &'a UpstreamResponse) -> Answer<'a> {
    Answer {
        status: response.status,
        content_type: content_type(response),
        body: &response.body,
        method: operation.method(),
        credential: match credential {
            Credential::Bearer { .. } => errors::Credential::OAuth2User,
            Credential::Sign { .. } => errors::Credential::OAuth1User,
        },
    }
}

/// A token that signs cannot be refreshed: to X's refusal of it there is nothing to try.
fn setback(operation: &Operation, error: &XError, credential: &Credential, response: &UpstreamResponse) -> Setback {
    match (error.class, credential) {
        (Class::TokenInvalid, Credential::Bearer { .. }) => Setback::Unauthorized,
        (Class::RateLimit, _) => Setback::RateLimited { reset_at: windows::reset_at(&response.headers) },
        (Class::Duplicate, _) => Setback::Duplicate,
        (Class::NotFound, _) if operation.method() == "DELETE" => Setback::Gone,
        (Class::ServerError | Class::Stream, _) => Setback::ServerError,
        _ => Setback::Refused,
    }
}

/// A success has a JSON body. Without one it is no success that can be told, though a write may well have happened.
fn done(operation: &Operation, response: UpstreamResponse) -> Verdict {
    let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(&response.body).is_ok();
    if (200..300).contains(&response.status) && is_whole {
        let UpstreamResponse { status, headers, body } = response;
        return Verdict::Done(XAnswer { status, headers, body });
    }
    let setback = if operation.effect == Effect::Read { Setback::ServerError } else { Setback::Refused };
    Verdict::Failed(Failure::of(fault::of_unreadable(operation, response.status), setback))
}

fn is_json(response: &UpstreamResponse) -> bool {
    content_type(response).is_some_and(|kind| kind.contains("json"))
}

fn content_type(response: &UpstreamResponse) -> Option<&str> {
    response.headers.get(header::CONTENT_TYPE)?.to_str().ok()
}
