//! The account's writes: who may send which, now, and what became of it. What one write goes through is [`write`](crate::domain::write)'s;
//! here stands what concerns several: names that are taken, turns, looks that are paid for.

mod asked;
mod desk;
mod due;
#[cfg(test)]
mod tests;

pub use asked::{Begin, Errand, Glance, Manner, Page, WriteCommand, WriteReply};
pub(super) use desk::Desk;

use super::{Account, Reply};
use crate::domain::{
    Timestamp,
    machine::{Records, Step},
    planner::{Admission, NotBefore},
    write::{Outcome, State, Write, WriteId},
};

/// Rows that are cleared away beside each new write: more than one, so that they become fewer.
const CLEARED_AT_ONCE: usize = 20;
/// When to ask again for a write that is being sent, in ms.
const RETRY_SOON_MS: u64 = 1_000;
/// How long an asker is kept waiting before it is told to ask again, in ms: less than it waits for an object.
const PARKED_MS: u64 = 8_000;

impl Account {
    pub(super) fn write(&mut self, records: &mut dyn Records, command: WriteCommand, now: Timestamp) -> Step<Reply> {
        let (reply, store) = match command {
            WriteCommand::Begin(begin) => return self.begin(records, *begin, now),
            WriteCommand::Show { id } => (WriteReply::Shown(load(records, &id).map(Box::new)), false),
            WriteCommand::List { before, most } => (list(records, before.as_ref(), most), false),
            WriteCommand::Finish { id, lease, outcome, is_awaited } => {
                (self.finish(records, &id, &lease, *outcome, is_awaited, now), true)
            }
            WriteCommand::Cancel { id } => (self.cancel(records, &id, now), true),
            WriteCommand::Due { lease, app_lease } => (self.errands(records, &lease, app_lease, now), true),
            WriteCommand::Looked { lease, glances } => (self.take_glances(records, &lease, glances, now), true),
        };
        Step { reply: Some(Reply::Write(Box::new(reply))), store }
    }

    /// A name that was used before means what it meant then. The same request asked again, because its answer was lost, is given
    /// the same leave: its asker has not sent anything yet.
    fn begin(&mut self, records: &mut dyn Records, begin: Begin, now: Timestamp) -> Step<Reply> {
        records.forget_ended(now, CLEARED_AT_ONCE);
        if let Some(lease) = &begin.app_lease {
            self.planner.take_lease(lease.clone(), now);
            self.desk.look_now();
        }
        if let Some(known) = load(records, &begin.id) {
            return self.again(records, known, &begin, now);
        }
        if let Some(keyed) = &begin.keyed
            && let Some(known) = records.by_key(&keyed.key).as_ref().and_then(Write::of)
        {
            let is_same = known.keyed.as_ref().is_some_and(|named| named.fingerprint == keyed.fingerprint);
            return answer(if is_same { repeated(known) } else { WriteReply::OtherBody });
        }
        self.call_next(records, now);
        match self.planner.admit(&begin.ask, now) {
            Admission::Go => Self::give_leave(records, begin, now),
            Admission::AppLease { .. } | Admission::NotBefore { .. } if begin.manner == Manner::Anyway => {
                Self::give_leave(records, begin, now)
            }
            Admission::AppLease { want } => answer(WriteReply::AppLease { want }),
            Admission::NotBefore { until, window, pause } => {
                self.not_now(records, begin, NotBefore { until, window, pause }, now)
            }
        }
    }

    fn give_leave(records: &mut dyn Records, begin: Begin, now: Timestamp) -> Step<Reply> {
        let Begin { id, keyed, lease, intent, terms, ask, .. } = begin;
        let mut write = Write::new(id, keyed, intent, terms, ask, now);
        write.send(lease.clone(), now);
        records.put(write.record());
        answer(WriteReply::Send { lease, write: Box::new(write) })
    }

