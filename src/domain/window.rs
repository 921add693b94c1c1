//! X's rate windows, as its answers taught them.
//!
//! X counts calls per endpoint and user in windows of 15 minutes or 24 hours and tells limit, remaining and reset with nearly
//! every answer. Answers overtake each other, so a reading counts only if it is of a newer window, or lower within the same.

use std::{collections::BTreeMap, ops::Bound};

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The longest window X documents is 24 hours; a reset farther away than this is not a reset.
const FARTHEST_RESET_MS: u64 = 25 * 60 * 60 * 1000;

/// What one answer of X said of one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedWindow {
    /// Method and path template, with a suffix where one endpoint has several windows.
    pub name: String,
    /// Calls per window.
    pub limit: u32,
    /// Calls left.
    pub remaining: u32,
    /// When the window ends.
    pub reset_at: Timestamp,
}

/// Where a window's figures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// X's own headers.
    Learned,
    /// X's published table: nothing has been heard in this window yet.
    Prior,
}

/// One window, as shown to people and asked by callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Method and path template.
    pub name: String,
    /// Calls per window.
    pub limit: u32,
    /// Calls left, as far as is known.
    pub remaining: u32,
    /// When it ends; nothing before the first call of a new window.
    pub reset_at: Option<Timestamp>,
    /// Learned or prior.
    pub source: Source,
}

impl Window {
    /// A window nothing has been heard of: full, with X's published limit.
    pub const fn prior(name: String, limit: u32) -> Self {
        Self { name, limit, remaining: limit, reset_at: None, source: Source::Prior }
    }

    /// When to come back, if nothing is left at `now`.
    pub fn exhausted_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.reset_at.filter(|reset| self.remaining == 0 && now < *reset)
    }
}

/// What a reading changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// A window not heard of before has begun.
    Began,
    /// Less remains than was known.
    Sank,
    /// Late, repeated or senseless: ignored.
    Nothing,
}

/// The newest reading of every window of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Windows(BTreeMap<String, Reading>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    limit: u32,
    remaining: u32,
    reset_at: Timestamp,
}

impl Windows {
    /// Takes a reading. Within one reset `remaining` only sinks; a reading of an earlier reset, or of one that has passed, is
    /// ignored.
    pub fn learn(&mut self, heard: LearnedWindow, now: Timestamp) -> Lesson {
        let plausible = heard.reset_at > now && heard.reset_at.ms_since(now) <= FARTHEST_RESET_MS;
        if !plausible {
            return Lesson::Nothing;
        }
        let remaining = heard.remaining.min(heard.limit);
        let new = Reading { limit: heard.limit, remaining, reset_at: heard.reset_at };
        match self.0.get_mut(&heard.name) {
            Some(known) if known.reset_at > new.reset_at => Lesson::Nothing,
            Some(known) if known.reset_at == new.reset_at && known.remaining <= remaining => Lesson::Nothing,
            Some(known) if known.reset_at == new.reset_at => {
                *known = new;
                Lesson::Sank
            }
            _ => {
                self.0.insert(heard.name, new);
                Lesson::Began
            }
        }
    }

    /// The window of that name at `now`, if X ever spoke of it.
    pub fn get(&self, name: &str, now: Timestamp) -> Option<Window> {
        self.0.get(name).map(|reading| reading.view(name, now))
    }

    /// The window of an operation in which nothing is left at `now`; of several the one that resets last.
    pub fn exhausted(&self, operation: &str, now: Timestamp) -> Option<Window> {
        // An operation's further windows have its name and a suffix: they stand right behind it.
        let from = (Bound::Included(operation), Bound::Unbounded);
        let named = self.0.range::<str, _>(from).take_while(|(name, _)| name.starts_with(operation));
        let own = named.filter(|(name, _)| matches!(name.as_bytes().get(operation.len()), None | Some(b' ')));
        let empty = own.filter(|(_, reading)| reading.remaining == 0 && now < reading.reset_at);
        empty.max_by_key(|(_, reading)| reading.reset_at).map(|(name, reading)| reading.view(name, now))
    }

    /// Every window X ever spoke of, at `now`, by name.
    pub fn all(&self, now: Timestamp) -> Vec<Window> {
        self.0.iter().map(|(name, reading)| reading.view(name, now)).collect()
    }
}

