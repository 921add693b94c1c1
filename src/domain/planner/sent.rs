//! perch's own calls that X may still count, to within a fifteenth of a window.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Calls sent one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    from: Timestamp,
    to: Timestamp,
    calls: u32,
}

/// The newest calls, oldest first, and how many of them X has not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sent {
    runs: Vec<Run>,
    unanswered: u32,
}

impl Sent {
    /// Adds calls that are sent between `from` and `to`. Calls within `grain_ms` of each other are kept as one run, which bounds
    /// how many there are.
    pub(super) fn add(&mut self, calls: u32, from: Timestamp, to: Timestamp, grain_ms: u64) {
        self.unanswered = self.unanswered.saturating_add(calls);
        match self.runs.last_mut() {
            Some(run) if to.ms_since(run.from) < grain_ms => {
                run.to = run.to.max(to);
                run.calls = run.calls.saturating_add(calls);
            }
            _ => self.runs.push(Run { from, to, calls }),
        }
    }

    /// Takes the newest calls back that were not sent after all, as far as they may still be under way; says how many.
    pub(super) fn take_back(&mut self, calls: u32) -> u32 {
        let taken = calls.min(self.unanswered).min(self.total());
        self.unanswered -= taken;
        let mut left = taken;
        while let Some(run) = self.runs.last_mut().filter(|_| left > 0) {
            let here = run.calls.min(left);
            run.calls -= here;
            left -= here;
            if run.calls == 0 {
                self.runs.pop();
            }
        }
        taken
    }

    /// X has answered one of them.
    pub(super) const fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
    }

    /// How many there are.
    pub(super) fn total(&self) -> u32 {
        self.runs.iter().fold(0, |sum, run| sum.saturating_add(run.calls))
    }

    /// How many may have been sent at `moment` or later.
    pub(super) fn since(&self, moment: Timestamp) -> u32 {
        let later = self.runs.iter().filter(|run| run.to >= moment);
        later.fold(0, |sum, run| sum.saturating_add(run.calls))
    }

    /// When the first of them was sent.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.runs.first().map(|run| run.from)
    }

    /// Forgets what was sent before `moment`.
    pub(super) fn forget_before(&mut self, moment: Timestamp) {
        self.runs.retain(|run| run.to >= moment);
        self.unanswered = self.unanswered.min(self.total());
    }

    /// X has begun to count anew: only what was sent since `moment` and is not answered may fall into the new count.
    pub(super) fn keep_in_flight(&mut self, moment: Timestamp) {
        self.forget_before(moment);
        let answered = self.total() - self.unanswered;
        let mut left = answered;
        for run in &mut self.runs {
            let here = run.calls.min(left);
            run.calls -= here;
            left -= here;
        }
        self.runs.retain(|run| run.calls > 0);
    }

    /// The moment whose calls must be out of the count for at most `most` of them to be left; nothing when it is so already.
    pub(super) fn down_to(&self, most: u32) -> Option<Timestamp> {
        let mut excess = self.total().saturating_sub(most);
        let mut last = None;
        for run in &self.runs {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(run.calls);
            last = Some(run.to);
        }
        last
    }
}
