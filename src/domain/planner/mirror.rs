//! One of X's windows, mirrored: what X counts, as far as it tells, and what it may count, as far as it does not.
//!
//! X opens a window with the first call it counts and begins anew with the first after its end. While X tells of a window, that is
//! believed, and perch's own calls are counted on top. While it does not, perch lets at most the limit go in any stretch as long as
//! a window and a call's way to X: however X's windows lie, none then counts more.
//!
//! A telling can be late, repeated or wrong, so within one reset what is left only sinks, and a reset that lies where perch's own
//! calls would not have put it is believed to end the count only when a second answer names it too.

use serde::{Deserialize, Serialize};

use super::{Lane, lease, sent::Sent, shares::Shares};
use crate::domain::{
    Timestamp,
    window::{LearnedWindow, Source, Window},
};

/// How far X's clock and perch's may be apart, and how far a reset is rounded, in ms. A window ends this much after its reset.
pub(super) const SKEW_MS: u64 = 1000;
/// The longest a call is under way to X, in ms; a quarter of a window that is shorter than two minutes.
const WAY_MS: u64 = 30_000;
/// Into how many runs of calls a window is divided.
const GRAINS: u64 = 15;

/// What reading an answer's headers changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lesson {
    /// Late, repeated or senseless: ignored.
    Nothing,
    /// Less remains than was known.
    Sank,
    /// Nothing remains, which was not known.
    UsedUp,
    /// A window not heard of before has begun.
    Began,
}

/// What X tells of the window that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    reset_at: Timestamp,
    /// The most X can have counted: what it said, and what was sent since.
    used: u32,
    /// How many answers named this reset.
    witnesses: u32,
}

/// One window of X.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mirror {
    limit: u32,
    window_s: u32,
    /// Whether X named the limit.
    #[serde(default)]
    limit_told: bool,
    #[serde(default)]
    told: Option<Told>,
    #[serde(default)]
    sent: Sent,
    #[serde(default)]
    pub(super) shares: Shares,
    /// Since when shares are counted.
    #[serde(default)]
    since: Timestamp,
    /// When it last mattered.
    #[serde(default)]
    touched: Timestamp,
}

impl Mirror {
    /// A window nothing is known of but its published limit.
    pub(super) fn new(limit: u32, window_s: u32, now: Timestamp) -> Self {
        Self {
            limit: limit.max(1),
            window_s,
            limit_told: false,
            told: None,
            sent: Sent::default(),
            shares: Shares::default(),
            since: now,
            touched: now,
        }
    }

    /// Takes the published limit, where X has named none.
    pub(super) fn publish(&mut self, limit: u32) {
        if !self.limit_told {
            self.limit = limit.max(1);
        }
    }

    pub(super) const fn length_ms(&self) -> u64 {
        self.window_s as u64 * 1000
    }

    const fn way_ms(&self) -> u64 {
        let quarter = self.length_ms() / 4;
        if quarter < WAY_MS { quarter } else { WAY_MS }
    }

    /// How long X may count a call after it is sent.
    const fn counts_ms(&self) -> u64 {
        self.length_ms() + self.way_ms()
    }

    /// Moves on to `now`: ends what has ended.
    pub(super) fn roll(&mut self, now: Timestamp) {
        if let Some(told) = self.told.filter(|told| now >= told.reset_at.plus_ms(SKEW_MS)) {
            self.end(told, now);
        }
        self.sent.forget_before(now.minus_ms(self.counts_ms()).plus_ms(1));
        if self.told.is_none() && now.ms_since(self.since) >= self.length_ms() {
            self.begin_shares(now);
        }
    }

    fn end(&mut self, told: Told, now: Timestamp) {
        if self.trusts(told) {
            self.sent.keep_in_flight(told.reset_at.minus_ms(self.way_ms()));
            self.begin_shares(now);
        }
        self.told = None;
    }

    fn begin_shares(&mut self, now: Timestamp) {
        self.shares.begin(now);
        self.since = now;
    }

    /// Whether X's count ends with this reset. One witness is enough where perch's own first call explains it.
    fn trusts(&self, told: Told) -> bool {
        let explained = |first: Timestamp| {
            let expected = first.plus_ms(self.length_ms());
            let around = expected.minus_ms(2 * SKEW_MS)..=expected.plus_ms(self.way_ms() + 2 * SKEW_MS);
            around.contains(&told.reset_at)
        };
        told.witnesses > 1 || self.sent.first().is_none_or(explained)
    }

    /// The most X can have counted of the window that runs.
    fn used(&self) -> u32 {
        self.told.map_or_else(|| self.sent.total(), |told| told.used)
    }

    /// How many calls of a window `lane` may use.
    const fn capacity(&self, lane: Lane) -> u32 {
        self.limit - lane.reserve(self.limit)
    }

    /// How many calls `application` may send now in `lane`: at least one.
    ///
    /// # Errors
    /// When it may send none: the moment at which to ask again.
    pub(super) fn room(&self, lane: Lane, application: &str, now: Timestamp) -> Result<u32, Timestamp> {
        let capacity = self.capacity(lane);
        let left = capacity.saturating_sub(self.used());
        if left == 0 {
            return Err(self.opens(capacity, now));
        }
        match left.saturating_sub(self.shares.kept_from(application, capacity, now)) {
            0 => Err(self.unclaimed(application, now)),
            room => Ok(room),
        }
    }

