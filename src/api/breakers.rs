//! Circuit breakers: how they are, and the operator's hand on them.

use axum::{Json, extract::Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{JsonBody, Surroundings};
use crate::{
    domain::{
        api_key::Scope,
        audit::Action,
        breaker::{Group, Mode, Override, Phase, Snapshot},
        caller::Caller,
        fault::{Code, Fault},
    },
    gateway::problem::rfc3339,
    services::{
        Context,
        audit::{self, Deed},
        breakers,
    },
};

/// Longest time an operator may force a breaker for, in s.
const LONGEST_FORCE_S: u64 = 86_400;

/// All breakers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Breakers {
    /// One per endpoint group.
    data: Vec<Breaker>,
}

/// One breaker.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakerState {
    /// The breaker.
    data: Breaker,
}

/// How a breaker is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Breaker {
    /// The endpoint group.
    group: &'static str,
    /// `closed`, `open` or `half_open`.
    state: &'static str,
    /// When an open one lets probes through, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_until: Option<String>,
    /// Calls in the last 30 s that count.
    calls: u32,
    /// Of these, failed.
    failures: u32,
    /// Of these, slow.
    slow: u32,
    /// The operator's word, if it is forced.
    #[serde(skip_serializing_if = "Option::is_none")]
    forced: Option<Forced>,
}

/// What the operator has set.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forced {
    /// `open`, `closed` or `metrics_only`.
    #[schema(value_type = String)]
    mode: Mode,
    /// Why.
    reason: String,
    /// By which key.
    by: String,
    /// Since when.
    since: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

/// What to force a breaker to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Force {
    /// `open` refuses all calls, `closed` lets all through, `metrics_only` counts without refusing.
    #[schema(value_type = String, example = "open")]
    mode: Mode,
    /// Why; it stands in the audit trail.
    reason: String,
    /// Seconds until it ends by itself: 1 to 86400; an hour if absent.
    #[serde(default = "an_hour")]
    expires_in_s: u64,
}

const fn an_hour() -> u64 {
    3600
}

/// Lists the breakers.
#[utoipa::path(get, path = "/v1/breakers", tag = "breakers", responses((status = 200, body = Breakers)))]
pub async fn list(Surroundings(context): Surroundings, caller: Caller) -> Result<Json<Breakers>, Fault> {
    caller.require(Scope::Admin)?;
    let asked = Group::ALL.map(|group| show(&context, group));
    Ok(Json(Breakers { data: futures_util::future::try_join_all(asked).await? }))
}

async fn show(context: &Context, group: Group) -> Result<Breaker, Fault> {
    Ok(Breaker::of(group, breakers::snapshot(context, group).await?))
}

/// Forces a breaker.
#[utoipa::path(put, path = "/v1/breakers/{group}", tag = "breakers",
    params(("group" = String, Path, description = "The endpoint group")),
    request_body = Force, responses((status = 200, body = BreakerState)))]
pub async fn force(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(group): Path<String>,
    JsonBody(force): JsonBody<Force>,
) -> Result<Json<BreakerState>, Fault> {
    caller.require(Scope::Admin)?;
    let group = group_of(&group)?;
    let forced = force.checked(&context, &caller)?;
    let deed = Deed::new(Action::BreakerForce).by(caller.kid()).to(group.as_str()).because(&forced.reason);
    let snapshot = breakers::force(&context, group, forced).await;
    audit::record(&context, deed, &snapshot);
    Ok(Json(BreakerState { data: Breaker::of(group, snapshot?) }))
}

/// Gives a breaker back to its own judgement.
#[utoipa::path(delete, path = "/v1/breakers/{group}", tag = "breakers",
    params(("group" = String, Path, description = "The endpoint group")),
    responses((status = 200, body = BreakerState)))]
pub async fn release(
    Surroundings(context): Surroundings,
    caller: Caller,
    Path(group): Path<String>,
) -> Result<Json<BreakerState>, Fault> {
    caller.require(Scope::Admin)?;
    let group = group_of(&group)?;
    let snapshot = breakers::release(&context, group).await;
    audit::record(&context, Deed::new(Action::BreakerRelease).by(caller.kid()).to(group.as_str()), &snapshot);
    Ok(Json(BreakerState { data: Breaker::of(group, snapshot?) }))
}

impl Force {
    fn checked(self, context: &Context, caller: &Caller) -> Result<Override, Fault> {
        let reason = self.reason.trim().to_owned();
        if !(1..=200).contains(&reason.chars().count()) {
            return Err(Fault::field("reason", "range", "Say why, in 1 to 200 characters."));
        }
        if !(1..=LONGEST_FORCE_S).contains(&self.expires_in_s) {
            return Err(Fault::field("expires_in_s", "range", "Take 1 to 86400 seconds."));
        }
        let since = context.now();
        let expires_at = Some(since.plus_ms(self.expires_in_s.saturating_mul(1000)));
        Ok(Override { mode: self.mode, reason, by: caller.kid().to_string(), since, expires_at })
    }
}

impl Breaker {
    fn of(group: Group, snapshot: Snapshot) -> Self {
        let (state, open_until) = match snapshot.phase {
            Phase::Closed => ("closed", None),
            Phase::Open { until } => ("open", Some(rfc3339(until))),
            Phase::HalfOpen => ("half_open", None),
        };
        let counts = snapshot.counts;
        let forced = snapshot.forced.map(Forced::of);
        Self {
            group: group.as_str(),
            state,
            open_until,
            calls: counts.calls,
            failures: counts.failures,
            slow: counts.slow,
            forced,
        }
    }
}

impl Forced {
    fn of(forced: Override) -> Self {
        Self {
            mode: forced.mode,
            reason: forced.reason,
            by: forced.by,
            since: rfc3339(forced.since),
            expires_at: forced.expires_at.map(rfc3339),
        }
    }
}

fn group_of(name: &str) -> Result<Group, Fault> {
    let known = || Group::ALL.map(Group::as_str).join(", ");
    Group::ALL
        .into_iter()
        .find(|group| group.as_str() == name)
        .ok_or_else(|| Fault::new(Code::RouteNotFound, format!("There is no such group; there are {}.", known())))
}
