//! A call that must happen once: it does not pass by, it is written down first.

use axum::{body::Body, response::IntoResponse};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header, request::Parts};

use super::{actor::Actor, plan::Plan, too_many};
use crate::{
    domain::{
        api_key::KeyId,
        fault::{Code, Fault},
        retry::Effect,
        write::Answer,
    },
    gateway::{answer::Route, body_limit, operation},
    ports::arrival::Arrival,
    services::{
        Context,
        windows::Refusal,
        writes::{self, Wish, Written},
        x,
    },
};

/// Whether `plan` is such a call: each time it is sent it does something more, or its client has given it a name.
///
/// # Errors
/// As [`operation::idempotency_key`].
pub fn key_if_written(plan: &Plan, head: &Parts) -> Result<Option<Option<String>>, Fault> {
    let key = operation::idempotency_key(&head.headers)?;
    let is_media = plan.body == super::plan::Body::Stream && plan.operation.effect == Effect::Set;
    let is_written = match plan.operation.effect {
        Effect::Create => true,
        Effect::Set => key.is_some() && !is_media,
        Effect::Read => false,
    };
    Ok(is_written.then_some(key))
}

/// Makes the call.
///
/// # Errors
/// What perch refuses itself, and why it was not sent.
pub async fn write<A: Arrival>(
    context: &Context,
    actor: &Actor,
    application: &KeyId,
    arrival: A,
    plan: &Plan,
    key: Option<String>,
) -> Result<(Response<Body>, Option<Fault>), Fault> {
    let owner = actor.owner();
    let wish = Wish {
        owner,
        user: actor.user(),
        operation: plan.operation,
        target: plan.target.clone(),
        headers: headers(plan),
        body: body(context, arrival).await?,
        application: application.as_str().to_owned(),
        idempotency_key: key,
        hears_x_anyway: !context.config.relay.refuses_at_empty_windows,
        part_of: None,
    };
    match writes::write(context, wish).await? {
        Written::Answered { answer, replayed } => {
            let refused = (answer.status >= 400).then(|| Fault::new(Code::XRejected, ""));
            Ok((answered(context, plan, &answer, replayed), refused))
        }
        Written::Shut(shut) if shut.is_rate_limit() => {
            let fault = Fault::new(Code::XRateLimited, "");
            Ok((too_many::too_many_requests(context, plan, &shut), Some(fault)))
        }
        Written::Shut(shut) => Err(Refusal::Shut(shut).fault(plan.operation, context.now())),
        Written::Open(write) => {
            let mut response = operation::accepted(context, &write);
            response.extensions_mut().insert(Route(plan.operation.template()));
            Ok((response, Some(Fault::new(Code::OutcomeUnknown, ""))))
        }
    }
}

/// What X gets of the client's headers. The body comes back as it is, so X is not asked for an encoding.
fn headers(plan: &Plan) -> Vec<(String, String)> {
    let passed = plan.headers.iter().filter(|(name, _)| *name != "accept-encoding");
    passed.map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

async fn body<A: Arrival>(context: &Context, arrival: A) -> Result<String, Fault> {
    let request = arrival.open().ok_or_else(|| Fault::new(Code::InvalidRequest, "A header cannot be read."))?;
    let bytes = body_limit::read(context, request.into_body(), body_limit::RELAYED).await?;
    String::from_utf8(bytes.into()).map_err(|_| Fault::new(Code::InvalidBody, "The body is not UTF-8."))
}

/// X's answer, in its own words.
fn answered(context: &Context, plan: &Plan, answer: &Answer, replayed: bool) -> Response<Body> {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = (status, Body::from(answer.body.clone())).into_response();
    response.extensions_mut().insert(Route(plan.operation.template()));
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    say_when(context, answer.status, headers);
    if replayed {
        operation::mark_replayed(headers);
    }
    response
}

fn say_when(context: &Context, status: u16, headers: &mut HeaderMap) {
    if status == 429 && !headers.contains_key(header::RETRY_AFTER) {
        let wait = x::rate_limit_wait_s(headers, context.now());
        headers.insert(header::RETRY_AFTER, wait.into());
    }
}
