//! The account's planner, as callers reach it. The app's own object, which is nobody's account, answers the same.

use serde::{Deserialize, Serialize};

use super::{Account, Reply};
use crate::domain::{
    Timestamp,
    machine::Step,
    planner::{Admission, AppLease, Ask, LeaseWish, Lesson, NotBefore, Pause, PauseReason},
    window::{LearnedWindow, Window},
};

/// What callers ask of a planner.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Planning {
    /// May this call go?
    Admit {
        /// What it would spend.
        ask: Ask,
        /// A lease the app's object has granted for it.
        lease: Option<AppLease>,
    },
    /// A call that was let go was not sent.
    GiveBack {
        /// What it would have spent.
        ask: Ask,
    },
    /// An account asks the app for calls of a shared window.
    LeaseOut {
        /// What it wants.
        wish: LeaseWish,
    },
    /// Send nothing of an endpoint, or nothing at all.
    Pause {
        /// Which endpoint, or [`Planner::EVERYTHING`](crate::domain::planner::Planner::EVERYTHING).
        scope: String,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: PauseReason,
    },
    /// X's answers told one isolate of these windows; what is known here is told in return.
    Share {
        /// One per group of rate headers.
        windows: Vec<LearnedWindow>,
    },
    /// What is known?
    Show,
}

/// What a planner answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Planned {
    /// To `Admit`.
    Admission(Admission),
    /// To `LeaseOut`.
    Lease(Result<AppLease, NotBefore>),
    /// To `Share`, the shared windows and all pauses; to `Show`, all of both.
    Known {
        /// Windows.
        windows: Vec<Window>,
        /// Pauses, with what they concern.
        pauses: Vec<(String, Pause)>,
    },
    /// Noted.
    Done,
}

impl Account {
    /// Stored once per window and endpoint, and when one is used up: the rest may be learned again.
    pub(super) fn learn(&mut self, heard: Vec<LearnedWindow>, now: Timestamp) -> Step<Reply> {
        let lesson = self.planner.learn(heard, now);
        Step { reply: Some(Reply::Done), store: lesson > Lesson::Sank }
    }

    /// What is counted is stored before it is sent, so that a count outlives the process.
    pub(super) fn plan(&mut self, planning: Planning, now: Timestamp) -> Step<Reply> {
        let (planned, store) = match planning {
            Planning::Admit { ask, lease } => self.admit(&ask, lease, now),
            Planning::GiveBack { ask } => {
                self.planner.give_back(&ask, now);
                (Planned::Done, false)
            }
            Planning::LeaseOut { wish } => (Planned::Lease(self.planner.lease_out(&wish, now)), true),
            Planning::Pause { scope, until, reason } => {
                self.planner.pause(&scope, until, reason);
                (Planned::Done, true)
            }
            Planning::Share { windows } => self.share(windows, now),
            Planning::Show => (self.known(|_| true, now), false),
        };
        Step { reply: Some(Reply::Plan(Box::new(planned))), store }
    }

    fn admit(&mut self, ask: &Ask, lease: Option<AppLease>, now: Timestamp) -> (Planned, bool) {
        let leased = lease.is_some();
        if let Some(lease) = lease {
            self.planner.take_lease(lease, now);
        }
        let admission = self.planner.admit(ask, now);
        let counted = admission == Admission::Go;
        (Planned::Admission(admission), counted || leased)
    }

    fn share(&mut self, windows: Vec<LearnedWindow>, now: Timestamp) -> (Planned, bool) {
        let names: Vec<String> = windows.iter().map(|window| window.name.clone()).collect();
        let lesson = self.planner.learn(windows, now);
        (self.known(|name| names.iter().any(|shared| shared == name), now), lesson > Lesson::Sank)
    }

    fn known(&self, wanted: impl Fn(&str) -> bool, now: Timestamp) -> Planned {
        let mut windows = self.planner.windows(now);
        windows.retain(|window| wanted(&window.name));
        Planned::Known { windows, pauses: self.planner.pauses(now) }
    }
}
