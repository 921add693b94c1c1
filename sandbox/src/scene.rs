//! One request on stage: run by X, refused in its place, or cut off.

use std::time::Duration;

use axum::response::Response;
use http::StatusCode;

use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Kind;
use crate::dispatch::response;
use crate::edge;
use crate::endpoints::Endpoint;
use crate::gate::{self, Passage};
use crate::ledger::seen::Ending;
use crate::parting::{LastWords, Parting};
use crate::server::Sandbox;

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

impl Scene {
    /// Notes the body, which is here whole.
    pub(crate) fn received(&self) {
        self.sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.received(&self.call.headers, &self.call.body);
            }
        });
    }

    /// Lets X handle the request, notes the answer, and dresses it.
    pub(crate) fn run(&self) -> Answer {
        self.sandbox.with(|state| {
            let Passage { answer, caller, admission } = gate::pass(state, self.endpoint, self.call.clone());
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.status = Some(answer.status.as_u16());
                seen.credential = caller.kind().map(Kind::name);
                seen.user_id = caller.user_id().map(str::to_owned);
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
    pub(crate) fn unanswered(&self) {
        self.sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.status = None;
            }
        });
    }

    /// Commits after `ms`, unless the sandbox was reset meanwhile.
    pub(crate) fn commit_later(&self, ms: u64) {
        let scene = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            if scene.sandbox.with(|state| state.ledger.request(scene.seq).is_some()) {
                scene.run();
                scene.unanswered();
            }
        });
    }

    /// Ends the connection, `words` first.
    pub(crate) async fn end(&self, words: LastWords) -> Response {
        self.log("(connection ended)");
        self.sandbox.with(|state| {
            if let Some(seen) = state.ledger.request(self.seq) {
                seen.end(Ending::TornDown);
            }
        });
        match &self.parting {
            Some(parting) => parting.end(words).await,
            None => response(Answer::empty(StatusCode::BAD_GATEWAY)),
        }
    }

    /// A vector's reset times are of the day it was written; here they lie ahead of the sandbox's clock.
    pub(crate) fn timely(&self, answer: Answer) -> Answer {
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
