//! Sending one write, once.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use secrecy::ExposeSecret;

use crate::{
    domain::{
        Timestamp,
        breaker::outcome_of,
        fault::{Code, Fault},
        ids::AccountId,
        retry::Effect,
        write::{Answer, Outcome, Write},
    },
    ports::{TransportFault, UpstreamBody, UpstreamRequest, UpstreamResponse, arrival::KEPT},
    services::{
        Context, breakers,
        tokens::{self, Credential},
        windows, x,
    },
    x::{
        USER_AGENT, catalogue,
        errors::{self, Class, XError},
        operation::Operation,
    },
};

/// What came of sending: for the object, and for the client.
pub(super) struct Sent {
    pub(super) outcome: Outcome,
    pub(super) told: Told,
}

/// What the client can be told at once.
pub(super) enum Told {
    /// X's answer.
    Answer(Answer),
    /// Why it was not sent.
    Fault(Fault),
    /// Nothing: the outcome is unknown.
    Nothing,
}

/// How often what does the same twice as once is sent, and how long after each time, in ms.
const REPEATS_AFTER_MS: [u64; 2] = [200, 1000];

/// Sends `write` for `owner`. What does the same twice as once is repeated while its outcome is unknown; it never stays so.
///
/// `asked_at` is when leave was asked for. A sender that comes to it late may be believed dead by then, and its write looked for: it
/// does not send any more.
pub(super) async fn send(context: &Context, owner: &AccountId, write: &Write, asked_at: Timestamp) -> Sent {
    let latest = asked_at.plus_ms(write.terms.lease_ms / 4 * 3);
    let is_set = catalogue::named(&write.intent.operation).is_some_and(|operation| operation.effect == Effect::Set);
    let mut sent = send_once(context, owner, write, latest).await;
    for wait_ms in REPEATS_AFTER_MS {
        if !is_set || sent.outcome != Outcome::Unknown {
            return sent;
        }
        context.ports.timer.sleep(wait_ms).await;
        sent = send_once(context, owner, write, latest).await;
    }
    if is_set && sent.outcome == Outcome::Unknown {
        let detail = "X failed, or its answer was lost, again and again. The same request may be sent again.";
        return refused(Fault::new(Code::XUnavailable, detail));
    }
    sent
}

/// A token that X no longer takes is refreshed once on the way; X has then refused before it did anything.
async fn send_once(context: &Context, owner: &AccountId, write: &Write, latest: Timestamp) -> Sent {
    let Some(operation) = catalogue::named(&write.intent.operation) else {
        return refused(Fault::internal());
    };
    let mut rejected = None;
    loop {
        let credential = match credential(context, owner, rejected).await {
            Ok(credential) => credential,
            Err(fault) => return refused(fault),
        };
        let response = match attempt(context, owner, operation, &credential, write, latest).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => return Sent { outcome: Outcome::Unknown, told: Told::Nothing },
            Err(fault) => return refused(fault),
        };
        let error = classify(operation, owner, &credential, &response);
        let can_be_renewed = rejected.is_none() && matches!(credential, Credential::Bearer { .. });
        if error.as_ref().is_some_and(|error| error.class == Class::TokenInvalid) && can_be_renewed {
            rejected = Some(credential.generation());
            continue;
        }
        if let Some(cause) = error.as_ref().and_then(|error| x::pause_cause(error, &response)) {
            windows::pause(context, owner, cause.scope(operation), cause.reason, cause.until);
        }
        return judge(context, operation, error.as_ref(), &response);
    }
}

/// What is reported of a write that was not sent because of `fault`.
pub(super) fn not_sent(fault: &Fault) -> Outcome {
    let again_after_ms = fault.code.is_retryable().then(|| fault.retry_after_s.unwrap_or(1).saturating_mul(1000));
    Outcome::NotSent { code: fault.code.slug().to_owned(), detail: fault.detail.clone(), again_after_ms }
}

fn refused(fault: Fault) -> Sent {
    Sent { outcome: not_sent(&fault), told: Told::Fault(fault) }
}

async fn credential(context: &Context, owner: &AccountId, rejected: Option<u64>) -> Result<Credential, Fault> {
    if *owner == AccountId::app() {
        return tokens::app_credential(context, rejected).await;
    }
    tokens::credential(context, owner, rejected).await
}

/// Sends it, and notes for windows and breaker what came of it.
async fn attempt(
    context: &Context,
    owner: &AccountId,
    operation: &'static Operation,
    credential: &Credential,
    write: &Write,
    latest: Timestamp,
) -> Result<Result<UpstreamResponse, TransportFault>, Fault> {
    let request = on_the_wire(context, operation, credential, write)?;
    let pass = breakers::admit(context, operation.group, operation.effect).await?;
    let started = context.now();
    if started > latest {
        return Err(
            Fault::new(Code::Unavailable, "perch took too long to send this. Nothing was sent.").with_retry_after(1)
        );
    }
    let outcome = context.ports.upstream.send(request).await;
    let took_ms = context.now().ms_since(started);
    breakers::note(context, operation.group, pass, outcome_of(x::for_breaker(&outcome), took_ms, operation.group));
    if let Ok(response) = &outcome {
        windows::learn(context, owner, operation, &response.headers);
        if *owner != AccountId::app() {
            tokens::worked(context, owner, credential.generation(), response.status);
        }
    }
    context.call.note(|facts| {
        facts.x_calls += 1;
        facts.x_status = outcome.as_ref().ok().map(|response| response.status);
    });
    Ok(outcome)
}

