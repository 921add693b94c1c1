//! Crash points on the control port: arming them, waiting until somebody is held, letting go.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::crashpoints::{Shown, pass};
use crate::server::Sandbox;

/// How often a waiting request looks, in ms.
const LOOK_MS: u64 = 2;

/// Routes under `/_sandbox/crashpoints`, and the one that the gateway asks.
pub(super) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/crashpoints", get(show).post(arm).delete(disarm))
        .route("/_cp/{point}", post(reached))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    point: String,
    subject: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    /// Answer when every armed point holds somebody, or after this long.
    #[serde(default)]
    wait_ms: u64,
}

#[derive(Deserialize)]
struct Whose {
    subject: String,
}

async fn arm(State(sandbox): State<Sandbox>, Json(points): Json<Vec<Point>>) -> Json<Value> {
    Json(sandbox.with(|state| {
        let count = points.len();
        for Point { point, subject } in points {
            state.crashpoints.arm(point, subject);
        }
        json!({ "armed": count })
    }))
}

async fn show(State(sandbox): State<Sandbox>, Query(wait): Query<Wait>) -> Json<Value> {
    let end = Instant::now() + Duration::from_millis(wait.wait_ms);
    loop {
        let points = sandbox.with(|state| state.crashpoints.shown());
        if points.iter().all(Shown::is_reached) || Instant::now() >= end {
            return Json(json!({ "points": points }));
        }
        sleep(Duration::from_millis(LOOK_MS)).await;
    }
}

async fn disarm(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.with(|state| json!({ "disarmed": state.crashpoints.disarm() })))
}

/// The gateway is at a point; it goes on when it is answered.
async fn reached(State(sandbox): State<Sandbox>, Path(point): Path<String>, Query(whose): Query<Whose>) -> Json<Value> {
    pass(&sandbox, &point, &whose.subject).await;
    Json(json!({}))
}
