//! Calls whose answers are held against the specification.

use std::collections::BTreeSet;

use serde_json::Value;

use super::divergence::{DIVERGENCES, LIST_OF_FAULTS};
use super::session::{Answer, Session};
use super::spec::Spec;

/// A session, the specification, and what was found so far.
pub(crate) struct Judge {
    spec: Spec,
    session: Session,
    heard: BTreeSet<(String, String)>,
    /// Which divergences were met, in the order of their list.
    met: Vec<bool>,
    faults: Vec<String>,
}

impl Judge {
    pub(crate) async fn start(spec: Spec) -> Self {
        let session = Session::start("alice").await;
        let met = vec![false; DIVERGENCES.len()];
        Self { spec, session, heard: BTreeSet::new(), met, faults: Vec::new() }
    }

    /// Calls an operation that must succeed, and judges the answer. `path` is the operation's, `target` the request's.
    pub(crate) async fn ok(&mut self, method: &str, path: &str, target: &str, body: Value) -> Value {
        let answer = self.session.call(method, target, &body).await;
        self.judge(method, path, target, answer)
    }

    /// As [`Judge::ok`], with the app's bearer.
    pub(crate) async fn ok_as_app(&mut self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.session.call_as_app(method, path, &body).await;
        self.judge(method, path, path, answer)
    }

    /// Opens a stream, posts a tweet, and judges the first line that tells of it.
    pub(crate) async fn first_line(&mut self, path: &str, query: &str, tweet: Value) {
        let mut stream = self.session.stream(&format!("{path}{query}")).await;
        let status = stream.status().as_u16();
        self.tweet(tweet).await;
        let line = stream.chunk().await.unwrap().unwrap();
        let body = serde_json::from_slice(&line).unwrap();
        self.judge("GET", path, path, Answer { status, body });
    }

    fn judge(&mut self, method: &str, path: &str, target: &str, answer: Answer) -> Value {
        let Answer { status, body } = answer;
        assert!((200..300).contains(&status), "{method} {target}: {status} {body}");
        let reconciled = self.reconciled(&body);
        let faults = self.spec.faults(method, path, status, &reconciled);
        self.note(&format!("{method} {target}"), faults);
        self.heard.insert((method.to_owned(), path.to_owned()));
        body
    }

    /// As [`Judge::ok`], for a GET without parameters in its path.
    pub(crate) async fn get(&mut self, path: &str, query: &str) -> Value {
        self.ok("GET", path, &format!("{path}{query}"), Value::Null).await
    }

    /// Posts a tweet and tells its id.
    pub(crate) async fn tweet(&mut self, body: Value) -> String {
        let answer = self.ok("POST", "/2/tweets", "/2/tweets", body).await;
        answer["data"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of the user who is signed in.
    pub(crate) async fn my_id(&mut self) -> String {
        self.get("/2/users/me", "").await["data"]["id"].as_str().unwrap().to_owned()
    }

    /// Calls what must be refused, and judges the problem.
    pub(crate) async fn refused(&mut self, expected: u16, method: &str, target: &str, body: Value) {
        let answer = self.session.call(method, target, &body).await;
        assert_eq!(answer.status, expected, "{method} {target}: {}", answer.body);
        let mut reconciled = self.reconciled(&answer.body);
        LIST_OF_FAULTS.reconcile(&mut reconciled);
        let faults = self.problem_faults(&reconciled);
        self.note(&format!("{method} {target}"), faults);
    }

    /// Ends the trial: no fault, and no operation unheard.
    pub(crate) fn finish(self) {
        let emulated = perch_sandbox::operations::all().iter().filter(|operation| operation.is_emulated());
        let named = emulated.map(|operation| (operation.method.to_string(), operation.path.to_owned()));
        let served: BTreeSet<_> = named.filter(|(method, path)| self.spec.knows(method, path)).collect();
        assert!(!served.is_empty());
        let unheard: Vec<_> = served.difference(&self.heard).collect();
        assert!(unheard.is_empty(), "served but not judged: {unheard:?}");
        let unmet = self.met.iter().filter(|met| !**met).count();
        assert_eq!(unmet, 0, "divergences never met: {:?}", self.met);
        assert!(self.faults.is_empty(), "against the specification:\n{}", self.faults.join("\n"));
        println!("{} operations answer as specified", self.heard.len());
    }

    /// Types of problems that the specification does not list are held against the members they all share.
    fn problem_faults(&self, body: &Value) -> Vec<String> {
        let kind = body["type"].as_str().unwrap_or_default();
        if kind == "about:blank" {
            let shared = ["title", "detail", "status"].into_iter();
            return shared.filter(|name| body[name].is_null()).map(|name| format!("{name} is missing")).collect();
        }
        self.spec.problem_faults(body)
    }

    /// The body without what is known to differ.
    fn reconciled(&mut self, body: &Value) -> Value {
        let mut body = body.clone();
        for (divergence, met) in DIVERGENCES.iter().zip(&mut self.met) {
            *met |= divergence.reconcile(&mut body);
        }
        body
    }

    fn note(&mut self, call: &str, faults: Vec<String>) {
        self.faults.extend(faults.into_iter().map(|fault| format!("{call}: {fault}")));
    }
}
