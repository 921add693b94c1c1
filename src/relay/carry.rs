//! The way to X and back.
//!
//! | X answers | the client gets |
//! | --- | --- |
//! | 401 to a bearer | the answer to a second call with a fresh token, where the body can be sent again |
//! | nothing, or 500, 502, 503, 504, to what may be done twice | the answer to a further call, within the retry budget |
//! | a redirect | 502: a credential goes to X and nowhere else |
//! | anything else | that |

use http::header;
use secrecy::SecretString;

use super::{
    actor::Actor,
    plan::{self, Plan},
    settle,
    too_many::too_many_requests,
};
use crate::{
    domain::{
        fault::{Code, Fault},
        ids::AccountId,
        retry::{Attempts, Effect, Retry, Setback},
    },
    gateway::{Reply, body_limit},
    ports::{
        EntropyExt, TransportFault,
        arrival::{Arrival, Carried, HoldFault, Parcel},
    },
    services::{
        Context, breakers,
        tokens::Credential,
        windows::{self, Refusal, Seat},
        x,
    },
    x::USER_AGENT,
};

/// How long a client may take to send a body that is held, in ms.
const HOLD_MS: u32 = 30_000;

type Outcome<B> = Result<Carried<B>, TransportFault>;

/// Makes the call.
///
/// # Errors
/// What perch refuses itself, and what stands for an answer that X did not give.
pub async fn carry<A: Arrival>(
    context: &Context,
    actor: &Actor,
    arrival: &A,
    plan: &Plan,
) -> Result<Reply<A::Body>, Fault> {
    let owner = actor.owner();
    if let plan::Body::Held(limit) = plan.body {
        arrival.hold(limit, HOLD_MS).await.map_err(|fault| not_held(fault, limit))?;
    }
    let (mut attempts, mut rejected) = (Attempts::default(), None);
    breakers::deposit(context, plan.operation.group);
    loop {
        let seat = match admit(context, &owner, plan).await {
            Ok(seat) => seat,
            Err(refusal) => return refused(context, plan, &refusal),
        };
        let pass = breakers::admit(context, plan.operation.group, plan.operation.effect).await?;
        let credential = actor.credential(context, rejected).await?;
        let parcel = parcel(context, plan, credential.as_ref())?;
        let started = context.now();
        seat.sent();
        let outcome = arrival.carry(parcel).await;
        settle::learn(context, &owner, plan.operation, pass, started, &outcome);
        if let Ok(carried) = &outcome {
            actor.worked(context, credential.as_ref(), carried.status);
        }
        let setback = setback(&outcome, credential.as_ref());
        match setback.map(|setback| next(context, &mut attempts, plan, setback)) {
            Some(Retry::After(ms)) => context.ports.timer.sleep(ms).await,
            Some(Retry::Refresh) => rejected = credential.as_ref().map(Credential::generation),
            _ => return pass_on(context, plan, outcome),
        }
    }
}

/// Where X is to be heard even if its windows are used up, nothing is refused; what can be counted still is.
async fn admit(context: &Context, owner: &AccountId, plan: &Plan) -> Result<Seat, Refusal> {
    let admission = windows::admit(context, owner, plan.operation).await;
    if context.config.relay.refuses_at_empty_windows { admission } else { Ok(admission.unwrap_or(Seat::uncounted())) }
}

fn refused<B>(context: &Context, plan: &Plan, refusal: &Refusal) -> Result<Reply<B>, Fault> {
    match refusal {
        Refusal::Shut(shut) if shut.is_rate_limit() => Ok(Reply::Ours(too_many_requests(context, plan, shut))),
        refusal => Err(refusal.fault(plan.operation, context.now())),
    }
}

fn parcel(context: &Context, plan: &Plan, credential: Option<&Credential>) -> Result<Parcel, Fault> {
    let base = context.config.x.api_url.as_str().trim_end_matches('/');
    let url = format!("{base}{}", plan.target);
    let mut headers: Vec<(&'static str, SecretString)> = Vec::with_capacity(6);
    if let Some(credential) = credential {
        let authorization = x::authorization(context, credential, plan.operation.method(), &url)?;
        headers.push(("authorization", authorization));
    }
    headers.push(("user-agent", USER_AGENT.into()));
    headers.push(("traceparent", context.call.trace.to_string().into()));
    headers.extend(plan.headers.iter().map(|(name, value)| (*name, value.clone().into())));
    Ok(Parcel {
        method: plan.operation.method(),
        url,
        headers,
        body: plan.parcel_body(),
        timeout_ms: plan.timeout_ms(context.call.deadline.left_ms(context.now())),
        answer: plan.answer_body(),
    })
}

/// What of an outcome may be mended by another call.
fn setback<B>(outcome: &Outcome<B>, credential: Option<&Credential>) -> Option<Setback> {
    match outcome {
        Err(_) => Some(Setback::Lost),
        Ok(carried) => match (carried.status, credential) {
            (401, Some(Credential::Bearer { .. })) => Some(Setback::Unauthorized),
            (500 | 502 | 503 | 504, _) => Some(Setback::ServerError),
            _ => None,
        },
    }
}

/// A body that was sent on as it came is gone: nothing can be tried again with it.
fn next(context: &Context, attempts: &mut Attempts, plan: &Plan, setback: Setback) -> Retry {
    let effect = if plan.body == plan::Body::Stream { Effect::Create } else { plan.operation.effect };
    if plan.body == plan::Body::Stream && setback == Setback::Unauthorized {
        return Retry::Reconcile;
    }
    let random = context.ports.entropy.bytes().map_or(0, u64::from_le_bytes);
    breakers::budget(context, plan.operation.group, |budget, now| {
        attempts.decide(effect, setback, budget, context.call.deadline, now, random)
    })
}

fn pass_on<B>(context: &Context, plan: &Plan, outcome: Outcome<B>) -> Result<Reply<B>, Fault> {
    let mut carried = outcome.map_err(|silence| x::silence(plan.operation, silence))?;
    if !(200..300).contains(&carried.status) && !(400..600).contains(&carried.status) {
        return Err(Fault::new(Code::XInvalidAnswer, "X sent perch elsewhere, where a credential does not go."));
    }
    carried.headers.remove(header::CONTENT_LENGTH);
    if carried.status == 429 && !carried.headers.contains_key(header::RETRY_AFTER) {
        let wait = x::rate_limit_wait_s(&carried.headers, context.now());
        carried.headers.insert(header::RETRY_AFTER, wait.into());
    }
    Ok(Reply::Passed { route: plan.operation.template(), carried })
}

fn not_held(fault: HoldFault, limit: u64) -> Fault {
    match fault {
        HoldFault::TooLong => body_limit::too_large(limit),
        HoldFault::Late => Fault::new(Code::BodyTimeout, "The body did not come within 30 s."),
        HoldFault::Broken => Fault::new(Code::InvalidBody, "The body broke off before its end."),
    }
}
