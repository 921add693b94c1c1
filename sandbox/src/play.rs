//! Playing a fault on one request, or none.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;

use crate::answer::Answer;
use crate::dispatch::response;
use crate::faults::fault::Fault;
use crate::faults::made;
use crate::parting::LastWords;
use crate::scene::Scene;
use crate::{edge, vectors};

/// Bytes of one piece of a slow body.
const SLOW_PIECE: usize = 16;

/// Answers the request as X would, bent by `fault`.
pub(crate) async fn play(mut scene: Scene, fault: Option<Fault>) -> Response {
    let Some(fault) = fault else {
        return response(scene.run());
    };
    match fault {
        Fault::Latency { ms, after_commit } => late(&scene, ms, after_commit).await,
        Fault::TimelineLag { ms } => {
            scene.call.lag_ms = ms;
            response(scene.run())
        }
        Fault::SlowBody { ms_per_chunk } => slow(scene.run(), ms_per_chunk),
        Fault::CutBody {} => {
            let answer = scene.run();
            let length = answer.body.len();
            scene.end(LastWords::of(&answer, length, length / 2)).await
        }
        Fault::WrongLength {} => {
            let answer = scene.run();
            let length = answer.body.len();
            scene.end(LastWords::of(&answer, length / 2, length)).await
        }
        Fault::Reset {} => scene.end(LastWords::none()).await,
        Fault::CommitThenDie {} => {
            scene.run();
            scene.unanswered();
            scene.end(LastWords::none()).await
        }
        Fault::DieThenCommit { ms } => {
            scene.commit_later(ms);
            scene.end(LastWords::none()).await
        }
        other => response(plain(&scene, other)),
    }
}

/// Faults that end in one ordinary answer.
fn plain(scene: &Scene, fault: Fault) -> Answer {
    match fault {
        Fault::MissingRateHeaders {} => edge::without_window(scene.run()),
        Fault::GarbageRateHeaders {} => {
            edge::RATE_HEADERS.into_iter().fold(scene.run(), |answer, name| answer.with_header(name, "soon; -1"))
        }
        Fault::RateHeaders { limit, remaining, reset_in_s } => {
            let reset = scene.sandbox.with(|state| state.now_ms() / 1000).saturating_add(reset_in_s);
            edge::with_window(scene.run(), limit, remaining, reset)
        }
        Fault::Respond { status, headers, body } => scene.refuse(made::custom(status, &headers, &body)),
        Fault::Vector { name } => scene.refuse(scene.timely(vectors::answer(&name))),
        Fault::Html403 => scene.refuse(vectors::answer("edge-attention-required")),
        Fault::Redirect { to } => {
            scene.refuse(Answer::empty(StatusCode::TEMPORARY_REDIRECT).with_header("location", &to))
        }
        Fault::GzipBomb { mib } => scene.refuse(made::bomb(mib)),
        _ => scene.run(),
    }
}

async fn late(scene: &Scene, ms: u64, after_commit: bool) -> Response {
    let pause = tokio::time::sleep(Duration::from_millis(ms));
    if after_commit {
        let answer = scene.run();
        pause.await;
        response(answer)
    } else {
        pause.await;
        response(scene.run())
    }
}

fn slow(answer: Answer, ms_per_chunk: u64) -> Response {
    let Answer { status, headers, body, .. } = answer;
    let pieces = stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(ms_per_chunk)).await;
        let piece = rest.split_to(SLOW_PIECE.min(rest.len()));
        Some((Ok::<Bytes, std::io::Error>(piece), rest))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
