//! A circuit breaker: one object per endpoint group of X, never per caller or account.
//!
//! # What a caller sees
//!
//! - **Closed.** Nothing: its call goes to X. Successes are tallied in the isolate and reported only along with a failure or a
//!   slow call, so the success path asks no object.
//! - **Open.** An answer at once, without a call to X: unavailable, come back after so long. A breaker opens when, of at least
//!   20 calls in the last 30 s, half failed or four fifths were slow. It stays open for 5 s, then 10 s, doubling to 60 s while
//!   X does not recover, shortened at random by up to a tenth so that several do not come back in step.
//! - **Half-open.** Most callers see the same as while it is open. Three at most, in the whole deployment, are let through as
//!   probes. Three answers close the breaker, one failure opens it for longer. A probe whose isolate died frees its place
//!   after 15 s. Creations are never probes: what they did could not be told from a failure. A probe that X answers with a
//!   client's error proves nothing and frees its place.
//! - **On trial.** If nobody could probe for 5 s, because all that is asked for is creations, the breaker closes, but the first
//!   failure in the next 30 s opens it again, for longer.
//!
//! Answers that are the client's fault (4xx, 429, a client that hung up) count for nothing, not even as successes.
//!
//! # What an operator may do
//!
//! Force it open, force it closed, or let it count without ever refusing (metrics only), with a reason and until a given time.
//! A breaker that was forced open is half-open afterwards; any other starts closed and empty.
//!
//! # Time
//!
//! Nothing happens between commands: each first does what time has brought about.

mod group;
mod operator;
mod outcome;
mod probes;
mod snapshot;
mod tally;
mod window;

use serde::{Deserialize, Serialize};

pub use group::Group;
pub use operator::{Mode, Override};
pub use outcome::{Answer, Outcome, outcome_of};
pub use snapshot::{Admission, Phase, Snapshot};
pub use tally::Tally;
pub use window::{Bucket, Counts};

use super::{
    Timestamp,
    machine::{Machine, Object, Step},
};
use probes::{Probes, QUIET_MS, Verdict};
use window::OutcomeWindow;

const OPEN_MS: u64 = 5_000;
const OPEN_CAP_MS: u64 = 60_000;
const TRIAL_MS: u64 = 30_000;
/// When to ask again while all probes are out.
const PROBES_OUT_MS: u64 = 1_000;

/// What is asked of a breaker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Calls were made while it was closed.
    Report {
        /// What became of them, and when.
        buckets: Vec<Bucket>,
        /// Uniform 64 bits, for the time it stays open should it open.
        random: u64,
    },
    /// How is it?
    Snapshot,
    /// May I be a probe? Asked for reads and for writes that may be repeated, never for creations.
    Probe,
    /// The probe has been made.
    ProbeResult {
        /// The permit it was made with.
        permit: u64,
        /// What became of it. A slow success is no recovery.
        outcome: Outcome,
        /// Uniform 64 bits, for the time it stays open should it open.
        random: u64,
    },
    /// The operator takes over.
    Force(Override),
    /// The operator gives it back.
    Release,
}

/// What a breaker answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// To all but `Probe`: how it is now.
    Snapshot(Snapshot),
    /// To `Probe`: make the call, and report with this permit within 15 s.
    Permit(u64),
    /// To `Probe`: it has closed meanwhile, or the operator lets all pass. Make the call; it is no probe.
    Go,
    /// To `Probe`: no.
    Refused {
        /// When to ask again.
        retry_after_ms: u64,
    },
}

/// The state of one breaker. See the module's page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Breaker {
    state: State,
    /// Openings since X last proved recovered.
    trips: u32,
    window: OutcomeWindow,
    last_permit: u64,
    forced: Option<Override>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    #[default]
    Closed,
    Trial {
        until: Timestamp,
    },
    Open {
        until: Timestamp,
    },
    HalfOpen(Probes),
}

impl Machine for Breaker {
    type Command = Command;
    type Reply = Reply;
    const OBJECT: Object = Object::Breaker;

    fn step(&mut self, command: Command, now: Timestamp) -> Step<Reply> {
        self.pass_time(now);
        let store = match command {
            Command::Probe => return self.probe(now),
            Command::Snapshot => false,
            Command::Report { buckets, random } => self.report(&buckets, random, now),
            Command::ProbeResult { permit, outcome, random } => self.conclude(permit, outcome, random, now),
            Command::Force(forced) => self.force(forced),
            Command::Release => self.release(now),
        };
        Step { reply: Some(Reply::Snapshot(self.snapshot(now))), store }
    }
}

