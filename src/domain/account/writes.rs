//! The account's writes: who may send which, now, and what became of it. What one write goes through is [`write`](crate::domain::write)'s;
//! here stands what concerns several: names that are taken, turns, looks that are paid for.

mod asked;
mod due;

use serde::{Deserialize, Serialize};

pub use asked::{Begin, Errand, Glance, Manner, Page, WriteCommand, WriteReply};

use super::{Account, Reply};
use crate::domain::{
    Timestamp,
    machine::{Records, Step},
    write::{Outcome, State, Write, WriteId},
};

/// Rows that are cleared away beside each new write: more than one, so that they become fewer.
const CLEARED_AT_ONCE: usize = 20;
/// When to ask again for a write that is being sent, in ms.
const RETRY_SOON_MS: u64 = 1_000;
/// How many writes may wait for a window.
const MOST_WAITING: usize = 500;
const DAY_MS: u64 = 86_400_000;

/// What the object knows of its writes beside their rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Desk {
    /// Who waits for a window, in the order of arrival.
    waiting: Vec<WriteId>,
    /// Not before this is a waiting one tried again.
    not_before: Timestamp,
    /// The day, and how often X was looked at in it.
    looks: (u64, u32),
}

impl Account {
    pub(super) fn write(&mut self, records: &mut dyn Records, command: WriteCommand, now: Timestamp) -> Step<Reply> {
        let reply = match command {
            WriteCommand::Begin(begin) => self.begin(records, *begin, now),
            WriteCommand::Finish { id, lease, outcome } => Self::finish(records, &id, &lease, *outcome, now),
            WriteCommand::Show { id } => WriteReply::Shown(load(records, &id).map(Box::new)),
            WriteCommand::List { before, most } => list(records, before.as_ref(), most),
            WriteCommand::Cancel { id } => self.cancel(records, &id, now),
            WriteCommand::Due { lease } => self.errands(records, &lease, now),
            WriteCommand::Looked { lease, glances } => Self::take_glances(records, &lease, glances, now),
        };
        let store = !matches!(reply, WriteReply::Shown(_) | WriteReply::Listed(_));
        Step { reply: Some(Reply::Write(Box::new(reply))), store }
    }

    /// A name that was used before means what it meant then. The same request asked again, because its answer was lost, is given
    /// the same leave: its asker has not sent anything yet.
    fn begin(&mut self, records: &mut dyn Records, begin: Begin, now: Timestamp) -> WriteReply {
        records.forget_ended(now, CLEARED_AT_ONCE);
        if let Some(known) = load(records, &begin.id) {
            return again(known);
        }
        if let Some(keyed) = &begin.keyed
            && let Some(known) = records.by_key(&keyed.key).as_ref().and_then(Write::of)
        {
            let is_same = known.keyed.as_ref().is_some_and(|named| named.fingerprint == keyed.fingerprint);
            return if is_same { repeated(known) } else { WriteReply::OtherBody };
        }
        let mut write = Write::new(begin.id, begin.keyed, begin.intent, begin.terms, now);
        if begin.manner == Manner::Later && self.desk.waiting.len() < MOST_WAITING && now < self.desk.not_before {
            self.desk.waiting.push(write.id.clone());
            return keep(records, write);
        }
        write.send(begin.lease, now);
        records.put(write.record());
        again(write)
    }

    fn finish(records: &mut dyn Records, id: &WriteId, lease: &str, outcome: Outcome, now: Timestamp) -> WriteReply {
        let Some(mut write) = load(records, id) else { return WriteReply::Shown(None) };
        let not_sent = match &outcome {
            Outcome::NotSent { again_after_ms, .. } if write.is_sent_under(lease) => Some(*again_after_ms),
            _ => None,
        };
        write.finish(lease, outcome, now);
        if not_sent.is_some() && write.state == State::Waiting {
            // Its asker is told why, and may ask again under the same name.
            records.remove(id.as_str());
            return WriteReply::Shown(None);
        }
        records.put(write.record());
        WriteReply::Shown(Some(Box::new(write)))
    }

    fn cancel(&mut self, records: &mut dyn Records, id: &WriteId, now: Timestamp) -> WriteReply {
        let Some(mut write) = load(records, id) else { return WriteReply::Shown(None) };
        if !write.cancel(now) {
            return WriteReply::TooLate(Box::new(write));
        }
        self.desk.waiting.retain(|waiting| waiting != id);
        keep(records, write)
    }

    /// The account is removed: nobody waits any more. What was sent, and what became of it, can still be asked.
    pub(super) fn cancel_waiting(&mut self, records: &mut dyn Records, now: Timestamp) {
        for id in std::mem::take(&mut self.desk.waiting) {
            self.cancel(records, &id, now);
        }
    }

    /// When something has to be done about the writes.
    pub(super) fn writes_wake_at(&self, records: &dyn Records) -> Option<Timestamp> {
        let waiting = (!self.desk.waiting.is_empty()).then_some(self.desk.not_before);
        records.next_at().into_iter().chain(waiting).min()
    }
}

fn load(records: &dyn Records, id: &WriteId) -> Option<Write> {
    records.get(id.as_str()).as_ref().and_then(Write::of)
}

fn keep(records: &mut dyn Records, write: Write) -> WriteReply {
    records.put(write.record());
    WriteReply::Shown(Some(Box::new(write)))
}

/// The answer to a request that is asked again.
fn again(write: Write) -> WriteReply {
    match &write.state {
        State::Sending { lease, .. } => WriteReply::Send { lease: lease.clone(), write: Box::new(write) },
        _ => WriteReply::Shown(Some(Box::new(write))),
    }
}

/// The answer to another request under the same name.
fn repeated(write: Write) -> WriteReply {
    match &write.state {
        State::Sending { .. } if write.attempts <= 1 => WriteReply::Running { retry_after_ms: RETRY_SOON_MS },
        _ => WriteReply::Known(Box::new(write)),
    }
}

fn list(records: &dyn Records, before: Option<&(Timestamp, WriteId)>, most: usize) -> WriteReply {
    let before = before.map(|(at, id)| (*at, id.as_str()));
    let writes = records.page(before, most).iter().filter_map(Write::of).collect();
    WriteReply::Listed(Page { writes })
}