fn on_the_wire(
    context: &Context,
    operation: &'static Operation,
    credential: &Credential,
    write: &Write,
) -> Result<UpstreamRequest, Fault> {
    let internal = |_: &dyn std::fmt::Debug| Fault::internal();
    let base = context.config.x.api_url.as_str().trim_end_matches('/');
    let url = format!("{base}{}", write.intent.target);
    let mut headers = HeaderMap::new();
    for (name, value) in &write.intent.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| internal(&e))?;
        headers.insert(name, HeaderValue::from_str(value).map_err(|e| internal(&e))?);
    }
    let authorization = x::authorization(context, credential, operation.method(), &url)?;
    let mut authorization = HeaderValue::from_str(authorization.expose_secret()).map_err(|e| internal(&e))?;
    authorization.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, authorization);
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    let trace = HeaderValue::from_str(&context.call.trace.to_string()).map_err(|e| internal(&e))?;
    headers.insert(HeaderName::from_static("traceparent"), trace);
    let body = match write.intent.body.as_str() {
        "" => UpstreamBody::Empty,
        text => UpstreamBody::Bytes(text.to_owned().into()),
    };
    let url = url.parse().map_err(|e| internal(&e))?;
    let method = Method::from_bytes(operation.method().as_bytes()).map_err(|e| internal(&e))?;
    Ok(UpstreamRequest { method, url, headers, body, timeout_ms: operation.timeout_ms })
}

fn classify(
    operation: &Operation,
    owner: &AccountId,
    credential: &Credential,
    response: &UpstreamResponse,
) -> Option<XError> {
    let content_type = response.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let credential = match credential {
        _ if *owner == AccountId::app() => errors::Credential::App,
        Credential::Bearer { .. } => errors::Credential::OAuth2User,
        Credential::Sign { .. } => errors::Credential::OAuth1User,
    };
    let (status, method) = (response.status, operation.method());
    let error = errors::classify(&errors::Answer { status, content_type, body: &response.body, method, credential });
    error.filter(|error| error.class != Class::Partial)
}

/// What X's answer says of the write.
fn judge(context: &Context, operation: &Operation, error: Option<&XError>, response: &UpstreamResponse) -> Sent {
    let answer = || answer(context, response);
    let unknown = Sent { outcome: Outcome::Unknown, told: Told::Nothing };
    if !(200..300).contains(&response.status) && !(400..600).contains(&response.status) {
        let detail = "X sent perch elsewhere, where a credential does not go.";
        return refused(Fault::new(Code::XInvalidAnswer, detail));
    }
    match error {
        None => match made(response) {
            Ok(claim) => Sent { outcome: Outcome::Did { answer: answer(), claim }, told: Told::Answer(answer()) },
            // What was asked has probably been done, and cannot be told.
            Err(()) => unknown,
        },
        Some(error) if matches!(error.class, Class::ServerError | Class::Stream) => unknown,
        Some(error) if is_before_it_ran(error.class) => {
            let fault = x::refused(operation, response.status, &response.headers, error, context.now());
            Sent { outcome: not_sent(&fault), told: Told::Answer(answer()) }
        }
        Some(error) => {
            let duplicate = error.class == Class::Duplicate;
            Sent { outcome: Outcome::Refused { answer: answer(), duplicate }, told: Told::Answer(answer()) }
        }
    }
}

/// What X's answer means, if it is a refusal.
pub(super) fn refusal(operation: &Operation, answer: &Answer) -> Option<Fault> {
    let pairs = answer.headers.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)));
    let headers: HeaderMap<HeaderValue> = pairs.collect::<Vec<(HeaderName, HeaderValue)>>().into_iter().collect();
    let error = errors::classify(&errors::Answer {
        status: answer.status,
        content_type: headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()),
        body: &answer.body,
        method: operation.method(),
        credential: errors::Credential::OAuth2User,
    });
    let error = error.filter(|error| error.class != Class::Partial)?;
    Some(x::refused(operation, answer.status, &headers, &error, answer.at))
}

/// Refusals that say nothing of the write: the same may be sent again under the same name once their cause is gone.
const fn is_before_it_ran(class: Class) -> bool {
    matches!(
        class,
        Class::RateLimit
            | Class::ConnectionLimit
            | Class::TokenInvalid
            | Class::TokenDead
            | Class::GrantDead
            | Class::ClientConfig
            | Class::Permission
            | Class::WrongAuthKind
            | Class::Credits
            | Class::SpendCap
            | Class::UsageCap
            | Class::EdgeBlock
    )
}

/// X's id of what it made, if its answer is whole.
fn made(response: &UpstreamResponse) -> Result<Option<String>, ()> {
    #[derive(serde::Deserialize)]
    struct Made {
        data: Option<Data>,
    }
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Data {
        One { id: Option<String>, dm_event_id: Option<String> },
        Other(serde::de::IgnoredAny),
    }
    let made: Made = serde_json::from_slice(&response.body).map_err(|_| ())?;
    Ok(made.data.and_then(|data| match data {
        Data::One { id, dm_event_id } => id.or(dm_event_id),
        Data::Other(_) => None,
    }))
}

/// X's answer as clients see it.
pub(super) fn answer(context: &Context, response: &UpstreamResponse) -> Answer {
    let kept = KEPT.iter().filter(|name| **name != "content-length" && **name != "content-encoding");
    let headers = kept.filter_map(|name| {
        let value = response.headers.get(*name)?.to_str().ok()?;
        Some(((*name).to_owned(), value.to_owned()))
    });
    Answer {
        status: response.status,
        headers: headers.collect(),
        body: response.body.to_vec(),
        request_id: context.call.request_id.clone(),
        at: context.now(),
    }
}
