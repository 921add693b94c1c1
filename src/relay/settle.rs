//! What the answer's head taught: how X fares, where the account's windows stand, what goes into log and trail.

use http::Response;

use super::{actor::Actor, plan::Plan};
use crate::{
    domain::{
        Timestamp,
        api_key::KeyId,
        audit::Action,
        breaker::{self, outcome_of},
        fault::{Code, Fault},
        ids::AccountId,
        planner::{PauseReason, Planner},
    },
    gateway::Reply,
    ports::{TransportFault, arrival::Carried},
    services::{
        Context,
        audit::{self, Deed},
        breakers::{self, Pass},
        windows,
    },
    x::{self, operation::Operation},
};

/// Learns from one outcome.
pub fn learn<B>(
    context: &Context,
    owner: &AccountId,
    operation: &Operation,
    pass: Pass,
    started: Timestamp,
    outcome: &Result<Carried<B>, TransportFault>,
) {
    let took_ms = context.now().ms_since(started);
    breakers::note(context, operation.group, pass, outcome_of(health(outcome), took_ms, operation.group));
    if let Ok(carried) = outcome {
        windows::learn(context, owner, operation, &carried.headers);
        pause(context, owner, operation, carried);
    }
    context.call.note(|facts| {
        facts.x_calls += 1;
        facts.x_status = outcome.as_ref().ok().map(|carried| carried.status);
    });
}

/// Pauses what X would refuse again. X's words stay with the platform, so its status decides. A stream that is one too many is
/// refused with 429 as well, and says nothing of the window.
fn pause<B>(context: &Context, owner: &AccountId, operation: &Operation, carried: &Carried<B>) {
    match carried.status {
        429 if !operation.streams => {
            let told = x::windows::reset_at(&carried.headers);
            windows::pause(context, owner, operation.name, PauseReason::RateLimit, told);
        }
        402 => windows::pause(context, owner, Planner::EVERYTHING, PauseReason::Credits, None),
        _ => {}
    }
}

/// How the breaker sees an outcome.
fn health<B>(outcome: &Result<Carried<B>, TransportFault>) -> breaker::Answer {
    match outcome {
        Ok(carried) => {
            let kind = carried.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            breaker::Answer::Status { status: carried.status, json: kind.is_some_and(|kind| kind.contains("json")) }
        }
        Err(TransportFault::Timeout) => breaker::Answer::TimedOut,
        Err(TransportFault::Broken) => breaker::Answer::NoConnection,
        Err(TransportFault::TooLarge) => breaker::Answer::CutShort,
    }
}

/// Leaves a row in the audit trail for a write. What was answered from memory has its row already.
pub fn record_write<T>(
    context: &Context,
    kid: &KeyId,
    actor: &Actor,
    plan: &Plan,
    written: &Result<(Response<T>, Option<Fault>), Fault>,
) {
    let outcome = match written {
        Ok((response, _)) if response.headers().contains_key("idempotency-replayed") => return,
        Ok((_, None)) => Ok(()),
        Ok((_, Some(fault))) | Err(fault) => Err(fault.clone()),
    };
    audit::record(context, deed(kid, actor, plan), &outcome);
}

fn deed(kid: &KeyId, actor: &Actor, plan: &Plan) -> Deed {
    let deed = Deed::new(Action::RelayCall).by(kid).to(plan.operation.name);
    if let Actor::Account(account) = actor { deed.for_account(&account.id) } else { deed }
}

/// Leaves a row in the audit trail for a call that may have changed something.
pub fn record<B>(context: &Context, kid: &KeyId, actor: &Actor, plan: &Plan, answered: &Result<Reply<B>, Fault>) {
    let outcome = match answered {
        Ok(reply) if reply.status().is_success() => Ok(()),
        Ok(reply) if reply.status().as_u16() == 429 => Err(Fault::new(Code::XRateLimited, "")),
        Ok(reply) if reply.status().is_server_error() => Err(Fault::new(Code::XUnavailable, "")),
        Ok(_) => Err(Fault::new(Code::XRejected, "")),
        Err(fault) => Err(fault.clone()),
    };
    audit::record(context, deed(kid, actor, plan), &outcome);
}
