//! Playing a fault on one request, or none.

use std::time::Duration;

use axum::response::Response;
use http::StatusCode;

use crate::answer::Answer;
use crate::crashpoints::{self, Moment};
use crate::dispatch::response;
use crate::faults::fault::Fault;
use crate::faults::{bent, body, made};
use crate::parting::LastWords;
use crate::scene::Scene;
use crate::{edge, vectors};

/// Answers the request as X would, bent by `fault`.
pub(crate) async fn play(mut scene: Scene, fault: Option<Fault>) -> Response {
    let Some(fault) = fault else {
        return response(unharmed(&scene).await);
    };
    match fault {
        Fault::Latency { ms, after_commit } => late(&scene, ms, after_commit).await,
        Fault::TimelineLag { ms } => {
            scene.call.lag_ms = ms;
            response(unharmed(&scene).await)
        }
        Fault::SlowBody { ms_per_chunk } => body::slow(scene.run(), ms_per_chunk),
        Fault::EndlessBody { ms_per_chunk } => body::endless(scene.run(), ms_per_chunk),
        Fault::Stall {} => body::stalled(scene.run()),
        Fault::CutBody {} | Fault::WrongLength {} | Fault::HalfClose {} | Fault::Status { status: 100..200 } => {
            let words = last_words(&scene.run(), &fault);
            scene.end(words).await
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

/// The real answer, unless a test holds it on the way.
async fn unharmed(scene: &Scene) -> Answer {
    let subject = scene.sandbox.with(|state| crashpoints::subject(state, &scene.call));
    let pass = |moment| crashpoints::pass_in_x(&scene.sandbox, moment, scene.endpoint, subject.as_deref());
    pass(Moment::Received).await;
    let answer = scene.run();
    pass(Moment::Committed).await;
    answer
}

/// The real answer in the words of a fault that ends the connection.
fn last_words(answer: &Answer, fault: &Fault) -> LastWords {
    let length = answer.body.len();
    match fault {
        Fault::CutBody {} => LastWords::of(answer, length, length / 2),
        Fault::WrongLength {} => LastWords::of(answer, length / 2, length),
        Fault::Status { status } => LastWords::of(answer, length, length).after_interim(*status),
        _ => LastWords::of(answer, length, length).half_closed(),
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
        Fault::Redirect { to, status } => {
            let answer = Answer::empty(StatusCode::TEMPORARY_REDIRECT).with_header("location", &to);
            scene.refuse(bent::status(answer, status))
        }
        Fault::Gzip {} => bent::gzip(scene.run()),
        Fault::GzipLie {} => bent::gzip_lie(scene.run()),
        Fault::ContentType { value } => scene.run().with_header("content-type", &value),
        Fault::InvalidUtf8 {} => bent::invalid_utf8(scene.run()),
        Fault::Status { status } => bent::status(scene.run(), status),
        Fault::Headers { count, bytes } => bent::headers(scene.run(), count, bytes),
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
