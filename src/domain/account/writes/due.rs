//! What is to be done when the object is woken: silent senders are given up, what is unknown is looked for, who waits is sent.

use super::{Account, DAY_MS, Desk, Errand, Glance, WriteReply};
use crate::domain::{
    Timestamp,
    machine::Records,
    write::{Sight, Why, Write},
};

/// Rows that are seen to at once.
const AT_ONCE: usize = 50;

impl Account {
    /// The errands that are due, each under `lease`.
    pub(super) fn errands(&mut self, records: &mut dyn Records, lease: &str, now: Timestamp) -> WriteReply {
        records.forget_ended(now, AT_ONCE);
        let mut unseen: Vec<Write> = Vec::new();
        for mut write in records.due(now, AT_ONCE).iter().filter_map(Write::of) {
            write.lapse(now);
            if write.is_to_be_looked_for(now) {
                unseen.push(write);
            } else {
                records.put(write.record());
            }
        }
        let looks = self.desk.look_for(records, unseen, lease, now);
        let sends = self.desk.send_next(records, lease, now);
        WriteReply::Errands(looks.into_iter().chain(sends).collect())
    }

    /// Takes what was seen. What is not there is sent once more.
    pub(super) fn take_glances(
        records: &mut dyn Records,
        lease: &str,
        glances: Vec<Glance>,
        now: Timestamp,
    ) -> WriteReply {
        let mut errands = Vec::new();
        for Glance { id, sights } in glances {
            let Some(mut write) = super::load(records, &id) else { continue };
            let sight = unclaimed(records, sights);
            if write.looked(lease, sight, now) {
                let lease = format!("{lease}-{}", write.attempts);
                write.send(lease.clone(), now);
                errands.push(Errand::Send { lease, write: Box::new(write.clone()) });
            }
            records.put(write.record());
        }
        WriteReply::Errands(errands)
    }
}

/// The first sight of something that no other write has made.
fn unclaimed(records: &dyn Records, sights: Vec<Sight>) -> Sight {
    let is_free = |sight: &Sight| match sight {
        Sight::There { claim, .. } => !records.is_claimed(claim),
        _ => true,
    };
    sights.into_iter().find(is_free).unwrap_or(Sight::NotThere)
}

impl Desk {
    /// One look for all of `unseen`; none, when enough of them were paid for today.
    fn look_for(
        &mut self,
        records: &mut dyn Records,
        unseen: Vec<Write>,
        lease: &str,
        now: Timestamp,
    ) -> Option<Errand> {
        let most = unseen.first()?.terms.looks_per_day;
        let allowed = self.count_look(most, now);
        let writes: Vec<Write> = unseen
            .into_iter()
            .map(|mut write| {
                if allowed {
                    write.look(lease.to_owned(), now);
                } else {
                    write.give_up(Why::NotLooked, now);
                }
                records.put(write.record());
                write
            })
            .collect();
        allowed.then(|| Errand::Look { lease: lease.to_owned(), writes })
    }

    fn count_look(&mut self, most: u32, now: Timestamp) -> bool {
        let today = now.as_ms() / DAY_MS;
        if self.looks.0 != today {
            self.looks = (today, 0);
        }
        let allowed = self.looks.1 < most;
        self.looks.1 = self.looks.1.saturating_add(u32::from(allowed));
        allowed
    }

    /// Lets those go that have waited, if their window is open.
    fn send_next(&mut self, records: &mut dyn Records, lease: &str, now: Timestamp) -> Vec<Errand> {
        if now < self.not_before {
            return Vec::new();
        }
        let waiting = std::mem::take(&mut self.waiting);
        let writes = waiting.iter().filter_map(|id| super::load(records, id)).enumerate();
        let sends = writes.map(|(turn, mut write)| {
            let lease = format!("{lease}-w{turn}");
            write.send(lease.clone(), now);
            Errand::Send { lease, write: Box::new(write) }
        });
        let sends: Vec<Errand> = sends.collect();
        for errand in &sends {
            if let Errand::Send { write, .. } = errand {
                records.put(write.record());
            }
        }
        sends
    }
}
