//! The planner of an account's calls: it keeps perch from ever hearing 429 from X.
//!
//! It mirrors every window X counts the account's calls in (`mirror`), and lets a call go only where each of them has room. It is
//! a plain value, part of the object that decides for the account; the X app's own object has one too. Copies of it in isolates
//! serve reads, which may not wait for an object.
//!
//! - **Lanes.** The higher ones keep a reserve of every window ([`Lane::reserve`]); waiting lifts the lower ones ([`Planner::next`]).
//! - **Applications** that compete for a window get equal parts of it; one alone may use all but the reserve (`shares`).
//! - **Windows of the whole app** are counted by the app's own object, which leases a handful of calls at a time (`lease`).
//! - **Pauses** stop an endpoint although its windows have room: X said so (`pause`).

mod judge;
mod lane;
mod lease;
mod mirror;
mod pause;
mod queue;
mod sent;
mod shared;
mod shares;

use std::{collections::BTreeMap, ops::Bound};

use serde::{Deserialize, Serialize};

pub use judge::NotBefore;
pub use lane::{Lane, NoLane};
pub use lease::{AppLease, LeaseWish};
pub use mirror::Lesson;
pub use pause::{Pause, PauseReason};
pub use queue::Waiting;

use super::{
    Timestamp,
    window::{self, LearnedWindow, Window},
};
use mirror::Mirror;
use pause::Pauses;

/// How often past windows are looked for, in ms.
const SWEEP_MS: u64 = 60_000;
/// How many windows are kept. X has fewer endpoints; a name made of garbage must not fill the memory.
const MOST: usize = 512;

/// What a call would spend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The endpoint: method and path template.
    pub operation: String,
    /// The published limits of the windows that are the account's own, `(limit, window in s)`.
    pub limits: Vec<(u32, u32)>,
    /// The published limits of the windows that all accounts of the app share.
    pub app_limits: Vec<(u32, u32)>,
    /// How urgent it is.
    pub lane: Lane,
    /// For which client application: its key's id.
    pub application: String,
}

/// Whether a call may go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Admission {
    /// It may, and is counted.
    Go,
    /// It may not; asking earlier is in vain.
    NotBefore {
        /// The moment at which to ask again.
        until: Timestamp,
        /// The window that has no room.
        window: Window,
        /// Why nothing is sent, if it is not the window.
        pause: Option<PauseReason>,
    },
    /// The account's own windows have room. A lease of the app's is needed first: ask the app's object, hand what it grants to
    /// [`Planner::take_lease`], and ask again.
    AppLease {
        /// What to ask for.
        want: LeaseWish,
    },
}

/// What is known of X's windows of one account, or of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Planner {
    mirrors: BTreeMap<String, Mirror>,
    pauses: Pauses,
    leases: BTreeMap<String, AppLease>,
    wished: BTreeMap<String, Timestamp>,
    swept_at: Timestamp,
}

impl Planner {
    /// The scope of a pause that concerns every endpoint.
    pub const EVERYTHING: &'static str = "*";

    /// Lets a call go, and counts it, if every window it would be counted in has room for its lane and its application.
    pub fn admit(&mut self, ask: &Ask, now: Timestamp) -> Admission {
        self.sweep(now);
        self.meet(&ask.operation, &ask.limits, "", now);
        if let Err(refusal) = self.judge(ask, now) {
            self.claim(ask, refusal.until, now);
            return refusal.into();
        }
        if !ask.app_limits.is_empty() && !self.spend_permit(&ask.operation, now) {
            return Admission::AppLease { want: self.wish(ask, now) };
        }
        self.claim(ask, now, now);
        self.count(ask, now);
        Admission::Go
    }

    /// Takes a call back that was let go and not sent after all.
    pub fn give_back(&mut self, ask: &Ask, now: Timestamp) {
        for (_, mirror) in self.own_mut(&ask.operation) {
            mirror.roll(now);
            mirror.give_back(1);
            mirror.shares.give_back(&ask.application);
        }
        if !ask.app_limits.is_empty() {
            self.return_permit(&ask.operation);
        }
    }

    /// Takes what the headers of one answer said. What has changed more than by sinking is worth storing.
    pub fn learn(&mut self, heard: Vec<LearnedWindow>, now: Timestamp) -> Lesson {
        self.sweep(now);
        heard.into_iter().map(|heard| self.learn_one(heard, now)).max().unwrap_or(Lesson::Nothing)
    }

    /// Takes what an answer said of one window.
    pub fn learn_one(&mut self, mut heard: LearnedWindow, now: Timestamp) -> Lesson {
        // X's headers are of the shortest window, and do not say how long that is. One that ends at once is of a second.
        let of_a_second = window::name(&heard.name, 1);
        if self.mirrors.contains_key(&of_a_second) && heard.reset_at.ms_since(now) <= 2000 {
            heard.name = of_a_second;
        }
        let known = self.mirrors.get(&heard.name);
        let mut mirror = known.cloned().unwrap_or_else(|| Mirror::new(heard.limit, window::length_s(&heard.name), now));
        let lesson = mirror.learn(&heard, now);
        if lesson != Lesson::Nothing || known.is_some() {
            self.mirrors.insert(heard.name, mirror);
        }
        lesson
    }

