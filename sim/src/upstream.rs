//! The way to X and back, and all that may happen on it.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::DateTime;
use futures_channel::oneshot;
use http::{HeaderMap, HeaderValue, header};
use perch::ports::{TransportFault, Upstream, UpstreamBody, UpstreamRequest, UpstreamResponse};
use serde_json::Value;

use crate::{
    event,
    isolate::Port,
    visit::VisitId,
    world::State,
    x::{Answer, Asked},
};

type Outcome = Result<UpstreamResponse, TransportFault>;

/// Requests whose senders still wait.
pub(crate) type Flights = BTreeMap<u64, Flight>;

/// A request whose sender waits.
pub(crate) struct Flight {
    pub(crate) visit: VisitId,
    pub(crate) asked: Asked,
    answer: oneshot::Sender<Outcome>,
}

/// What is on its way.
pub(crate) enum Event {
    /// X does it, and answers unless the answer is replaced.
    Arrive { flight: u64, asked: Asked, after: After },
    /// The sender hears.
    Answer { flight: u64, outcome: Outcome },
}

/// What becomes of X's answer.
pub(crate) enum After {
    /// It takes so many ms.
    Comes(u64),
    /// The sender hears this instead.
    Replaced(Outcome),
    /// It is lost, and the sender waits in vain.
    Lost,
}

#[async_trait::async_trait]
impl Upstream for Port {
    async fn send(&self, request: UpstreamRequest) -> Outcome {
        let asked = read(&request);
        let (answer, outcome) = oneshot::channel();
        self.world.with(|state| {
            let flight = state.depart(Flight { visit: self.visit, asked, answer });
            let timeout = Event::Answer { flight, outcome: Err(TransportFault::Timeout) };
            state.after(u64::from(request.timeout_ms), upstream(timeout));
        });
        self.danger("a request is at X", 600);
        let outcome = outcome.await.unwrap_or(Err(TransportFault::Broken));
        self.danger("X has answered", 0);
        outcome
    }
}

impl State {
    /// A request leaves for X. The weather decides what becomes of it.
    fn depart(&mut self, flight: Flight) -> u64 {
        let number = self.x.requests;
        self.x.requests += 1;
        if let Asked::Refresh(token) = &flight.asked {
            self.refresh_sent(token, flight.visit);
        }
        if let Asked::Tweet { text, .. } = &flight.asked {
            self.tweet_sent(text, flight.visit);
        }
        let asked = flight.asked.clone();
        self.flights.insert(number, flight);
        let way = self.rng.u64(10..=300);
        let (arrives, event) = self.fate(number, asked, way);
        self.after(arrives, upstream(event));
        number
    }