impl Reading {
    /// A window whose reset has passed is full again, and its next reset unknown.
    fn view(&self, name: &str, now: Timestamp) -> Window {
        let over = now >= self.reset_at;
        Window {
            name: name.to_owned(),
            limit: self.limit,
            remaining: if over { self.limit } else { self.remaining },
            reset_at: (!over).then_some(self.reset_at),
            source: Source::Learned,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const NAME: &str = "POST /2/tweets";

    fn heard(remaining: u32, reset_in_s: u64) -> LearnedWindow {
        LearnedWindow { name: NAME.to_owned(), limit: 100, remaining, reset_at: NOW.plus_ms(reset_in_s * 1000) }
    }

    #[test]
    fn an_operation_is_out_of_calls_until_its_last_empty_window_resets() {
        let mut windows = Windows::default();
        let learn = |windows: &mut Windows, name: &str, remaining, reset_in_s| {
            windows.learn(LearnedWindow { name: name.to_owned(), ..heard(remaining, reset_in_s) }, NOW);
        };
        learn(&mut windows, NAME, 0, 900);
        learn(&mut windows, "POST /2/tweets 24h", 0, 9000);
        learn(&mut windows, "POST /2/tweets/{id}/more", 0, 90_000);
        let reset_at = |windows: &Windows, now| windows.exhausted(NAME, now).and_then(|window| window.reset_at);
        assert_eq!(reset_at(&windows, NOW), Some(NOW.plus_ms(9_000_000)));
        assert_eq!(reset_at(&windows, NOW.plus_ms(9_000_000)), None, "it has reset");
        assert_eq!(windows.exhausted("GET /2/tweets", NOW), None);
        assert_eq!(windows.exhausted("POST /2/tweets/{id}", NOW), None, "another operation's name begins so");
    }

    #[test]
    fn a_late_answer_never_raises_what_remains() {
        let mut windows = Windows::default();
        assert_eq!(windows.learn(heard(10, 900), NOW), Lesson::Began);
        assert_eq!(windows.learn(heard(40, 900), NOW), Lesson::Nothing);
        assert_eq!(windows.learn(heard(90, 600), NOW), Lesson::Nothing, "an earlier window");
        assert_eq!(windows.get(NAME, NOW).unwrap().remaining, 10);
        assert_eq!(windows.learn(heard(9, 900), NOW), Lesson::Sank);
        assert_eq!(windows.learn(heard(99, 1800), NOW), Lesson::Began, "the next window");
        assert_eq!(windows.get(NAME, NOW).unwrap().remaining, 99);
    }

    #[test]
    fn senseless_headers_are_ignored() {
        let mut windows = Windows::default();
        assert_eq!(windows.learn(heard(10, 0), NOW), Lesson::Nothing, "a reset in the past");
        assert_eq!(windows.learn(heard(10, 1_000_000_000), NOW), Lesson::Nothing, "milliseconds taken for seconds");
        assert_eq!(windows.learn(heard(500, 900), NOW), Lesson::Began);
        assert_eq!(windows.get(NAME, NOW).unwrap().remaining, 100, "never above the limit");
        assert_eq!(windows.get("GET /2/tweets", NOW), None);
    }

    #[test]
    fn a_window_is_full_again_after_its_reset() {
        let mut windows = Windows::default();
        windows.learn(heard(0, 900), NOW);
        let reset = NOW.plus_ms(900_000);
        assert_eq!(windows.get(NAME, NOW).unwrap().exhausted_until(NOW), Some(reset));
        let over = windows.get(NAME, reset).unwrap();
        assert_eq!((over.remaining, over.reset_at, over.exhausted_until(reset)), (100, None, None));
        assert_eq!(windows.all(NOW).len(), 1);
        assert_eq!(Window::prior(NAME.to_owned(), 50).exhausted_until(NOW), None);
    }

    proptest! {
        /// Whatever the order in which answers arrive, the newest window's lowest reading stands.
        #[test]
        fn the_order_of_answers_does_not_matter(readings in prop::collection::vec((0_u32..=100, 1_u64..4), 1..20)) {
            let mut windows = Windows::default();
            for (remaining, window) in &readings {
                windows.learn(heard(*remaining, window * 900), NOW);
            }
            let newest = readings.iter().map(|(_, window)| *window).max().unwrap();
            let lowest = readings.iter().filter(|(_, window)| *window == newest).map(|(r, _)| *r).min().unwrap();
            let window = windows.get(NAME, NOW).unwrap();
            prop_assert_eq!((window.remaining, window.reset_at), (lowest, Some(NOW.plus_ms(newest * 900_000))));
        }
    }
}
