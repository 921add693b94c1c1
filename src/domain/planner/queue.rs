//! Who goes first when a window opens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Ask, Planner};
use crate::domain::Timestamp;

/// A call that waits for its window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its name among those that wait.
    pub id: String,
    /// What it would spend.
    pub ask: Ask,
    /// Since when it waits.
    pub since: Timestamp,
}

impl Planner {
    /// The one of `waiting` to go next, if any may go now: of the highest lane, waiting counted; in that, of the application that
    /// has had least of the window; of those, who has waited longest. What a lane may not use of a window, age does not give it:
    /// it goes first when the window is new.
    pub fn next<'a>(&self, waiting: &'a [Waiting], now: Timestamp) -> Option<&'a Waiting> {
        let mut known: BTreeMap<&str, Self> = BTreeMap::new();
        let ready = waiting.iter().filter_map(|waiting| {
            let Ask { operation, limits, .. } = &waiting.ask;
            let planner = known.entry(operation).or_insert_with(|| self.at(operation, limits, now));
            planner.judge(&waiting.ask, now).ok()?;
            Some((planner.order(waiting, now), waiting))
        });
        ready.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, waiting)| waiting)
    }

    /// What of those that wait goes first sorts first.
    fn order<'a>(&self, waiting: &'a Waiting, now: Timestamp) -> (u64, u32, Timestamp, &'a str) {
        let ask = &waiting.ask;
        let rank = ask.lane.rank_after(now.ms_since(waiting.since));
        let granted = self.own(&ask.operation).map(|(_, mirror)| mirror.shares.granted(&ask.application)).max();
        (rank, granted.unwrap_or(0), waiting.since, &waiting.id)
    }
}
