//! A request's arrival: noted in the ledger, read whole, played, answered, watched to its end.

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::Method;
use http::request::Parts;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::call::{Call, pairs};
use crate::caller::Caller;
use crate::endpoints::{Endpoint, TRAP};
use crate::faults::fault::Fault;
use crate::ledger::seen::{Ending, Seen};
use crate::parting::Parting;
use crate::play;
use crate::scene::Scene;
use crate::server::Sandbox;
use crate::streams::feed::Feed;
use crate::watch::Watch;
use crate::{answer::Answer, vectors};

/// Longest body X's edge lets in, in bytes: a GIF of 15 MB as base64, and some room.
const BODY_LONGEST: usize = 24 * 1024 * 1024;

/// Answers one request to `endpoint`.
pub(crate) async fn dispatch(sandbox: Sandbox, endpoint: &'static Endpoint, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let parting = parts.extensions.remove::<Parting>();
    let params = params(&mut parts).await;
    let (arrival, fault) = arrive(&sandbox, endpoint, &parts);
    let watch = Watch::new(sandbox.clone(), arrival.seq);
    let body = read(body, |bytes| arrival.count(&sandbox, bytes)).await;
    if matches!(body, Err(NotWhole::BrokenOff)) {
        watch.end(Ending::ClientGone);
    }
    let has_body = parts.method != Method::HEAD;
    let whole = body.is_ok();
    let call = call(parts, params, body.unwrap_or_default(), arrival.at_ms);
    let scene = Scene { sandbox, endpoint, call, seq: arrival.seq, parting };
    let response = if whole {
        scene.received();
        play::play(scene.clone(), fault).await
    } else {
        response(scene.refuse(vectors::answer("payload-too-large-empty")))
    };
    scene.log(response.status().as_str());
    watch.over(response, has_body)
}

/// `answer` on the wire.
pub(crate) fn response(answer: Answer) -> Response {
    let body = answer.feed.map_or_else(|| Body::from(answer.body), Feed::body);
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// A request in the ledger.
#[derive(Clone, Copy)]
struct Arrival {
    seq: u64,
    at_ms: u64,
}

impl Arrival {
    /// Counts bytes of the body as they come.
    fn count(self, sandbox: &Sandbox, bytes: usize) {
        sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.body_bytes += bytes;
            }
        });
    }
}

/// Notes the head, and finds the fault that waits for it.
fn arrive(sandbox: &Sandbox, endpoint: &Endpoint, head: &Parts) -> (Arrival, Option<Fault>) {
    sandbox.with(|state| {
        let at_ms = state.now_ms();
        let fault = state.faults.take(head.method.as_str(), endpoint.path, head.uri.path());
        let mut seen = Seen::new(at_ms, head.method.as_str(), &head.uri, &head.headers);
        seen.foreign = endpoint.path == TRAP.path;
        seen.fault = fault.as_ref().map(Fault::kind);
        (Arrival { seq: state.ledger.arrive(seen), at_ms }, fault)
    })
}

/// Why there is no whole body.
#[derive(Debug, PartialEq, Eq)]
enum NotWhole {
    /// Above [`BODY_LONGEST`].
    TooLong,
    /// The client left, or broke the framing.
    BrokenOff,
}

/// The body. `count` is told of each piece, in bytes.
async fn read(body: Body, count: impl Fn(usize)) -> Result<Bytes, NotWhole> {
    let mut body = Limited::new(body, BODY_LONGEST);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let piece = frame.map_err(|error| NotWhole::of(&*error))?.into_data().unwrap_or_default();
        count(piece.len());
        whole.extend_from_slice(&piece);
    }
    Ok(whole.freeze())
}

impl NotWhole {
    fn of(error: &(dyn std::error::Error + 'static)) -> Self {
        if error.is::<LengthLimitError>() { Self::TooLong } else { Self::BrokenOff }
    }
}

async fn params(parts: &mut Parts) -> Vec<(String, String)> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    params.map_or_else(
        |_| Vec::new(),
        |params| params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    )
}

fn call(parts: Parts, params: Vec<(String, String)>, body: Bytes, at_ms: u64) -> Call {
    let query = pairs(parts.uri.query().unwrap_or_default());
    let Parts { method, uri, headers, .. } = parts;
    Call { method, uri, headers, body, params, query, at_ms, caller: Caller::Nobody, lag_ms: 0 }
}
