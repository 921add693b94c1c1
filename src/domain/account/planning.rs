//! The account's planner, as callers reach it.

use super::{Account, Reply};
use crate::domain::{Timestamp, machine::Step, planner::Lesson, window::LearnedWindow};

impl Account {
    /// Stored once per window and endpoint, and when one is used up: the rest may be learned again.
    pub(super) fn learn(&mut self, heard: Vec<LearnedWindow>, now: Timestamp) -> Step<Reply> {
        let lesson = self.planner.learn(heard, now);
        Step { reply: Some(Reply::Done), store: lesson > Lesson::Sank }
    }
}
