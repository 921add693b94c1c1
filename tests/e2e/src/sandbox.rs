//! The sandbox's control port: its ledger is what the tests believe.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The emulated X.
#[derive(Clone)]
pub struct Sandbox {
    http: reqwest::Client,
    base: String,
}

/// What X saw and did.
#[derive(Debug, Deserialize)]
pub struct Ledger {
    /// Every request.
    pub requests: Vec<Seen>,
    /// Every effect.
    pub effects: Vec<Effect>,
    /// Requests it no longer remembers.
    pub dropped_requests: u64,
    /// The number of the newest entry.
    pub last_seq: u64,
}

/// A request that X saw.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names are the sandbox's own, explained in its README")]
pub struct Seen {
    pub seq: u64,
    pub method: String,
    pub path: String,
    pub query: String,
    pub host: String,
    pub headers: Vec<(String, String)>,
    pub framing: String,
    pub body: Option<String>,
    pub body_bytes: u64,
    pub body_sha256: Option<String>,
    pub status: Option<u16>,
    pub credential: Option<String>,
    pub user_id: Option<String>,
    pub fault: Option<String>,
    pub foreign: bool,
    pub ending: Option<String>,
}

/// Something that X did.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the names are the sandbox's own, explained in its README")]
pub struct Effect {
    pub seq: u64,
    pub kind: String,
    pub user_id: Option<String>,
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

impl Seen {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Ledger {
    /// The requests of `method` to `path`.
    pub fn requests_to<'a>(&'a self, method: &'a str, path: &'a str) -> impl Iterator<Item = &'a Seen> {
        self.requests.iter().filter(move |seen| seen.method == method && seen.path == path)
    }

    /// The effects of `kind` for a user.
    pub fn effects_of<'a>(&'a self, kind: &'a str, user: &'a str) -> impl Iterator<Item = &'a Effect> {
        self.effects.iter().filter(move |effect| effect.kind == kind && effect.user_id.as_deref() == Some(user))
    }
}

impl Sandbox {
    pub(crate) fn new(http: reqwest::Client, base: &str) -> Self {
        Self { http, base: base.to_owned() }
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where the ledger ends now: what comes later is above it.
    pub async fn mark(&self) -> u64 {
        self.ledger_since(u64::MAX).await.last_seq
    }

    /// Everything above `mark`.
    pub async fn ledger_since(&self, mark: u64) -> Ledger {
        let request = self.http.get(format!("{}/_sandbox/ledger?since={mark}", self.base));
        let answer = request.send().await.expect("the sandbox answers");
        answer.json().await.expect("a ledger is JSON")
    }

    /// `GET /_sandbox/{path}`.
    pub async fn look(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}/_sandbox/{path}", self.base)).send().await.expect("the sandbox answers");
        answer.json().await.expect("the sandbox answers with JSON")
    }

    /// `POST /_sandbox/{path}`.
    pub async fn control(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}/_sandbox/{path}", self.base)).json(body);
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "the sandbox refused {path} {body}");
        answer.json().await.expect("the sandbox answers with JSON")
    }

    /// Plays `fault` on requests of `method` to `path`, `count` times or until cleared.
    pub async fn fault(&self, method: &str, path: &str, count: Option<u32>, fault: Value) {
        let mut rule = json!({"method": method, "path": path, "fault": fault});
        if let Some(count) = count {
            rule["count"] = json!(count);
        }
        self.control("faults", &rule).await;
    }

    /// Plays `fault` on a share of such requests, the same each time.
    pub async fn fault_for_some(&self, method: &str, path: &str, share: f64, fault: Value) {
        let rule = json!({"method": method, "path": path, "share": share, "seed": 7, "fault": fault});
        self.control("faults", &rule).await;
    }

    /// X goes by these rules; what is left out returns to its default.
    pub async fn rules(&self, rules: Value) {
        self.control("rules", &rules).await;
    }

    /// Lets everybody go on whom a crash point holds.
    pub async fn disarm_crashpoints(&self) {
        let request = self.http.delete(format!("{}/_sandbox/crashpoints", self.base));
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success());
    }

    /// Ends all faults.
    pub async fn clear_faults(&self) {
        let request = self.http.delete(format!("{}/_sandbox/faults", self.base));
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success());
    }

    /// X forgets the access tokens of a user.
    pub async fn expire_tokens(&self, user: &str) {
        self.control("tokens/expire", &json!({"user_id": user})).await;
    }
}
