//! Whether a run kept the invariants, and what it was made of.

/// The first invariant that did not hold, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What must always hold.
    pub invariant: &'static str,
    /// What was seen instead.
    pub how: String,
}

/// What is judged of a run so far, and counted.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    violation: Option<Violation>,
    pub(crate) counts: Counts,
}

/// What happened in a run, or in many: a run in which nothing happens proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients' requests.
    pub visits: u64,
    /// Those answered with what X answered.
    pub served: u64,
    /// Refresh tokens sent to X.
    pub refreshes: u64,
    /// Among them those X had spent already, after an unknown outcome.
    pub replays: u64,
    /// Accounts that ended in need of a person.
    pub lost: u64,
    /// Among them those of which a worker had heard X's new tokens and came to its own end.
    pub lost_though_heard: u64,
    /// Tweets sent to X.
    pub sent: u64,
    /// Tweets made.
    pub made: u64,
    /// Writes that were sent a second time, because the first was not there.
    pub retried: u64,
    /// Writes whose outcome was found by a look.
    pub found: u64,
    /// Writes that are shown as unconfirmed.
    pub unconfirmed: u64,
    /// Isolates killed.
    pub crashes: u64,
    /// Objects that died or were evicted.
    pub restarts: u64,
}

impl Verdict {
    pub(crate) fn broken(&mut self, invariant: &'static str, how: String) {
        self.violation.get_or_insert(Violation { invariant, how });
    }

    pub(crate) const fn is_broken(&self) -> bool {
        self.violation.is_some()
    }

    pub(crate) fn violation(&self) -> Option<Violation> {
        self.violation.clone()
    }
}

impl Counts {
    /// Adds those of another run.
    pub fn add(&mut self, other: &Self) {
        self.visits += other.visits;
        self.served += other.served;
        self.refreshes += other.refreshes;
        self.replays += other.replays;
        self.lost += other.lost;
        self.lost_though_heard += other.lost_though_heard;
        self.sent += other.sent;
        self.made += other.made;
        self.retried += other.retried;
        self.found += other.found;
        self.unconfirmed += other.unconfirmed;
        self.crashes += other.crashes;
        self.restarts += other.restarts;
    }
}