    /// No window is open: it waits, if its client wants that and it is worth while.
    fn not_now(&mut self, records: &mut dyn Records, begin: Begin, shut: NotBefore, now: Timestamp) -> Step<Reply> {
        let may_wait = match begin.manner {
            Manner::Now | Manner::Anyway => false,
            Manner::Until(end) => shut.until <= end,
            Manner::Later => true,
        };
        if !may_wait || self.desk.is_full() {
            return answer(WriteReply::Shut(shut));
        }
        let write = Write::new(begin.id, begin.keyed, begin.intent, begin.terms, begin.ask, now);
        records.put(write.record());
        self.desk.join(&write, begin.manner, begin.lease, shut.until);
        match begin.manner {
            Manner::Until(_) => Step { reply: None, store: true },
            _ => answer(WriteReply::Shown(Some(Box::new(write)))),
        }
    }

    /// The answer to a request that is asked again: it was not heard, or its asker waits.
    fn again(&mut self, records: &mut dyn Records, known: Write, begin: &Begin, now: Timestamp) -> Step<Reply> {
        if known.state != State::Waiting || !matches!(begin.manner, Manner::Until(_)) {
            return answer(given(known));
        }
        let want = self.call_next(records, now);
        let Some(write) = load(records, &begin.id).filter(|write| write.state == State::Waiting) else {
            return answer(load(records, &begin.id).map_or(WriteReply::Shown(None), given));
        };
        if let Some(want) = want {
            return answer(WriteReply::AppLease { want });
        }
        if self.desk.has_waited_enough(&begin.id, now) {
            self.desk.leave(&begin.id);
            records.remove(begin.id.as_str());
            if let Admission::NotBefore { until, window, pause } = self.planner.admit(&write.ask, now) {
                return answer(WriteReply::Shut(NotBefore { until, window, pause }));
            }
            self.planner.give_back(&write.ask, now);
            return answer(WriteReply::Still);
        }
        if now.ms_since(begin.asked_at) >= PARKED_MS { answer(WriteReply::Still) } else { Step::park() }
    }

    fn finish(
        &mut self,
        records: &mut dyn Records,
        id: &WriteId,
        lease: &str,
        outcome: Outcome,
        is_awaited: bool,
        now: Timestamp,
    ) -> WriteReply {
        let Some(mut write) = load(records, id) else { return WriteReply::Shown(None) };
        let not_sent = match &outcome {
            Outcome::NotSent { code, detail, again_after_ms } if write.is_sent_under(lease) => {
                Some((code.clone(), detail.clone(), *again_after_ms))
            }
            _ => None,
        };
        write.finish(lease, outcome, now);
        if let Some((code, detail, again_after_ms)) = not_sent {
            self.planner.give_back(&write.ask, now);
            write.waited |= !is_awaited;
            if write.state == State::Waiting {
                self.desk.waits_again(&mut write, code, detail, again_after_ms, now);
            }
        }
        records.put(write.record());
        WriteReply::Shown(Some(Box::new(write)))
    }

    fn cancel(&mut self, records: &mut dyn Records, id: &WriteId, now: Timestamp) -> WriteReply {
        let Some(mut write) = load(records, id) else { return WriteReply::Shown(None) };
        if !write.cancel(now) {
            return WriteReply::TooLate(Box::new(write));
        }
        if self.desk.leave(id) {
            self.planner.give_back(&write.ask, now);
        }
        records.put(write.record());
        WriteReply::Shown(Some(Box::new(write)))
    }

    /// The account is removed: nobody waits any more. What was sent, and what became of it, can still be asked.
    pub(super) fn cancel_waiting(&mut self, records: &mut dyn Records, now: Timestamp) {
        for id in self.desk.everybody() {
            self.cancel(records, &id, now);
        }
    }

    /// When something has to be done about the writes.
    pub(super) fn writes_wake_at(&self, records: &dyn Records) -> Option<Timestamp> {
        records.next_at().into_iter().chain(self.desk.wakes_at()).min()
    }
}

/// What changes a write is stored before it is answered.
fn answer(reply: WriteReply) -> Step<Reply> {
    Step::store(Reply::Write(Box::new(reply)))
}

fn load(records: &dyn Records, id: &WriteId) -> Option<Write> {
    records.get(id.as_str()).as_ref().and_then(Write::of)
}

/// The leave that was given, or how it stands.
fn given(write: Write) -> WriteReply {
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
