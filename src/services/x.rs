//! A call to X on behalf of an account: windows, breaker, credential, retries, and what an answer means.
//!
//! One call may become several requests. What is sent again, and when, is decided in [`retry`](crate::domain::retry) and carried
//! out here: a creation whose outcome is unknown is never sent again.

mod answer;
mod fault;
mod judge;
mod pause;
mod request;
mod who;

use super::{
    Context,
    breakers::{self, Pass},
    tokens::{self, Credential},
    windows,
};
use crate::{
    domain::{
        breaker::outcome_of,
        fault::{Code, Fault},
        ids::AccountId,
        retry::{Attempts, Because, Retry, Setback},
    },
    ports::{EntropyExt, TransportFault, UpstreamResponse},
    x::operation::XRequest,
};
use judge::{Failure, Verdict};

pub use answer::XAnswer;
pub use fault::{of_error as refused, of_silence as silence, rate_limit_wait_s};
pub(super) use judge::for_breaker;
pub(super) use pause::cause as pause_cause;
pub use request::authorization;
pub use who::{Profile, who};

/// Calls X for `account`, and answers with what X answered when it did what was asked.
///
/// # Errors
/// Everything else, as a fault: what X refused, by title and type; no answer; no credential; a rested endpoint group.
pub async fn call(context: &Context, account: &AccountId, request: XRequest) -> Result<XAnswer, Fault> {
    let operation = request.operation;
    breakers::deposit(context, operation.group);
    let (mut attempts, mut rejected) = (Attempts::default(), None);
    loop {
        let seat = windows::admit(context, account, operation).await;
        let seat = seat.map_err(|refusal| refusal.fault(operation, context.now()))?;
        let pass = breakers::admit(context, operation.group, operation.effect).await?;
        let credential = tokens::credential(context, account, rejected).await?;
        seat.sent();
        let failure = match attempt(context, account, &credential, &request, pass).await? {
            Verdict::Done(answer) => return Ok(answer),
            Verdict::Failed(failure) => failure,
        };
        match next(context, &mut attempts, &request, &failure) {
            Retry::After(ms) => context.ports.timer.sleep(ms).await,
            Retry::Refresh => rejected = Some(credential.generation()),
            Retry::Settled => return Ok(XAnswer::settled()),
            // That X has refused the token says nothing of the account, if there is no time to renew it.
            Retry::Never(Because::Deadline) if failure.setback == Setback::Unauthorized => {
                return Err(Fault::new(Code::XTimeout, "X refused the token, and no time was left to renew it."));
            }
            Retry::Never(_) | Retry::Reconcile => return Err(failure.fault),
        }
    }
}

/// Sends `request` once, and notes for windows and breaker what came of it.
async fn attempt(
    context: &Context,
    account: &AccountId,
    credential: &Credential,
    request: &XRequest,
    pass: Pass,
) -> Result<Verdict, Fault> {
    let operation = request.operation;
    let started = context.now();
    let outcome = send(context, credential, request).await?;
    let took_ms = context.now().ms_since(started);
    breakers::note(context, operation.group, pass, outcome_of(judge::for_breaker(&outcome), took_ms, operation.group));
    if let Ok(response) = &outcome {
        windows::learn(context, account, operation, &response.headers);
        tokens::worked(context, account, credential.generation(), response.status);
    }
    let verdict = judge::judge(operation, credential, outcome, context.now());
    if let Verdict::Failed(Failure { pause: Some(pause), .. }) = &verdict {
        windows::pause(context, account, pause.scope(operation), pause.reason, pause.until);
    }
    Ok(verdict)
}

/// Sends `request` once.
async fn send(
    context: &Context,
    credential: &Credential,
    request: &XRequest,
) -> Result<Result<UpstreamResponse, TransportFault>, Fault> {
    let request = request::on_the_wire(context, credential, request)?;
    let outcome = context.ports.upstream.send(request).await;
    context.call.note(|facts| {
        facts.x_calls += 1;
        facts.x_status = outcome.as_ref().ok().map(|response| response.status);
    });
    Ok(outcome)
}

/// What to do about a failure.
fn next(context: &Context, attempts: &mut Attempts, request: &XRequest, failure: &Failure) -> Retry {
    let operation = request.operation;
    let random = context.ports.entropy.bytes().map_or(0, u64::from_le_bytes);
    breakers::budget(context, operation.group, |budget, now| {
        attempts.decide(operation.effect, failure.setback, budget, context.call.deadline, now, random)
    })
}
