//! Streams on the control port: who is connected, a line for them, their end.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, nonsense};
use crate::server::Sandbox;
use crate::{streams, vectors};

/// Routes under `/_sandbox/streams`.
pub(super) fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_sandbox/streams", get(list))
        .route("/_sandbox/streams/push", post(push))
        .route("/_sandbox/streams/end", post(end))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Push {
    /// OpenAPI path of the stream; absent means all of them.
    path: Option<String>,
    /// A text is sent as it is; any other JSON becomes a line.
    line: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    /// OpenAPI path of the stream; absent means all of them.
    path: Option<String>,
    /// Name of the error vector that is the last line.
    error: Option<String>,
    /// Ends the connection in the middle of the body.
    #[serde(default)]
    break_off: bool,
}

async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.with(|state| json!({ "streams": state.streams.shown() })))
}

async fn push(State(sandbox): State<Sandbox>, Json(push): Json<Push>) -> Json<Value> {
    let bytes = match push.line {
        Value::String(text) => Bytes::from(text),
        json => streams::line_of(&json),
    };
    Json(sandbox.with(|state| json!({ "reached": state.streams.push(push.path.as_deref(), &bytes) })))
}

async fn end(State(sandbox): State<Sandbox>, Json(end): Json<End>) -> Control {
    let error = end.error.as_deref().map(vectors::find);
    if matches!(error, Some(None)) {
        return nonsense("there is no error vector of this name");
    }
    sandbox.with(|state| {
        if let Some(Some(error)) = error {
            state.streams.push(end.path.as_deref(), &error.body);
        }
        Ok(Json(json!({ "ended": state.streams.end(end.path.as_deref(), end.break_off) })))
    })
}
