//! The control port `/_sandbox/*`: what tests use to look inside and to make trouble. It is not in the ledger.

mod crashpoints;
mod streams;

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::Rule;
use crate::faults::fault::Fault;
use crate::oauth2::{Consent, Switches, grant};
use crate::rules::Rules;
use crate::server::Sandbox;
use crate::vectors;

/// An answer, or why the request makes no sense.
type Control = Result<Json<Value>, (StatusCode, Json<Value>)>;

/// Every control route.
pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/_sandbox/health", get(async || Json(json!({ "status": "ok" }))))
        .route("/_sandbox/state", get(overview))
        .route("/_sandbox/ledger", get(ledger))
        .route("/_sandbox/faults", get(list_faults).post(add_fault).delete(clear_faults))
        .route("/_sandbox/clock", get(read_clock).post(set_clock))
        .route("/_sandbox/tokens/expire", post(expire_tokens))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/consent", post(set_consent))
        .route("/_sandbox/oauth", post(set_switches))
        .route("/_sandbox/rules", get(read_rules).post(set_rules))
        .merge(crashpoints::router())
        .merge(streams::router())
        .with_state(sandbox)
}

async fn overview(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.with(|state| {
        let users: Vec<_> = state.users.all().iter().map(|user| &user.account).collect();
        json!({
            "users": users,
            "now_ms": state.now_ms(),
            "counts": {
                "tweets": state.tweets.count(),
                "access_tokens": state.oauth2.access.len(),
                "refresh_tokens": state.oauth2.refresh.values().filter(|refresh| !refresh.spent).count(),
                "faults": state.faults.all().len(),
            },
            "consent": state.oauth2.consent,
            "oauth": state.oauth2.switches,
            "rules": state.rules,
        })
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn ledger(State(sandbox): State<Sandbox>, Query(from): Query<Since>) -> Json<Value> {
    Json(sandbox.with(|state| state.ledger.since(from.since)))
}

async fn list_faults(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.with(|state| json!({ "faults": state.faults.all() })))
}

async fn add_fault(State(sandbox): State<Sandbox>, Json(rule): Json<Rule>) -> Control {
    if let Fault::Vector { name } = &rule.fault
        && vectors::find(name).is_none()
    {
        return nonsense("there is no error vector of this name");
    }
    Ok(Json(sandbox.with(|state| json!({ "id": state.faults.add(rule) }))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    id: Option<u64>,
}

async fn clear_faults(State(sandbox): State<Sandbox>, Query(which): Query<Which>) -> Json<Value> {
    Json(sandbox.with(|state| json!({ "cleared": state.faults.clear(which.id) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_ms: Option<u64>,
    set_ms: Option<u64>,
    real: Option<bool>,
}

async fn set_clock(State(sandbox): State<Sandbox>, Json(change): Json<ClockChange>) -> Control {
    sandbox.with(|state| {
        match change {
            ClockChange { advance_ms: Some(ms), set_ms: None, real: None } => state.clock.advance(ms),
            ClockChange { advance_ms: None, set_ms: Some(ms), real: None } => state.clock.set(ms),
            ClockChange { advance_ms: None, set_ms: None, real: Some(true) } => state.clock.follow_real_time(),
            _ => return nonsense("give one of advance_ms, set_ms, real:true"),
        }
        Ok(Json(json!({ "now_ms": state.now_ms() })))
    })
}

async fn read_clock(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.with(|state| json!({ "now_ms": state.now_ms() })))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    user_id: Option<String>,
}

async fn expire_tokens(State(sandbox): State<Sandbox>, whose: Option<Json<Whose>>) -> Json<Value> {
    let Json(whose) = whose.unwrap_or_default();
    Json(sandbox.with(|state| json!({ "expired": grant::forget_access(state, whose.user_id.as_deref()) })))
}

async fn reset(State(sandbox): State<Sandbox>) -> Json<Value> {
    sandbox.with(crate::state::State::reset);
    Json(json!({ "reset": true }))
}

async fn set_consent(State(sandbox): State<Sandbox>, Json(consent): Json<Consent>) -> Control {
    sandbox.with(|state| match &consent {
        Consent::Auto { user } if state.users.by_username(user).is_none() => nonsense("there is no such user"),
        _ => {
            state.oauth2.consent = consent;
            Ok(Json(json!(state.oauth2.consent)))
        }
    })
}

async fn set_switches(State(sandbox): State<Sandbox>, Json(switches): Json<Switches>) -> Json<Value> {
    sandbox.with(|state| state.oauth2.switches = switches);
    Json(json!(switches))
}

async fn read_rules(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.with(|state| json!(state.rules)))
}

async fn set_rules(State(sandbox): State<Sandbox>, Json(rules): Json<Rules>) -> Json<Value> {
    sandbox.with(|state| state.rules = rules);
    Json(json!(rules))
}

fn nonsense(reason: &str) -> Control {
    Err((StatusCode::BAD_REQUEST, Json(json!({ "error": reason }))))
}
