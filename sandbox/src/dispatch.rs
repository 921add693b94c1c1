//! A request's arrival: read whole, noted in the ledger, played, answered.

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::response::Response;
use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt, Limited};

use crate::call::{Call, pairs};
use crate::caller::Caller;
use crate::endpoints::Endpoint;
use crate::faults::fault::Fault;
use crate::ledger::Seen;
use crate::parting::Parting;
use crate::play;
use crate::scene::Scene;
use crate::server::Sandbox;
use crate::{answer::Answer, vectors};

/// Longest body X's edge lets in, in bytes: a GIF of 15 MB as base64, and some room.
const BODY_LONGEST: usize = 24 * 1024 * 1024;

/// Answers one request to `endpoint`.
pub(crate) async fn dispatch(sandbox: Sandbox, endpoint: &'static Endpoint, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let parting = parts.extensions.remove::<Parting>();
    let params = params(&mut parts).await;
    let (body, whole) = read(body).await;
    let mut call = call(parts, params, body);
    call.at_ms = sandbox.with(|state| state.now_ms());
    let (seq, fault) = arrive(&sandbox, endpoint, &call);
    let scene = Scene { sandbox, endpoint, call, seq, parting };
    let response = if whole {
        play::play(scene.clone(), fault).await
    } else {
        response(scene.refuse(vectors::answer("payload-too-large-empty")))
    };
    scene.log(response.status().as_str());
    response
}

/// `answer` on the wire.
pub(crate) fn response(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

fn arrive(sandbox: &Sandbox, endpoint: &Endpoint, call: &Call) -> (u64, Option<Fault>) {
    sandbox.with(|state| {
        let fault = state.faults.take(call.method.as_str(), endpoint.path, call.uri.path());
        let mut seen = Seen::new(call.at_ms, call.method.as_str(), &call.uri, &call.headers, &call.body);
        seen.fault = fault.as_ref().map(Fault::kind);
        (state.ledger.arrive(seen), fault)
    })
}

/// The body, and whether it came whole.
async fn read(body: Body) -> (Bytes, bool) {
    match Limited::new(body, BODY_LONGEST).collect().await {
        Ok(collected) => (collected.to_bytes(), true),
        Err(_) => (Bytes::new(), false),
    }
}

async fn params(parts: &mut Parts) -> Vec<(String, String)> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    params.map_or_else(
        |_| Vec::new(),
        |params| params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    )
}

fn call(parts: Parts, params: Vec<(String, String)>, body: Bytes) -> Call {
    let query = pairs(parts.uri.query().unwrap_or_default());
    let Parts { method, uri, headers, .. } = parts;
    Call { method, uri, headers, body, params, query, at_ms: 0, caller: Caller::Nobody, lag_ms: 0 }
}