    /// Takes what another planner of the same account knows, of its windows by X's own telling and of its pauses.
    pub fn share(&mut self, windows: Vec<Window>, pauses: Vec<(String, Pause)>, now: Timestamp) {
        for window in windows.into_iter().filter(|window| window.source == window::Source::Learned) {
            let Window { name, limit, remaining, reset_at: Some(reset_at), .. } = window else { continue };
            let mirror = self.mirrors.entry(name.clone());
            let mirror = mirror.or_insert_with(|| Mirror::new(limit, window::length_s(&name), now));
            mirror.share(&LearnedWindow { name, limit, remaining, reset_at }, now);
        }
        for (scope, pause) in pauses {
            self.pauses.begin(&scope, pause.until, pause.reason);
        }
    }

    /// Sends nothing of `scope` until then: an endpoint, or [`Planner::EVERYTHING`]. When that is, [`PauseReason::end`] says.
    pub fn pause(&mut self, scope: &str, until: Timestamp, reason: PauseReason) {
        self.pauses.begin(scope, until, reason);
    }

    /// The window of that name, if anything is known of it.
    pub fn window(&self, name: &str, now: Timestamp) -> Option<Window> {
        self.mirrors.get(name).map(|mirror| view(mirror, name, now))
    }

    /// Every window anything is known of, by name.
    pub fn windows(&self, now: Timestamp) -> Vec<Window> {
        self.mirrors.iter().map(|(name, mirror)| view(mirror, name, now)).collect()
    }

    /// Every pause in force, with the endpoint it concerns or [`Planner::EVERYTHING`].
    pub fn pauses(&self, now: Timestamp) -> Vec<(String, Pause)> {
        self.pauses.all(now).map(|(scope, pause)| (scope.to_owned(), pause)).collect()
    }

    fn claim(&mut self, ask: &Ask, opens: Timestamp, now: Timestamp) {
        for (_, mirror) in self.own_mut(&ask.operation) {
            let length_ms = mirror.length_ms();
            mirror.shares.claim(&ask.application, opens.max(now), length_ms);
        }
    }

    fn count(&mut self, ask: &Ask, now: Timestamp) {
        for (_, mirror) in self.own_mut(&ask.operation) {
            mirror.count(1, now, now);
            mirror.shares.grant(&ask.application);
        }
        self.pauses.let_through(Self::EVERYTHING, now);
        self.pauses.let_through(&ask.operation, now);
    }

    /// Makes sure every published window of an endpoint is there, and moves the endpoint's windows on to `now`.
    fn meet(&mut self, operation: &str, limits: &[(u32, u32)], suffix: &str, now: Timestamp) {
        for (limit, window_s) in limits {
            let name = window::name(operation, *window_s) + suffix;
            let mirror = self.mirrors.entry(name).or_insert_with(|| Mirror::new(*limit, *window_s, now));
            mirror.publish(*limit);
        }
        self.own_mut(operation).for_each(|(_, mirror)| mirror.roll(now));
    }

    /// The windows of an endpoint: its name, and its name with a suffix.
    fn own(&self, operation: &str) -> impl Iterator<Item = (&str, &Mirror)> {
        // Windows of one endpoint stand together, for nothing sorts before the space that begins a suffix.
        let from = (Bound::Included(operation), Bound::Unbounded);
        let named = self.mirrors.range::<str, _>(from).map(|(name, mirror)| (name.as_str(), mirror));
        named.take_while(move |(name, _)| window::is_of(name, operation))
    }

    fn own_mut(&mut self, operation: &str) -> impl Iterator<Item = (&String, &mut Mirror)> {
        let from = (Bound::Included(operation), Bound::Unbounded);
        self.mirrors.range_mut::<str, _>(from).take_while(move |(name, _)| window::is_of(name, operation))
    }

    /// Forgets what is past.
    fn sweep(&mut self, now: Timestamp) {
        if now.ms_since(self.swept_at) < SWEEP_MS && self.mirrors.len() < MOST {
            return;
        }
        self.swept_at = now;
        self.mirrors.retain(|_, mirror| !mirror.is_past(now));
        while self.mirrors.len() >= MOST {
            self.mirrors.pop_last();
        }
        self.pauses.forget_past(now);
        self.wished.retain(|_, wished| now.ms_since(*wished) < SWEEP_MS);
    }
}

fn view(mirror: &Mirror, name: &str, now: Timestamp) -> Window {
    let mut mirror = mirror.clone();
    mirror.roll(now);
    mirror.view(name, now)
}

#[cfg(test)]
mod tests;
