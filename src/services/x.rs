//! A call to X on behalf of an account: credential, breaker, limits, retries, and what an answer means.
//!
//! One call may become several requests: a read that fails is tried again, and a request that X refuses with 401 is sent once
//! more with a fresh token. What is decided when stands in [`retry`](crate::domain::retry); this module carries it out.

mod answer;
mod fault;
mod judge;
mod request;
mod who;

use super::{
    Context,
    tokens::{self, Credential},
    windows,
};
use crate::{
    domain::{fault::Fault, ids::AccountId},
    x::operation::XRequest,
};
use judge::{Outcome, Sent, Verdict};

pub use answer::XAnswer;
pub(crate) use request::no_consumer;
pub use who::{Profile, who};

/// Calls X for `account`, and answers with what X answered when it did what was asked.
///
/// # Errors
/// Everything else, as a fault: what X refused, by title and type; no answer; no credential; a rested endpoint group.
pub async fn call(context: &Context, account: &AccountId, request: XRequest) -> Result<XAnswer, Fault> {
    windows::admit(context, account, request.operation)?;
    let mut rejected = None;
    loop {
        let credential = tokens::credential(context, account, rejected).await?;
        let outcome = send(context, &credential, &request).await?;
        if let Ok(response) = &outcome {
            windows::learn(context, account, request.operation, &response.headers);
        }
        let sent = Sent {
            operation: request.operation,
            credential: &credential,
        };
        match sent.judge(outcome, context.now()) {
            Verdict::Done(answer) => return Ok(answer),
            Verdict::Rejected if rejected.is_none() => rejected = Some(credential.generation()),
            Verdict::Rejected => return Err(fault::needs_reconnect()),
            Verdict::Failed(failure) => return Err(failure.fault),
        }
    }
}

/// Sends `request` once.
async fn send(context: &Context, credential: &Credential, request: &XRequest) -> Result<Outcome, Fault> {
    let request = request::on_the_wire(context, credential, request)?;
    let outcome = context.ports.upstream.send(request).await;
    context.call.note(|facts| {
        facts.x_calls += 1;
        facts.x_status = outcome.as_ref().ok().map(|response| response.status);
    });
    Ok(outcome)
}
