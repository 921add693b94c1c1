//! A write: one call that does something at X each time it is sent, and that must be sent once.
//!
//! X keeps no idempotency keys, so whether a call has happened can only be told by whoever made it, or by looking. The account's
//! object keeps every write as a value that goes through these states, and is stored before each arrow is followed:
//!
//! ```text
//!           later                      window open
//! begin ──────────▶ waiting ───────────────────────┐         cancel
//!   │ now              └───────────────────────────│───────────────────▶ cancelled
//!   ▼                                              ▼
//! sending ◀────────────────────────────────────────┘
//!   │  ├─ X did it, or refused it ──▶ done         ├─ refused before it was sent ──▶ forgotten; failed, if it had waited
//!   │  └─ silence, 5xx, lease over
//!   ▼
//! unknown ── after the settle time, looked at ──┬─ there ──▶ done
//!   ▲                                           ├─ not there, sent once ──▶ sending, a second time
//!   └── it could not be seen, try later ────────┴─ not there again, or nothing to look at ──▶ unconfirmed
//! ```
//!
//! - **The sender holds a lease.** Whoever sends has been named by the object, under a lease that is longer than sending can take.
//!   Silence until its end is an unknown outcome: the sender is believed dead, and what it sent may have arrived.
//! - **The settle time** must exceed the time by which a timeline lags behind; if it did not, a tweet that is merely not yet to be
//!   seen would be sent again.
//! - **A late answer is still an answer.** If the sender that was believed dead reports what X did, that is what happened.
//! - **What X has made is claimed.** The tweet that one write has made cannot be what another is looking for.

mod answer;
mod id;
mod intent;
mod state;

use serde::{Deserialize, Serialize};

pub use answer::Answer;
pub use id::WriteId;
pub use intent::{Intent, Keyed, Terms};
pub use state::{Outcome, Sight, State, Why};

use super::{Timestamp, machine::Record, planner::Ask};

/// How often a write is sent at most.
pub const MOST_ATTEMPTS: u32 = 2;
/// How often X is looked at for it before it stays unconfirmed.
const MOST_LOOKS: u32 = 5;
/// A write that is older is not sent any more: nobody expects it now. In ms.
const TOO_LATE_MS: u64 = 6 * 60 * 60 * 1000;

/// One write. See the module's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// Its name, under which clients ask for it.
    pub id: WriteId,
    /// The client's own name for it.
    pub keyed: Option<Keyed>,
    /// What to send. Its body is dropped once the outcome is known.
    pub intent: Intent,
    /// How it is treated.
    pub terms: Terms,
    /// What it spends of X's windows.
    pub ask: Ask,
    /// Whether it has waited for a window without anybody waiting for its answer.
    #[serde(default)]
    pub waited: bool,
    /// Where it stands.
    pub state: State,
    /// How often it was sent.
    pub attempts: u32,
    /// How often X was looked at for it.
    pub looks: u32,
    /// When it was asked for.
    pub begun_at: Timestamp,
    /// When it was sent first.
    pub sent_at: Option<Timestamp>,
    /// When its state last changed.
    pub changed_at: Timestamp,
    /// What X answered, or would have.
    pub answer: Option<Answer>,
    /// X's id of what it made.
    pub claim: Option<String>,
}

impl Write {
    /// A write that nobody sends yet.
    pub fn new(id: WriteId, keyed: Option<Keyed>, intent: Intent, terms: Terms, ask: Ask, now: Timestamp) -> Self {
        Self {
            id,
            keyed,
            intent,
            terms,
            ask,
            waited: false,
            state: State::Waiting,
            attempts: 0,
            looks: 0,
            begun_at: now,
            sent_at: None,
            changed_at: now,
            answer: None,
            claim: None,
        }
    }

    /// Lets the holder of `lease` send it.
    pub fn send(&mut self, lease: String, now: Timestamp) {
        self.attempts = self.attempts.saturating_add(1);
        self.sent_at = self.sent_at.or(Some(now));
        self.enter(State::Sending { lease, until: now.plus_ms(self.terms.lease_ms) }, now);
    }

    /// Whether this lease is the one to send under.
    pub fn is_sent_under(&self, lease: &str) -> bool {
        matches!(&self.state, State::Sending { lease: held, .. } if held == lease)
    }

    /// Takes what its sender reports. What it did stands whoever reports it; anything else only its own sender may say.
    pub fn finish(&mut self, lease: &str, outcome: Outcome, now: Timestamp) {
        match outcome {
            Outcome::Did { answer, claim } if !self.state.is_settled() => self.settle(answer, claim, now),
            _ if !self.is_sent_under(lease) => {}
            Outcome::Refused { answer, .. } if self.attempts <= 1 => self.settle(answer, None, now),
            // After an unknown outcome, that X has it already is a reason to look again.
            Outcome::Unknown | Outcome::Refused { duplicate: true, .. } => self.doubt(now, now),
            Outcome::Refused { answer, .. } => self.settle(answer, None, now),
            Outcome::NotSent { again_after_ms, .. } => self.was_not_sent(again_after_ms, now),
            Outcome::Did { .. } => {}
        }
    }

