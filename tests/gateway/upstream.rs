//! An X that follows a script: it answers each request as the test has told it to, and keeps what it was sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use perch::{
    adapters::memory::HandClock,
    ports::{TransportFault, Upstream, UpstreamBody, UpstreamRequest, UpstreamResponse},
};
use serde_json::Value;
use tokio::sync::Semaphore;

/// A request as it reached X.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Recorded {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The body as the fields of a form, sorted by nothing.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// A header's value, or nothing at all.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// How X decides what to answer.
type Judge = Arc<dyn Fn(&Recorded) -> UpstreamResponse + Send + Sync>;

/// What X does with one request.
#[derive(Clone)]
enum Act {
    Answer(UpstreamResponse),
    Judge(Judge),
    Fail(TransportFault),
}

struct Rule {
    method: String,
    path: String,
    act: Act,
    /// How many requests it still answers; nothing for any number.
    left: Option<u32>,
    held: Option<Arc<Semaphore>>,
}

impl Rule {
    fn is_for(&self, request: &Recorded) -> bool {
        self.left != Some(0) && self.method == request.method && path_matches(&self.path, &request.path)
    }
}

/// `*` stands for one segment.
fn path_matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.split('/'), path.split('/'));
    pattern.clone().count() == path.clone().count() && pattern.zip(path).all(|(one, other)| one == "*" || one == other)
}

#[derive(Default)]
struct Script {
    rules: Vec<Rule>,
    requests: Vec<Recorded>,
    unexpected: Vec<String>,
}

/// The scripted X. A request that no rule is for fails the test when the world ends.
pub(crate) struct ScriptedUpstream {
    script: Mutex<Script>,
    clock: Arc<HandClock>,
}

impl ScriptedUpstream {
    pub(crate) fn new(clock: Arc<HandClock>) -> Self {
        Self { script: Mutex::default(), clock }
    }

    /// The next request of `method` to `path` (`*` for any one segment) …
    pub(crate) fn on(&self, method: &str, path: &str) -> On<'_> {
        On {
            upstream: self,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: HeaderMap::new(),
            times: Some(1),
            held: None,
        }
    }

    /// X no longer does what it was told to.
    pub(crate) fn forget_rules(&self) {
        self.script().rules.clear();
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.script().requests.clone()
    }

    /// The requests of `method` to `path` so far.
    pub(crate) fn requests_to(&self, method: &str, path: &str) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == method && path_matches(path, &request.path));
        requests
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rule for `request`: the first that fits and is not used up.
    fn pick(&self, request: &Recorded) -> Option<(Act, Option<Arc<Semaphore>>)> {
        let mut script = self.script();
        script.requests.push(request.clone());
        let Some(rule) = script.rules.iter_mut().find(|rule| rule.is_for(request)) else {
            script.unexpected.push(format!("{} {}", request.method, request.path));
            return None;
        };
        rule.left = rule.left.map(|left| left - 1);
        Some((rule.act.clone(), rule.held.clone()))
    }
}

impl Drop for ScriptedUpstream {
    fn drop(&mut self) {
        let unexpected = std::mem::take(&mut self.script().unexpected);
        assert!(std::thread::panicking() || unexpected.is_empty(), "X was asked what no test expects: {unexpected:?}");
    }
}

#[async_trait::async_trait]
impl Upstream for ScriptedUpstream {
    async fn send(&self, request: UpstreamRequest) -> Result<UpstreamResponse, TransportFault> {
        let timeout_ms = u64::from(request.timeout_ms);
        let request = record(request);
        let (act, held) = self.pick(&request).ok_or(TransportFault::Broken)?;
        if let Some(held) = held {
            held.acquire().await.map_err(|_| TransportFault::Broken)?.forget();
        }
        match act {
            Act::Answer(answer) => Ok(answer),
            Act::Judge(judge) => Ok(judge(&request)),
            Act::Fail(fault) => {
                if fault == TransportFault::Timeout {
                    self.clock.advance(timeout_ms);
                }
                Err(fault)
            }
        }
    }
}

fn record(request: UpstreamRequest) -> Recorded {
    let body = match request.body {
        UpstreamBody::Empty => Bytes::new(),
        UpstreamBody::Bytes(bytes) => bytes,
    };
    Recorded {
        method: request.method.to_string(),
        path: request.url.path().to_owned(),
        query: request.url.query().map(str::to_owned),
        headers: request.headers,
        body,
    }
}

/// A rule in the making.
#[must_use = "say what X does: answer, time_out or break_off"]
pub(crate) struct On<'a> {
    upstream: &'a ScriptedUpstream,
    method: String,
    path: String,
    headers: HeaderMap,
    times: Option<u32>,
    held: Option<Arc<Semaphore>>,
}

impl On<'_> {
    /// … and the `times - 1` after it …
    pub(crate) fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// … and all after it …
    pub(crate) fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// … with this header …
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    /// … as soon as `held` has a permit for it …
    pub(crate) fn held(mut self, held: &Arc<Semaphore>) -> Self {
        self.held = Some(held.clone());
        self
    }

    /// … is answered with JSON.
    #[expect(clippy::needless_pass_by_value, reason = "so that `json!` stands in the call")]
    pub(crate) fn answer(self, status: u16, body: Value) {
        self.answer_text(status, "application/json; charset=utf-8", &body.to_string());
    }

    /// … is answered with any text.
    pub(crate) fn answer_text(mut self, status: u16, content_type: &str, body: &str) {
        self.headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
        let headers = std::mem::take(&mut self.headers);
        self.act(Act::Answer(UpstreamResponse { status, headers, body: body.to_owned().into() }));
    }

    /// … is answered as `judge` decides.
    pub(crate) fn judge(self, judge: impl Fn(&Recorded) -> UpstreamResponse + Send + Sync + 'static) {
        self.act(Act::Judge(Arc::new(judge)));
    }

    /// … gets no answer in time. The clock moves on by as long as the request would have waited.
    pub(crate) fn time_out(self) {
        self.act(Act::Fail(TransportFault::Timeout));
    }

    /// … meets a connection that breaks.
    pub(crate) fn break_off(self) {
        self.act(Act::Fail(TransportFault::Broken));
    }

    fn act(self, act: Act) {
        let Self { upstream, method, path, times, held, .. } = self;
        upstream.script().rules.push(Rule { method, path, act, left: times, held });
    }
}
