//! Pauses: why nothing is sent although a window may have room, and until when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
/// How long a 429 that does not say is waited out: one of X's usual windows.
const UNTOLD_RESET_MS: u64 = 15 * 60 * 1000;
/// No window of X is longer than a day; what is farther away is not its reset.
const FARTHEST_RESET_MS: u64 = 25 * HOUR_MS;
/// No billing cycle is longer than a month.
const FARTHEST_CYCLE_MS: u64 = 31 * DAY_MS;
/// How long a probe may take before others follow it.
const PROBE_MS: u64 = 30_000;

/// Why nothing is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// X answered 429 although the window seemed to have room. Ends with X's reset.
    RateLimit,
    /// The plan's usage cap is reached. Ends when X says, or is tried again after a day.
    UsageCap,
    /// The operator's spending limit is reached. Ends when X says, or is tried again after a day.
    SpendCap,
    /// No credits are left. Ends when somebody buys some: one call an hour finds out.
    Credits,
    /// A window that all the app's accounts share is used up.
    AppWindow,
}

impl PauseReason {
    /// When a pause for this reason that begins at `now` ends; `told` is what X said of it, if it did.
    pub fn end(self, told: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let (untold_ms, farthest_ms) = match self {
            Self::RateLimit | Self::AppWindow => (UNTOLD_RESET_MS, FARTHEST_RESET_MS),
            Self::UsageCap | Self::SpendCap => (DAY_MS, FARTHEST_CYCLE_MS),
            Self::Credits => return now.plus_ms(HOUR_MS),
        };
        let plausible = |told: &Timestamp| *told > now && told.ms_since(now) <= farthest_ms;
        told.filter(plausible).unwrap_or_else(|| now.plus_ms(untold_ms))
    }
}

/// A pause of an endpoint, or of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Its end.
    pub until: Timestamp,
    /// Why.
    pub reason: PauseReason,
    /// Whether one call has been let through to find out.
    #[serde(default)]
    probed: bool,
}

/// The pauses in force, by what they concern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Pauses(BTreeMap<String, Pause>);

impl Pauses {
    /// Begins a pause, or puts its end off. A later end for another reason stays.
    pub(super) fn begin(&mut self, scope: &str, until: Timestamp, reason: PauseReason) {
        let longer = self.0.get(scope).is_some_and(|pause| pause.until > until && pause.reason != reason);
        if !longer {
            self.0.insert(scope.to_owned(), Pause { until, reason, probed: false });
        }
    }

    /// The pause that concerns `scope`, if one is in force.
    pub(super) fn of(&self, scope: &str, now: Timestamp) -> Option<Pause> {
        self.0.get(scope).copied().filter(|pause| now < pause.until)
    }

    /// A call of `scope` goes at `now`. Where credits were used up, it is the probe, and others wait for what it finds.
    pub(super) fn let_through(&mut self, scope: &str, now: Timestamp) {
        let over = |pause: &Pause| now >= pause.until;
        match self.0.get_mut(scope) {
            Some(pause) if over(pause) && pause.reason == PauseReason::Credits && !pause.probed => {
                pause.until = now.plus_ms(PROBE_MS);
                pause.probed = true;
            }
            Some(pause) if over(pause) => _ = self.0.remove(scope),
            _ => {}
        }
    }

    /// Every pause in force, with what it concerns.
    pub(super) fn all(&self, now: Timestamp) -> impl Iterator<Item = (&str, Pause)> {
        self.0.iter().filter(move |(_, pause)| now < pause.until).map(|(scope, pause)| (scope.as_str(), *pause))
    }

    /// Forgets what is over and needs no probe.
    pub(super) fn forget_past(&mut self, now: Timestamp) {
        self.0.retain(|_, pause| now < pause.until || (pause.reason == PauseReason::Credits && !pause.probed));
    }
}
