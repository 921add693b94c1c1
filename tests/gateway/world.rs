//! The world of a test: perch over memory, SQLite and a scripted X.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::Body;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header, request::Builder};
use http_body_util::BodyExt;
use perch::{
    adapters::{
        memory::{
            HandClock, MemoryArrival, MemoryKv, MemoryLog, MemoryObjects, MemoryQueue, OpenGate, SeededEntropy,
            TokioBackground, YieldTimer,
        },
        sealed_box::XChaCha,
    },
    app::App,
    config::Config,
    domain::{
        Timestamp,
        api_key::{AccountGrant, ApiKey, Issue, KeyRecord, Mode, Quota, Scope},
        backoff::Deadline,
        trace::Trace,
    },
    gateway::Reply,
    ports::{Clock, EntropyExt, Ports},
    services::{Call, Context, keys},
};
use serde_json::Value;
use tokio::task::JoinHandle;

use super::{sqlite::Sqlite, upstream::ScriptedUpstream};

/// 2027-01-15T08:00:00Z.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

type Tasks = Arc<Mutex<Vec<JoinHandle<()>>>>;

/// Everything perch stands on, and perch itself: one isolate of it.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) kv: Arc<MemoryKv>,
    pub(crate) objects: Arc<MemoryObjects>,
    pub(crate) queue: Arc<MemoryQueue>,
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) gate: Arc<OpenGate>,
    pub(crate) sql: Arc<Sqlite>,
    pub(crate) x: Arc<ScriptedUpstream>,
    entropy: Arc<SeededEntropy>,
    tasks: Tasks,
}

