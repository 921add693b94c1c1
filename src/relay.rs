//! `/2`: every endpoint of X as X has it, for clients that were made for X itself.
//!
//! A call goes through three rooms. [`plan`] decides from the head alone what is sent where, and refuses what must not be. [`carry`]
//! picks the credential and has the platform carry request and answer; bodies do not enter perch. [`settle`] learns from the
//! answer's head. A call that must happen once takes another way: [`mod@write`] reads its body and has it written down first.
//!
//! X's answers pass with their own status and body. What perch refuses itself is a problem document, whose `title`, `detail`, `type`
//! and `status` X's clients read as they read X's own.

pub mod actor;
pub mod carry;
pub mod plan;
pub mod settle;
pub mod too_many;
pub mod write;

use axum::response::IntoResponse;
use http::request::Parts;

use crate::{
    domain::{caller::Caller, fault::Fault},
    gateway::{self, Reply, TOKEN_ENDPOINT, answer::Route},
    ports::arrival::Arrival,
    services::Context,
    x::operation::Operation,
};

use plan::Plan;

/// Whether `path` is the relay's: all of X's but the one that perch answers itself.
pub fn is_for(path: &str) -> bool {
    path.starts_with("/2/") && path != TOKEN_ENDPOINT
}

/// Answers a call that the gateway let through. What may change something at X runs to its end even if the client hangs up; a
/// read ends with its client.
pub async fn serve<A: Arrival>(context: &Context, head: &Parts, caller: &Caller, arrival: A) -> Reply<A::Body> {
    let plan = match plan::plan(head, context.config.relay.unknown) {
        Ok(plan) => plan,
        Err(fault) => return fault.into(),
    };
    let operation = plan.operation;
    let answered = answer(context, head, caller, arrival, plan).await;
    answered.unwrap_or_else(|fault| refusal(operation, fault))
}

async fn answer<A: Arrival>(
    context: &Context,
    head: &Parts,
    caller: &Caller,
    arrival: A,
    plan: Plan,
) -> Result<Reply<A::Body>, Fault> {
    caller.require(plan.scope())?;
    let named = head.headers.get("perch-account").map(|name| name.to_str().unwrap_or("?"));
    let actor = actor::choose(context, caller, plan.operation, named).await?;
    if plan.is_safe() {
        return carry::carry(context, &actor, &arrival, &plan).await;
    }
    let written = write::key_if_written(&plan, head)?;
    let (worker, kid) = (context.clone(), caller.kid().clone());
    let work = async move {
        if let Some(key) = written {
            let written = write::write(&worker, &actor, &kid, arrival, &plan, key).await;
            settle::record_write(&worker, &kid, &actor, &plan, &written);
            return written.map(|(response, _)| Reply::Ours(response));
        }
        let answered = carry::carry(&worker, &actor, &arrival, &plan).await;
        settle::record(&worker, &kid, &actor, &plan, &answered);
        answered
    };
    gateway::outliving(context, work).await?
}

/// perch's own refusal of a call to `operation`.
fn refusal<B>(operation: &Operation, fault: Fault) -> Reply<B> {
    let mut response = fault.into_response();
    response.extensions_mut().insert(Route(operation.template()));
    Reply::Ours(response)
}