    fn fate(&mut self, flight: u64, asked: Asked, way: u64) -> (u64, Event) {
        let w = self.weather.x.clone();
        let back = self.rng.u64(10..=300);
        let hears = |outcome| Event::Answer { flight, outcome };
        if self.chance(w.unreachable) {
            return (way, hears(Err(TransportFault::Broken)));
        }
        if self.chance(w.failing) {
            return (way, hears(Ok(response(503, "<html>Service Unavailable</html>", "text/html"))));
        }
        if self.chance(w.limiting) {
            return (way, hears(Ok(json(429, r#"{"title":"Too Many Requests","status":429,"type":"about:blank"}"#))));
        }
        if self.chance(w.refusing_client) && matches!(asked, Asked::Refresh(_)) {
            return (way, hears(Ok(json(401, r#"{"error":"unauthorized_client"}"#))));
        }
        if self.chance(w.done_late) {
            self.after(way, upstream(hears(Err(TransportFault::Broken))));
            let late = self.rng.u64(way..=w.latest_ms);
            return (late, Event::Arrive { flight, asked, after: After::Lost });
        }
        let after = if self.chance(w.answer_lost) {
            if self.rng.bool() { After::Lost } else { After::Replaced(Err(TransportFault::Broken)) }
        } else if self.chance(w.failing_after) {
            After::Replaced(Ok(response(500, "", "text/html")))
        } else if self.chance(w.slow) {
            After::Comes(self.rng.u64(1_000..=12_000))
        } else {
            After::Comes(back)
        };
        (way, Event::Arrive { flight, asked, after })
    }

    pub(crate) fn upstream_event(&mut self, event: Event) {
        match event {
            Event::Arrive { flight, asked, after } => self.arrive(flight, &asked, after),
            Event::Answer { flight, outcome } => self.land(flight, outcome),
        }
    }

    fn arrive(&mut self, flight: u64, asked: &Asked, after: After) {
        let answer = self.x.act(asked, self.now);
        let status = u64::from(answer.status);
        self.note("X acts", [flight, status], || format!("on {asked:?}, request {flight}: {answer:?}"));
        match after {
            After::Comes(ms) => {
                let Answer { status, body } = answer;
                self.after(ms, upstream(Event::Answer { flight, outcome: Ok(json(status, &body)) }));
            }
            After::Replaced(outcome) => self.after(5, upstream(Event::Answer { flight, outcome })),
            After::Lost => {}
        }
    }

    /// The sender hears, if it still waits.
    fn land(&mut self, number: u64, outcome: Outcome) {
        let Some(flight) = self.flights.remove(&number) else { return };
        let status = outcome.as_ref().map_or(0, |response| u64::from(response.status));
        self.note("X is heard", [number, status], || {
            let fault = outcome.as_ref().err().map(|fault| format!(" ({fault})")).unwrap_or_default();
            format!("by visit {}, request {number}: {status}{fault}", flight.visit)
        });
        if let (Asked::Refresh(_), Ok(response)) = (&flight.asked, &outcome) {
            self.ledger.heard(&response.body, flight.visit);
        }
        drop(flight.answer.send(outcome));
    }
}

/// What a request asks of X, read as X would.
fn read(request: &UpstreamRequest) -> Asked {
    match (request.method.as_str(), request.url.path()) {
        ("POST", "/2/oauth2/token") => {
            let UpstreamBody::Bytes(body) = &request.body else { return Asked::Unknown };
            let token = url::form_urlencoded::parse(body).find(|(name, _)| name == "refresh_token");
            token.map_or(Asked::Unknown, |(_, token)| Asked::Refresh(token.into_owned()))
        }
        ("POST", "/2/tweets") => {
            let UpstreamBody::Bytes(body) = &request.body else { return Asked::Unknown };
            let text =
                serde_json::from_slice(body).ok().and_then(|body: Value| Some(body.get("text")?.as_str()?.to_owned()));
            text.zip(bearer(&request.headers)).map_or(Asked::Unknown, |(text, token)| Asked::Tweet { token, text })
        }
        ("GET", path) if path.ends_with("/tweets") => timeline(path, request).unwrap_or(Asked::Unknown),
        ("GET", "/2/users/me") => bearer(&request.headers).map_or(Asked::Unknown, Asked::Me),
        _ => Asked::Unknown,
    }
}

fn timeline(path: &str, request: &UpstreamRequest) -> Option<Asked> {
    let user = path.strip_prefix("/2/users/")?.strip_suffix("/tweets")?.parse().ok()?;
    let query =
        |name: &str| request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let since = DateTime::parse_from_rfc3339(&query("start_time")?).ok()?.timestamp_millis();
    let from = query("pagination_token").and_then(|token| token.parse().ok());
    Some(Asked::Timeline { token: bearer(&request.headers)?, user, since: u64::try_from(since).ok()?, from })
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(str::to_owned)
}

fn json(status: u16, body: &str) -> UpstreamResponse {
    response(status, body, "application/json")
}

fn response(status: u16, body: &str, content_type: &'static str) -> UpstreamResponse {
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    UpstreamResponse { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) }
}

const fn upstream(event: Event) -> event::Event {
    event::Event::Upstream(event)
}