impl Breaker {
    fn pass_time(&mut self, now: Timestamp) {
        if self.forced.as_ref().is_some_and(|forced| forced.is_over(now)) {
            self.release(now);
        }
        match &mut self.state {
            State::Open { until } if now >= *until => self.state = State::HalfOpen(Probes::new(now)),
            State::Trial { until } if now >= *until => self.close(),
            State::HalfOpen(probes) => {
                probes.expire(now);
                if probes.are_quiet(now) {
                    let until = now.plus_ms(TRIAL_MS);
                    self.state = State::Trial { until };
                }
            }
            State::Closed | State::Open { .. } | State::Trial { .. } => {}
        }
    }

    /// Only a closed breaker learns from calls: those that were under way when it opened tell nothing new.
    fn report(&mut self, buckets: &[Bucket], random: u64, now: Timestamp) -> bool {
        if !matches!(self.state, State::Closed | State::Trial { .. }) || self.is_forced(Mode::Closed) {
            return false;
        }
        // Old successes leaving the window are no news: without a call nothing is judged.
        if buckets.iter().all(|bucket| bucket.counts.calls == 0) {
            return false;
        }
        self.window.merge(buckets, now);
        let counts = self.window.sum(now);
        let trips = match self.state {
            State::Trial { .. } => counts.failures > 0,
            _ => counts.trip(),
        };
        if trips && self.forced.is_none() {
            self.open(random, now);
        }
        trips && self.forced.is_none()
    }

    fn probe(&mut self, now: Timestamp) -> Step<Reply> {
        match self.snapshot(now).admission(now) {
            Admission::Go => return Step::reply(Reply::Go),
            Admission::Refuse { retry_after_ms } => return Step::reply(Reply::Refused { retry_after_ms }),
            Admission::Probe => {}
        }
        let permit = self.last_permit + 1;
        let sent = match &mut self.state {
            State::HalfOpen(probes) => probes.send(permit, now),
            _ => false,
        };
        if !sent {
            let retry_after_ms = PROBES_OUT_MS;
            return Step::reply(Reply::Refused { retry_after_ms });
        }
        self.last_permit = permit;
        Step::store(Reply::Permit(permit))
    }

    fn conclude(&mut self, permit: u64, outcome: Outcome, random: u64, now: Timestamp) -> bool {
        let State::HalfOpen(probes) = &mut self.state else {
            return false;
        };
        let verdict = probes.conclude(permit, outcome, now);
        match verdict {
            Some(Verdict::Failing) => self.open(random, now),
            Some(Verdict::Recovered) => self.close(),
            Some(Verdict::Undecided) | None => {}
        }
        verdict.is_some()
    }

    fn force(&mut self, forced: Override) -> bool {
        self.close();
        self.forced = Some(forced);
        true
    }

    fn release(&mut self, now: Timestamp) -> bool {
        let Some(forced) = self.forced.take() else { return false };
        self.close();
        if forced.mode == Mode::Open {
            self.state = State::HalfOpen(Probes::new(now));
        }
        true
    }

    fn is_forced(&self, mode: Mode) -> bool {
        self.forced.as_ref().is_some_and(|forced| forced.mode == mode)
    }

    fn open(&mut self, random: u64, now: Timestamp) {
        let longest = OPEN_MS.saturating_mul(1 << self.trips.min(10)).min(OPEN_CAP_MS);
        let until = now.plus_ms(longest - random % (longest / 10 + 1));
        self.trips = self.trips.saturating_add(1);
        self.window = OutcomeWindow::default();
        self.state = State::Open { until };
    }

    fn close(&mut self) {
        *self = Self { last_permit: self.last_permit, forced: self.forced.take(), ..Self::default() };
    }

    fn snapshot(&self, now: Timestamp) -> Snapshot {
        let counts = self.window.sum(now);
        Snapshot { phase: self.phase(), forced: self.forced.clone(), counts, would_open: counts.trip() }
    }

    const fn phase(&self) -> Phase {
        match &self.state {
            State::Closed | State::Trial { .. } => Phase::Closed,
            State::Open { until } => Phase::Open { until: *until },
            State::HalfOpen(_) => Phase::HalfOpen,
        }
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
