//! X as it counts: a window opens with the first call it takes, and all that apply must have room. It knows nothing of perch.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use perch::{
    adapters::memory::HandClock,
    ports::{Clock, UpstreamResponse},
};

use crate::upstream::Recorded;

const QUARTER_S: u64 = 900;
const DAY_S: u64 = 86_400;

/// Limits of one endpoint: in 15 minutes and in a day per user, and in a day for all users.
struct Limits {
    path: &'static str,
    quarter: u32,
    day: Option<u32>,
    app_day: Option<u32>,
}

const LIMITS: [Limits; 3] = [
    Limits { path: "/retweets", quarter: 50, day: None, app_day: None },
    Limits { path: "/likes", quarter: 50, day: Some(1000), app_day: None },
    Limits { path: "/2/dm_events/", quarter: 300, day: Some(1500), app_day: Some(4000) },
];

/// A window that runs.
#[derive(Clone, Copy, Default)]
struct Window {
    ends_ms: u64,
    used: u32,
}

/// X's book.
pub(super) struct X {
    clock: Arc<HandClock>,
    windows: Mutex<BTreeMap<String, Window>>,
    taken: AtomicU32,
    refused: AtomicU32,
}

/// A window that applies: its name, its calls, its seconds, and the headers that tell of it.
type Applying = (String, u32, u64, &'static str);

impl X {
    pub(super) fn new(clock: Arc<HandClock>) -> Self {
        let (windows, taken, refused) = Default::default();
        Self { clock, windows, taken, refused }
    }

    /// Calls answered 200.
    pub(super) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Calls answered 429.
    pub(super) fn refused(&self) -> u32 {
        self.refused.load(Ordering::Relaxed)
    }

    /// X's answer. Every tenth says nothing of windows.
    pub(super) fn answer(&self, request: &Recorded) -> UpstreamResponse {
        let limits = LIMITS.iter().find(|limits| request.path.contains(limits.path)).unwrap();
        let applying = applying(limits, &user(request));
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let now_ms = self.clock.now().as_ms();
        for (name, _, seconds, _) in &applying {
            let window = windows.entry(name.clone()).or_default();
            if now_ms >= window.ends_ms {
                *window = Window { ends_ms: now_ms + seconds * 1000, used: 0 };
            }
        }
        let allowed = applying.iter().all(|(name, limit, ..)| windows[name].used < *limit);
        for (name, ..) in applying.iter().filter(|_| allowed) {
            windows.get_mut(name).unwrap().used += 1;
        }
        let count = if allowed { &self.taken } else { &self.refused };
        let silent = count.fetch_add(1, Ordering::Relaxed) % 10 == 9;
        let told = applying
            .iter()
            .filter(|_| !silent)
            .flat_map(|(name, limit, _, family)| told(windows[name], *limit, family));
        let mut headers: HeaderMap = told.collect();
        headers.insert("content-type", "application/json".parse().unwrap());
        let status = if allowed { 200 } else { 429 };
        UpstreamResponse { status, headers, body: Bytes::from_static(br#"{"data":{}}"#) }
    }
}

/// The user whose token signed.
fn user(request: &Recorded) -> String {
    let authorization = request.header("authorization").unwrap();
    let (_, token) = authorization.split_once("oauth_token=\"").unwrap();
    token.split_once('-').unwrap().0.to_owned()
}

fn applying(limits: &Limits, user: &str) -> Vec<Applying> {
    let path = limits.path;
    let quarter = (format!("{path} {user} 15min"), limits.quarter, QUARTER_S, "x-rate-limit");
    let day = limits.day.map(|limit| (format!("{path} {user} day"), limit, DAY_S, "x-user-limit-24hour"));
    let app_day = limits.app_day.map(|limit| (format!("{path} day"), limit, DAY_S, "x-app-limit-24hour"));
    std::iter::once(quarter).chain(day).chain(app_day).collect()
}

fn told(window: Window, limit: u32, family: &str) -> [(HeaderName, http::HeaderValue); 3] {
    let reset_s = window.ends_ms.div_ceil(1000);
    let header = |what: &str, value: u64| (format!("{family}-{what}").parse().unwrap(), value.into());
    [header("limit", limit.into()), header("remaining", (limit - window.used).into()), header("reset", reset_s)]
}
