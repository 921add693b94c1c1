//! Playing a fault on one request, or none.

use std::io::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use serde_json::Value;

use crate::answer::{Answer, JSON};
use crate::call::Call;
use crate::dispatch::response;
use crate::endpoints::Endpoint;
use crate::faults::fault::Fault;
use crate::gate::{self, Passage};
use crate::parting::{LastWords, Parting};
use crate::server::Sandbox;
use crate::{edge, vectors};

/// Bytes of one piece of a slow body.
const SLOW_PIECE: usize = 16;

/// One request on stage.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) call: Call,
    /// Its number in the ledger.
    pub(crate) seq: u64,
    /// How its connection is ended; absent when it has none.
    pub(crate) parting: Option<Parting>,
}

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
        Fault::GarbageRateHeaders {} => edge::RATE_HEADERS
            .into_iter()
            .fold(scene.run(), |answer, name| answer.with_header(name, "soon; -1")),
        Fault::RateHeaders {
            limit,
            remaining,
            reset_in_s,
        } => {
            let reset = scene
                .sandbox
                .with(|state| state.now_ms() / 1000)
                .saturating_add(reset_in_s);
            edge::with_window(scene.run(), limit, remaining, reset)
        }
        Fault::Respond { status, headers, body } => scene.refuse(custom(status, &headers, &body)),
        Fault::Vector { name } => scene.refuse(scene.timely(vectors::answer(&name))),
        Fault::Html403 => scene.refuse(vectors::answer("edge-attention-required")),
        Fault::Redirect { to } => {
            scene.refuse(Answer::empty(StatusCode::TEMPORARY_REDIRECT).with_header("location", &to))
        }
        Fault::GzipBomb { mib } => scene.refuse(bomb(mib)),
        _ => scene.run(),
    }
}

impl Scene {
    /// Lets X handle the request, notes the answer, and dresses it.
    pub(crate) fn run(&self) -> Answer {
        self.sandbox.with(|state| {
            let Passage {
                answer,
                user_id,
                admission,
            } = gate::pass(state, self.endpoint, self.call.clone());
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.status = Some(answer.status.as_u16());
                seen.user_id = user_id;
            }
            edge::dress(state, answer, self.call.at_ms, admission)
        })
    }

    /// Answers in X's place: nothing happens but the note.
    pub(crate) fn refuse(&self, answer: Answer) -> Answer {
        self.sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.status = Some(answer.status.as_u16());
            }
            edge::dress(state, answer, self.call.at_ms, None)
        })
    }

    /// Prints one line about the request, when asked to.
    pub(crate) fn log(&self, result: &str) {
        if self.sandbox.verbose {
            println!("{} {} {result}", self.call.method, self.call.uri.path());
        }
    }

    /// The answer never left: the ledger shows no status.
    fn unanswered(&self) {
        self.sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.status = None;
            }
        });
    }

    /// Commits after `ms`, unless the sandbox was reset meanwhile.
    fn commit_later(&self, ms: u64) {
        let scene = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            if scene.sandbox.with(|state| state.ledger.request(scene.seq).is_some()) {
                scene.run();
                scene.unanswered();
            }
        });
    }

    async fn end(&self, words: LastWords) -> Response {
        self.log("(connection ended)");
        match &self.parting {
            Some(parting) => parting.end(words).await,
            None => response(Answer::empty(StatusCode::BAD_GATEWAY)),
        }
    }

    /// A vector's reset times are of the day it was written; here they lie ahead of the sandbox's clock.
    fn timely(&self, answer: Answer) -> Answer {
        let now_s = self.sandbox.with(|state| state.now_ms() / 1000);
        let resets: Vec<String> = answer
            .headers
            .keys()
            .map(|name| name.as_str().to_owned())
            .filter(|name| name.ends_with("-reset"))
            .collect();
        resets.into_iter().fold(answer, |answer, name| {
            let ahead_s = if name.contains("24hour") { 86_400 } else { 900 };
            answer.with_header(&name, &(now_s + ahead_s).to_string())
        })
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
    let Answer { status, headers, body } = answer;
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

fn custom(status: u16, headers: &std::collections::BTreeMap<String, String>, body: &Value) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match body {
        Value::Null => Bytes::new(),
        Value::String(text) => Bytes::from(text.clone()),
        json => Bytes::from(json.to_string()),
    };
    let answer = Answer::text(status, JSON, body);
    headers
        .iter()
        .fold(answer, |answer, (name, value)| answer.with_header(name, value))
}

/// A small gzip body that unpacks to `mib` MiB of a JSON text.
fn bomb(mib: u32) -> Answer {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let spaces = vec![b' '; 1024 * 1024];
    let written = (0..mib)
        .try_for_each(|_| packer.write_all(&spaces))
        .and_then(|()| packer.write_all(b"{}"));
    let body = written.and_then(|()| packer.finish()).unwrap_or_default();
    Answer::text(StatusCode::OK, JSON, body).with_header("content-encoding", "gzip")
}
