//! What the object knows of its writes beside their rows: who waits for a window, and what looking has cost today.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Account, Manner, load};
use crate::domain::{
    Timestamp,
    machine::Records,
    planner::{Admission, LeaseWish, Planner, Waiting},
    write::{Write, WriteId},
};

/// How many writes may wait for a window.
const MOST_WAITING: usize = 500;
/// How often those who wait are looked at, at most, in ms.
const LOOK_EVERY_MS: u64 = 250;
const DAY_MS: u64 = 86_400_000;

/// See the module's page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::domain::account) struct Desk {
    /// Who waits, in the order of arrival.
    waiting: Vec<Waiting>,
    /// Those of them whose asker waits too, until when, and the lease it would send under.
    asking: BTreeMap<String, (Timestamp, String)>,
    /// Whose window is open, and who has nobody to send it: counted, and sent by whoever is woken.
    called: Vec<WriteId>,
    /// Not before this is anybody tried again.
    not_before: Timestamp,
    /// The day, and how often X was looked at in it.
    looks: (u64, u32),
}

impl Desk {
    pub(super) const fn is_full(&self) -> bool {
        self.waiting.len() >= MOST_WAITING
    }

    /// Lets a write wait until `opens`, when it is tried again.
    pub(super) fn join(&mut self, write: &Write, manner: Manner, lease: String, opens: Timestamp) {
        let id = write.id.as_str().to_owned();
        if let Manner::Until(end) = manner {
            self.asking.insert(id.clone(), (end, lease));
        }
        self.not_before = if self.waiting.is_empty() { opens } else { self.not_before.min(opens) };
        self.waiting.push(Waiting { id, ask: write.ask.clone(), since: write.begun_at });
    }

    /// Nobody waits for this one any more. Answers whether it was called, and so counted.
    pub(super) fn leave(&mut self, id: &WriteId) -> bool {
        self.waiting.retain(|waiting| waiting.id != id.as_str());
        self.asking.remove(id.as_str());
        let before = self.called.len();
        self.called.retain(|called| called != id);
        self.called.len() < before
    }

    pub(super) fn has_waited_enough(&self, id: &WriteId, now: Timestamp) -> bool {
        self.asking.get(id.as_str()).is_none_or(|(end, _)| now >= *end)
    }

    /// A write could not be sent. If nobody waits for its answer, it waits again, as long as that may help. Who does is told why, and
    /// may ask again under the same name: the name is free, and what failed is kept under its id alone, so that a message which comes
    /// late does not begin it anew.
    pub(super) fn waits_again(
        &mut self,
        write: &mut Write,
        code: String,
        detail: String,
        again_after_ms: Option<u64>,
        now: Timestamp,
    ) {
        match again_after_ms {
            Some(wait_ms) if write.waited && !write.is_too_late(now) => {
                self.join(write, Manner::Later, String::new(), now.plus_ms(wait_ms));
            }
            _ => {
                write.keyed = write.keyed.take().filter(|_| write.waited);
                write.fail(code, detail, now);
            }
        }
    }

    pub(super) fn everybody(&self) -> Vec<WriteId> {
        let waiting = self.waiting.iter().filter_map(|waiting| WriteId::parse(&waiting.id).ok());
        waiting.chain(self.called.iter().cloned()).collect()
    }

    pub(super) fn take_called(&mut self) -> Vec<WriteId> {
        std::mem::take(&mut self.called)
    }

    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        let now = (!self.called.is_empty()).then_some(Timestamp::default());
        now.or_else(|| (!self.waiting.is_empty()).then_some(self.not_before))
    }

    /// Counts a look at X, if `most` in a day allow it.
    pub(super) fn count_look(&mut self, most: u32, now: Timestamp) -> bool {
        let today = now.as_ms() / DAY_MS;
        if self.looks.0 != today {
            self.looks = (today, 0);
        }
        let allowed = self.looks.1 < most;
        self.looks.1 = self.looks.1.saturating_add(u32::from(allowed));
        allowed
    }

    /// Drops those whose asker has waited enough and has not come back to say so.
    pub(super) fn drop_forsaken(&mut self, records: &mut dyn Records, now: Timestamp) {
        let forsaken: Vec<String> =
            self.asking.iter().filter(|(_, (end, _))| now >= *end).map(|(id, _)| id.clone()).collect();
        for id in forsaken.iter().filter_map(|id| WriteId::parse(id).ok()) {
            self.leave(&id);
            records.remove(id.as_str());
        }
    }

    /// Something has changed: who waits is looked at with the next step.
    pub(super) fn look_now(&mut self) {
        self.not_before = Timestamp::default();
    }

    fn look_again(&mut self, planner: &Planner, now: Timestamp) {
        let mut kinds: Vec<&Waiting> = Vec::new();
        for waiting in &self.waiting {
            let is_known =
                |kind: &&Waiting| kind.ask.operation == waiting.ask.operation && kind.ask.lane == waiting.ask.lane;
            if !kinds.iter().any(is_known) {
                kinds.push(waiting);
            }
        }
        let opens = kinds.iter().map(|waiting| planner.opens_at(&waiting.ask, now)).min();
        self.not_before = opens.unwrap_or_default().max(now.plus_ms(LOOK_EVERY_MS));
    }
}

impl Account {
    /// Calls those who have waited, as far as windows are open: who asks may send, for the others somebody is woken. Answers with
    /// the lease of a window of the app's that is wanted to go on.
    pub(super) fn call_next(&mut self, records: &mut dyn Records, now: Timestamp) -> Option<LeaseWish> {
        if self.desk.waiting.is_empty() || now < self.desk.not_before {
            return None;
        }
        let mut wanted = None;
        while let Some(next) = self.planner.next(&self.desk.waiting, now).cloned() {
            match self.planner.admit(&next.ask, now) {
                Admission::Go => self.call(records, &next, now),
                Admission::AppLease { want } => {
                    wanted = Some(want);
                    break;
                }
                Admission::NotBefore { .. } => break,
            }
        }
        self.desk.look_again(&self.planner, now);
        wanted
    }

    fn call(&mut self, records: &mut dyn Records, next: &Waiting, now: Timestamp) {
        self.desk.waiting.retain(|waiting| waiting.id != next.id);
        let asking = self.desk.asking.remove(&next.id);
        let Some(mut write) = WriteId::parse(&next.id).ok().and_then(|id| load(records, &id)) else { return };
        if let Some((_, lease)) = asking {
            write.send(lease, now);
            records.put(write.record());
        } else {
            write.waited = true;
            records.put(write.record());
            self.desk.called.push(write.id);
        }
    }
}