    /// This time it did not reach X: the attempt does not count. Who has sent it before looks once more before it sends it again.
    fn was_not_sent(&mut self, again_after_ms: Option<u64>, now: Timestamp) {
        self.attempts = self.attempts.saturating_sub(1);
        if self.attempts == 0 {
            self.sent_at = None;
            return self.enter(State::Waiting, now);
        }
        let wait_ms = again_after_ms.unwrap_or_default().max(self.terms.settle_ms);
        self.enter(State::Unknown { look_at: now.plus_ms(wait_ms) }, now);
    }

    /// Its sender has been silent for the whole of its lease, or whoever looked for it.
    pub fn lapse(&mut self, now: Timestamp) {
        match self.state {
            State::Sending { until, .. } if now >= until => self.doubt(until, now),
            State::Looking { until, .. } if now >= until => self.look_later(now),
            _ => {}
        }
    }

    /// Whether it is time to look at X for it.
    pub fn is_to_be_looked_for(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Unknown { look_at } if now >= look_at)
    }

    /// Lets the holder of `lease` look at X for it.
    pub fn look(&mut self, lease: String, now: Timestamp) {
        self.looks = self.looks.saturating_add(1);
        self.enter(State::Looking { lease, until: now.plus_ms(self.terms.lease_ms) }, now);
    }

    /// Takes what the holder of `lease` has seen. Answers whether it is to be sent again.
    pub fn looked(&mut self, lease: &str, sight: Sight, now: Timestamp) -> bool {
        if !matches!(&self.state, State::Looking { lease: held, .. } if held == lease) {
            return false;
        }
        match sight {
            Sight::There { answer, claim } => self.settle(answer, Some(claim), now),
            Sight::NotThere if self.attempts >= MOST_ATTEMPTS => self.give_up(Why::NotSeen, now),
            Sight::NotThere if self.is_too_late(now) => self.give_up(Why::TooLate, now),
            Sight::NotThere => return true,
            Sight::Hidden => self.look_later(now),
            Sight::NotAllowed => self.give_up(Why::NotLooked, now),
        }
        false
    }

    /// Whether nobody expects it any more.
    pub const fn is_too_late(&self, now: Timestamp) -> bool {
        now.ms_since(self.begun_at) >= TOO_LATE_MS
    }

    /// It is not there, and cannot be sent again before then: it is looked for once more first.
    pub fn look_not_before(&mut self, until: Timestamp, now: Timestamp) {
        self.enter(State::Unknown { look_at: until }, now);
    }

    /// Ends it without an outcome.
    pub fn give_up(&mut self, why: Why, now: Timestamp) {
        self.intent.body.clear();
        self.enter(State::Unconfirmed { why }, now);
    }

    /// It had waited, and cannot be sent.
    pub fn fail(&mut self, code: String, detail: String, now: Timestamp) {
        self.intent.body.clear();
        self.enter(State::Failed { code, detail }, now);
    }

    /// Takes it back. Answers whether that could still be done.
    pub fn cancel(&mut self, now: Timestamp) -> bool {
        let waits = self.state == State::Waiting;
        if waits {
            self.intent.body.clear();
            self.enter(State::Cancelled, now);
        }
        waits || self.state == State::Cancelled
    }

    /// As a row. Who waits is woken when a window opens, which the row does not know.
    pub fn record(&self) -> Record {
        Record {
            id: self.id.as_str().to_owned(),
            key: self.keyed.as_ref().map(|keyed| keyed.key.clone()),
            claim: self.claim.clone(),
            at: self.begun_at,
            due_at: self.state.due_at(),
            ends_at: self.ends_at(),
            // A value of ours always serializes; should it not, the row is read as none.
            value: serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// From a row.
    pub fn of(record: &Record) -> Option<Self> {
        serde_json::from_str(&record.value).ok()
    }

    /// What is open is kept in any case: only when it has come to its end its time begins.
    fn ends_at(&self) -> Option<Timestamp> {
        self.state.is_settled().then(|| self.changed_at.plus_ms(self.terms.keep_ms))
    }

    fn settle(&mut self, answer: Answer, claim: Option<String>, now: Timestamp) {
        self.answer = Some(answer);
        self.claim = claim;
        self.intent.body.clear();
        self.enter(State::Done, now);
    }

    /// The outcome of what was sent until `last` is unknown.
    fn doubt(&mut self, last: Timestamp, now: Timestamp) {
        if !self.terms.can_be_seen {
            return self.give_up(Why::NothingToSee, now);
        }
        self.enter(State::Unknown { look_at: last.plus_ms(self.terms.settle_ms) }, now);
    }

    fn look_later(&mut self, now: Timestamp) {
        if self.looks >= MOST_LOOKS {
            return self.give_up(Why::NotSeen, now);
        }
        let wait_ms = self.terms.settle_ms.saturating_mul(1 << self.looks.min(6));
        self.enter(State::Unknown { look_at: now.plus_ms(wait_ms) }, now);
    }

    fn enter(&mut self, state: State, now: Timestamp) {
        self.state = state;
        self.changed_at = now;
    }
}

#[cfg(test)]
mod tests;