impl World {
    /// A new world, with nobody's key in it.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A new world with some settings of its own.
    pub(crate) fn with(settings: &[(&'static str, &str)]) -> Self {
        let clock = Arc::new(HandClock::at(START));
        Self {
            app: App::new(config(settings)),
            kv: Arc::default(),
            objects: Arc::new(MemoryObjects::new(clock.clone())),
            queue: Arc::default(),
            log: Arc::default(),
            gate: Arc::default(),
            sql: Arc::new(Sqlite::migrated()),
            x: Arc::new(ScriptedUpstream::new(clock.clone())),
            entropy: Arc::default(),
            tasks: Tasks::default(),
            clock,
        }
    }

    /// Another isolate over the same storage: it remembers nothing.
    pub(crate) fn another_isolate(&self) -> Self {
        Self { app: App::new(config(&[])), ..self.clone() }
    }

    /// This moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The ports of one event.
    pub(crate) fn ports(&self) -> Ports {
        let tasks = self.tasks.clone();
        let spawn = move |work: Pin<Box<dyn Future<Output = ()> + Send>>| {
            tasks.lock().unwrap_or_else(PoisonError::into_inner).push(tokio::spawn(work));
        };
        Ports {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            timer: Arc::new(YieldTimer(self.clock.clone())),
            background: Arc::new(TokioBackground(Box::new(spawn))),
            upstream: self.x.clone(),
            kv: self.kv.clone(),
            objects: self.objects.clone(),
            sql: self.sql.clone(),
            audit: self.queue.clone(),
            edge_limit: self.gate.clone(),
            sealed_box: Arc::new(XChaCha::new(self.app.config(), self.entropy.clone())),
            log: self.log.clone(),
        }
    }

    /// The surroundings of a use case, for tests that call one directly.
    pub(crate) fn context(&self) -> Context {
        self.app.context(
            self.ports(),
            Call::new("test".to_owned(), Trace::enter(None, 1, 1), self.now(), Deadline::after(25_000, self.now())),
        )
    }

    /// Waits until all work beside the answers is done, with what that work has begun in turn. A panic in it fails the test.
    pub(crate) async fn settle(&self) {
        loop {
            let task = self.tasks.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match task {
                Some(task) => task.await.unwrap(),
                None => return,
            }
        }
    }

    /// Ends all work beside the answers where it stands, as the end of the isolate does.
    pub(crate) fn forget_tasks(&self) {
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }

    /// Moves the clock on by `ms`, and wakes the objects that want to be woken by then.
    pub(crate) async fn wake_after(&self, ms: u64) {
        self.clock.advance(ms);
        for name in self.objects.accounts_to_wake() {
            self.app.wake(self.ports(), &name).await;
        }
        self.settle().await;
    }

    /// A new key of `scopes` for all accounts, whole.
    pub(crate) async fn key(&self, scopes: impl IntoIterator<Item = Scope>) -> String {
        self.key_with(scopes, |_| ()).await
    }

    /// A new key whose record is changed before it is kept.
    pub(crate) async fn key_with(
        &self,
        scopes: impl IntoIterator<Item = Scope>,
        change: impl FnOnce(&mut KeyRecord),
    ) -> String {
        let (kid, secret) = (self.entropy.bytes().unwrap(), self.entropy.bytes().unwrap());
        let key = ApiKey::make(Mode::Test, &kid, &secret);
        let mut record = KeyRecord {
            kid: key.kid().clone(),
            name: "a test's".to_owned(),
            hash: key.hash(&self.app.config().pepper),
            scopes: scopes.into_iter().collect(),
            accounts: AccountGrant::All,
            default_account: None,
            origins: Vec::new(),
            quota: Quota { per_minute: 600, per_day: None },
            return_uris: Vec::new(),
            created_at: self.now(),
            expires_at: None,
            revoked_at: None,
            overlap_until: None,
            replaced_by: None,
            oauth1: Issue::default(),
            refresh_handles: Issue::default(),
            version: 1,
        };
        change(&mut record);
        keys::insert(&self.context(), &record).await.unwrap();
        key.expose()
    }

    /// A request in the making.
    pub(crate) fn request(&self, method: &str, path: &str) -> Asking<'_> {
        let head = Request::builder().method(method).uri(path);
        Asking { world: self, head, body: Body::empty() }
    }

    /// Shorthand for a GET with a key.
    pub(crate) async fn get(&self, path: &str, key: &str) -> Answer {
        self.request("GET", path).key(key).send().await
    }

    /// Shorthand for a POST of JSON with a key.
    pub(crate) async fn post(&self, path: &str, key: &str, body: Value) -> Answer {
        self.request("POST", path).key(key).json(&body).send().await
    }

    /// The access log's lines.
    pub(crate) fn access_log(&self) -> Vec<Value> {
        let mut lines = self.log.lines();
        lines.retain(|line| line["message"] == "request");
        lines
    }

    /// Everything perch has kept or written down anywhere, as one text: what a scan for secrets looks through.
    pub(crate) fn everything_kept(&self) -> String {
        let log: Vec<String> = self.log.lines().iter().map(Value::to_string).collect();
        format!("{:?}\n{:?}\n{}\n{}", self.kv.snapshot(), self.objects.stored(), self.sql.dump(), log.join("\n"))
    }
}

fn config(settings: &[(&'static str, &str)]) -> Config {
    let key = STANDARD.encode([7; 32]);
    let mut strings = BTreeMap::from([
        ("ENVIRONMENT", "test".to_owned()),
        ("PUBLIC_URL", "https://perch.example".to_owned()),
        ("X_API_URL", "https://api.x.example".to_owned()),
        ("X_AUTHORIZE_URL", "https://x.example/i/oauth2/authorize".to_owned()),
        ("X_CLIENT_ID", "client".to_owned()),
        ("X_CLIENT_SECRET", "client-secret-canary".to_owned()),
        ("X_CONSUMER_KEY", "consumer".to_owned()),
        ("X_CONSUMER_SECRET", "consumer-secret-canary".to_owned()),
        ("PERCH_MASTER_KEYS", format!(r#"{{"active":"k1","keys":{{"k1":"{key}"}}}}"#)),
        ("PERCH_KEY_PEPPER", STANDARD.encode([9; 32])),
    ]);
    strings.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Config::read(&strings).unwrap()
}

/// A request in the making.
#[must_use = "send it"]
pub(crate) struct Asking<'a> {
    world: &'a World,
    head: Builder,
    body: Body,
}

impl Asking<'_> {
    /// With `key` as a bearer.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// With a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head = self.head.header(name, value);
        self
    }

    /// With JSON.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With any body, whose length is announced.
    pub(crate) fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        self.header("content-type", content_type).header("content-length", &length).stream(Body::from(body))
    }

    /// With a body whose length is not announced.
    pub(crate) fn stream(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sends it, and reads the whole answer.
    pub(crate) async fn send(self) -> Answer {
        let request = self.head.body(self.body).unwrap();
        let (head, arrival) = MemoryArrival::of(request, self.world.x.clone());
        let reply = self.world.app.fetch(self.world.ports(), head, arrival).await;
        let (head, body) = response(reply).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }
}

/// What the client gets.
fn response(reply: Reply<Body>) -> Response<Body> {
    match reply {
        Reply::Ours(response) => response,
        Reply::Passed { carried, .. } => {
            let mut response = Response::new(carried.body);
            *response.status_mut() = StatusCode::from_u16(carried.status).unwrap();
            *response.headers_mut() = carried.headers;
            response
        }
    }
}

/// perch's answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{}: {e}", self.text()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// A header's value, several joined as HTTP joins them; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        values.collect::<Vec<_>>().join(", ")
    }

    /// Fails unless this is a problem of this status and code, whole and in agreement with itself; gives its body.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let problem = self.json();
        assert_eq!(self.header(header::CONTENT_TYPE.as_str()), "application/problem+json");
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("https://perch.example/problems/{code}"));
        assert_eq!(problem["correlation_id"], self.header("x-request-id"));
        problem
    }

    /// The names of the fields at fault, in their order.
    pub(crate) fn fields(&self) -> Vec<String> {
        let problem = self.json();
        let fields = problem["fields"].as_array().cloned().unwrap_or_default();
        fields.iter().map(|field| field["field"].as_str().unwrap().to_owned()).collect()
    }

    /// Fails unless the status is `status`; gives itself.
    #[track_caller]
    pub(crate) fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}
