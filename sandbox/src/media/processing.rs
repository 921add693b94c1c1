//! What X does with a video or a GIF after the upload, as a function of time.

use serde::Serialize;
use serde_json::{Value, json};

/// How processing goes; for tests to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessingRules {
    /// How long it takes, in ms.
    pub duration_ms: u64,
    /// Whether it ends in state `failed`.
    pub fails: bool,
}

impl Default for ProcessingRules {
    fn default() -> Self {
        Self { duration_ms: 2_000, fails: false }
    }
}

/// A run of processing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Processing {
    started_ms: u64,
    rules: ProcessingRules,
}

/// Where a run is, as X's `processing_info.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Not begun: the first tenth of the time.
    Pending,
    /// Under way.
    InProgress,
    /// The medium can be posted.
    Succeeded,
    /// The medium can never be posted.
    Failed,
}

impl Processing {
    pub(super) fn start(now_ms: u64, rules: ProcessingRules) -> Self {
        Self { started_ms: now_ms, rules }
    }

    pub(super) fn state(&self, now_ms: u64) -> State {
        match self.percent(now_ms) {
            100 if self.rules.fails => State::Failed,
            100 => State::Succeeded,
            0..10 => State::Pending,
            _ => State::InProgress,
        }
    }

    /// X's `processing_info`. The `error` of a failure stands in no specification, but clients read it.
    pub(super) fn info(&self, now_ms: u64) -> Value {
        let state = self.state(now_ms);
        match state {
            State::Pending => json!({"state": state, "check_after_secs": self.check_after_secs(now_ms)}),
            State::InProgress => json!({
                "state": state,
                "check_after_secs": self.check_after_secs(now_ms),
                "progress_percent": self.percent(now_ms),
            }),
            State::Succeeded => json!({"state": state, "progress_percent": 100}),
            State::Failed => json!({
                "state": state,
                "progress_percent": 0,
                "error": {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"},
            }),
        }
    }

    fn percent(&self, now_ms: u64) -> u64 {
        let elapsed = now_ms.saturating_sub(self.started_ms).min(self.rules.duration_ms);
        elapsed.saturating_mul(100).checked_div(self.rules.duration_ms).unwrap_or(100)
    }

    /// Half of what is left, at least a second and at most ten: a client polls a few times, as it does at X.
    fn check_after_secs(&self, now_ms: u64) -> u64 {
        let left_ms = self.started_ms.saturating_add(self.rules.duration_ms).saturating_sub(now_ms);
        (left_ms / 2).div_ceil(1000).clamp(1, 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_leads_from_pending_to_the_end() {
        let run = Processing::start(1_000, ProcessingRules { duration_ms: 60_000, fails: false });
        assert_eq!(run.info(1_000), json!({"state": "pending", "check_after_secs": 10}));
        assert_eq!(run.info(46_000), json!({"state": "in_progress", "check_after_secs": 8, "progress_percent": 75}));
        assert_eq!(run.info(60_999)["state"], "in_progress");
        assert_eq!(run.info(61_000), json!({"state": "succeeded", "progress_percent": 100}));
    }

    #[test]
    fn a_run_that_must_fail_does_so_at_its_end() {
        let run = Processing::start(0, ProcessingRules { duration_ms: 2_000, fails: true });
        assert_eq!(run.state(1_999), State::InProgress);
        assert_eq!(run.info(2_000)["error"]["name"], "InvalidMedia");
        assert_eq!(Processing::start(0, ProcessingRules { duration_ms: 0, fails: true }).state(0), State::Failed);
    }
}