    /// When fewer than `capacity` calls count.
    fn opens(&self, capacity: u32, now: Timestamp) -> Timestamp {
        let by_own_count = || self.sent.down_to(capacity.saturating_sub(1)).map(|to| to.plus_ms(self.counts_ms()));
        match self.told {
            Some(told) if self.trusts(told) => told.reset_at.plus_ms(SKEW_MS),
            Some(told) => by_own_count().unwrap_or(now).max(told.reset_at.plus_ms(SKEW_MS)),
            None => by_own_count().unwrap_or(now),
        }
    }

    /// When what is kept for others is free, or the next window opens.
    fn unclaimed(&self, application: &str, now: Timestamp) -> Timestamp {
        let claimed = self.shares.claimed_until(application).unwrap_or(now);
        let end = self.told.map_or_else(|| self.since.plus_ms(self.length_ms()), |told| told.reset_at);
        claimed.min(end.plus_ms(SKEW_MS)).max(now.plus_ms(1))
    }

    /// Counts calls that are sent between `now` and `until`.
    pub(super) fn count(&mut self, calls: u32, now: Timestamp, until: Timestamp) {
        self.sent.add(calls, now, until, self.length_ms() / GRAINS);
        if let Some(told) = &mut self.told {
            told.used = told.used.saturating_add(calls);
        }
        self.touched = now;
    }

    /// Takes calls back that were counted and not sent.
    pub(super) fn give_back(&mut self, calls: u32) {
        let taken = self.sent.take_back(calls);
        if let Some(told) = &mut self.told {
            told.used = told.used.saturating_sub(taken);
        }
    }

    /// Until when calls leased at `now` may be sent.
    pub(super) fn lease_end(&self, now: Timestamp) -> Timestamp {
        let end = now.plus_ms(lease::life_ms(self.length_ms()));
        self.told.map_or(end, |told| end.min(told.reset_at))
    }

    /// Takes what an answer said.
    pub(super) fn learn(&mut self, heard: &LearnedWindow, now: Timestamp) -> Lesson {
        self.roll(now);
        let farthest = now.plus_ms(self.counts_ms() + 2 * SKEW_MS);
        if heard.limit == 0 || heard.reset_at <= now || heard.reset_at > farthest {
            return Lesson::Nothing;
        }
        self.touched = now;
        let lesson = match self.told {
            Some(told) if told.reset_at.ms_since(heard.reset_at) > SKEW_MS => return Lesson::Nothing,
            Some(told) if heard.reset_at.ms_since(told.reset_at) > SKEW_MS => self.heard_of_later(told, heard, now),
            Some(told) => self.sink(Told { witnesses: told.witnesses.saturating_add(1), ..told }, heard),
            None => self.begin(heard),
        };
        // Only now: the call that was answered is counted in the window that its answer tells of, not under way to the next.
        self.sent.answered();
        lesson
    }

    /// Takes what another copy of this mirror knows of the window that runs. It is no answer, and so no witness.
    pub(super) fn share(&mut self, known: &LearnedWindow, now: Timestamp) {
        self.roll(now);
        match self.told {
            _ if known.limit == 0 || known.reset_at <= now => {}
            Some(told) if known.reset_at.ms_since(told.reset_at) > SKEW_MS => _ = self.heard_of_later(told, known, now),
            Some(told) if told.reset_at.ms_since(known.reset_at) > SKEW_MS => {}
            Some(told) => _ = self.sink(told, known),
            None => _ = self.begin(known),
        }
    }

    /// A later reset than the one that is known: the next window, seen a little early, or a contradiction, of which the later reset
    /// and the lower count are taken.
    fn heard_of_later(&mut self, told: Told, heard: &LearnedWindow, now: Timestamp) -> Lesson {
        if now.plus_ms(2 * SKEW_MS) < told.reset_at {
            return self.sink(Told { reset_at: heard.reset_at, witnesses: 1, ..told }, heard);
        }
        self.end(told, now);
        self.begin(heard)
    }

    fn begin(&mut self, heard: &LearnedWindow) -> Lesson {
        self.limit = heard.limit;
        self.limit_told = true;
        let opened = heard.reset_at.minus_ms(self.counts_ms());
        let used = heard.limit.saturating_sub(heard.remaining).max(self.sent.since(opened));
        self.told = Some(Told { reset_at: heard.reset_at, used, witnesses: 1 });
        Lesson::Began
    }

    fn sink(&mut self, told: Told, heard: &LearnedWindow) -> Lesson {
        let before = self.limit.saturating_sub(told.used);
        let used = told.used.max(heard.limit.saturating_sub(heard.remaining));
        self.limit = self.limit.min(heard.limit);
        self.told = Some(Told { used, ..told });
        match self.limit.saturating_sub(used) {
            after if after >= before => Lesson::Nothing,
            0 => Lesson::UsedUp,
            _ => Lesson::Sank,
        }
    }

    /// Whether nothing has come of it for so long that it may be forgotten.
    pub(super) fn is_past(&self, now: Timestamp) -> bool {
        const KEPT_MS: u64 = 24 * 60 * 60 * 1000;
        now.ms_since(self.touched) > KEPT_MS + self.counts_ms()
    }

    /// The window as people see it.
    pub(super) fn view(&self, name: &str, now: Timestamp) -> Window {
        let own_end = || self.sent.down_to(0).map(|_| self.opens(1, now));
        let reset_at = self.told.map_or_else(own_end, |told| Some(told.reset_at));
        Window {
            name: name.to_owned(),
            limit: self.limit,
            remaining: self.limit.saturating_sub(self.used()),
            reset_at: reset_at.filter(|reset| *reset > now),
            source: if self.limit_told { Source::Learned } else { Source::Prior },
        }
    }
}
