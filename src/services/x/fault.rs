//! From what X said, or did not say, to a fault of ours.

use http::HeaderMap;

use crate::{
    domain::{
        Timestamp,
        fault::{Code, Fault, UpstreamFacts},
        retry::Effect,
    },
    ports::TransportFault,
    x::{
        errors::{Class, XError},
        operation::Operation,
        windows,
    },
};

/// How long to wait on a 429 that does not say, in s: one default window of X.
const DEFAULT_WINDOW_S: u64 = 900;
/// How long to wait before trying an edge again that refused, in s.
const EDGE_REST_S: u64 = 30;

/// What `error` means for the caller of `operation`.
pub fn of_error(operation: &Operation, status: u16, headers: &HeaderMap, error: &XError, now: Timestamp) -> Fault {
    let code = code_of(error.class, operation);
    let said = error.detail.as_deref().unwrap_or_default();
    let detail = if said.is_empty() { code.explanation().trim().to_owned() } else { format!("X said: {said}") };
    let facts = UpstreamFacts {
        status: Some(status),
        kind: error.kind.clone(),
        title: error.title.clone(),
        detail: error.detail.clone(),
    };
    let fault = Fault::new(code, detail).with_upstream(facts);
    match code {
        Code::XRateLimited => fault.with_retry_after(rate_limit_wait_s(headers, now)),
        Code::XEdgeBlocked => fault.with_retry_after(EDGE_REST_S),
        _ => fault,
    }
}

/// Seconds to wait on a 429 with these headers: until the reset, at least one and at most a day.
pub fn rate_limit_wait_s(headers: &HeaderMap, now: Timestamp) -> u64 {
    let until = |reset: Timestamp| reset.ms_since(now).div_ceil(1000).clamp(1, 86_400);
    windows::reset_at(headers).map_or(DEFAULT_WINDOW_S, until)
}

/// What no usable answer means for the caller of `operation`.
pub fn of_silence(operation: &Operation, silence: TransportFault) -> Fault {
    let code = match (operation.effect, silence) {
        (Effect::Create, _) => Code::OutcomeUnknown,
        (_, TransportFault::Timeout) => Code::XTimeout,
        (_, TransportFault::Broken) => Code::XUnavailable,
        (_, TransportFault::TooLarge) => Code::XInvalidAnswer,
    };
    Fault::new(code, format!("{}: {silence}.", code.title()))
}

/// What a 2xx answer that cannot be read means: what was asked has probably been done.
pub(super) fn of_unreadable(operation: &Operation, status: u16) -> Fault {
    let code = if operation.effect == Effect::Create { Code::OutcomeUnknown } else { Code::XInvalidAnswer };
    let facts = UpstreamFacts { status: Some(status), kind: None, title: None, detail: None };
    Fault::new(code, "X's answer is not JSON.").with_upstream(facts)
}

fn code_of(class: Class, operation: &Operation) -> Code {
    match class {
        Class::CallerError | Class::Partial => Code::XRejected,
        Class::MediaRejected | Class::TooLarge => Code::MediaRejected,
        Class::MediaFailed => Code::MediaFailed,
        Class::TokenInvalid | Class::TokenDead | Class::GrantDead => Code::AccountNeedsReconnect,
        Class::ClientConfig => Code::XMisconfigured,
        Class::Permission | Class::WrongAuthKind => Code::XPermission,
        Class::Forbidden => Code::XForbidden,
        Class::ReplyRestricted => Code::ReplyNotAllowed,
        Class::QuoteRestricted => Code::QuoteNotAllowed,
        Class::Duplicate => Code::DuplicateTweet,
        Class::AccountState => Code::AccountRestricted,
        Class::Credits => Code::CreditsDepleted,
        Class::SpendCap => Code::SpendCapReached,
        Class::UsageCap => Code::UsageCapReached,
        Class::RateLimit | Class::ConnectionLimit => Code::XRateLimited,
        Class::Conflict => Code::Conflict,
        Class::NotFound => not_found(operation),
        Class::EdgeBlock => Code::XEdgeBlocked,
        Class::ServerError | Class::Stream if operation.effect == Effect::Create => Code::OutcomeUnknown,
        Class::ServerError | Class::Stream => Code::XUnavailable,
    }
}

/// What is not there is what the path names.
fn not_found(operation: &Operation) -> Code {
    if operation.template().contains("/media") {
        Code::MediaNotFound
    } else if operation.template().contains("tweet") {
        Code::TweetNotFound
    } else {
        Code::NotFound
    }
}
