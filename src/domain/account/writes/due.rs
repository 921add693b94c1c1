//! What is to be done when the object is woken: silent senders are given up, what is unknown is looked for, who waits is sent.

use super::{Account, Desk, Errand, Glance, WriteReply, load};
use crate::domain::{
    Timestamp,
    machine::Records,
    planner::{Admission, AppLease},
    write::{Sight, Why, Write},
};

/// Rows that are seen to at once.
const AT_ONCE: usize = 50;

impl Account {
    /// The errands that are due, each under `lease`.
    pub(super) fn errands(
        &mut self,
        records: &mut dyn Records,
        lease: &str,
        app_lease: Option<AppLease>,
        now: Timestamp,
    ) -> WriteReply {
        if let Some(app_lease) = app_lease {
            self.planner.take_lease(app_lease, now);
            self.desk.look_now();
        }
        records.forget_ended(now, AT_ONCE);
        self.desk.drop_forsaken(records, now);
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
        let want = self.call_next(records, now).map(|want| Errand::AppLease { want });
        let sends = self.desk.send_called(records, lease, now);
        WriteReply::Errands(looks.into_iter().chain(sends).chain(want).collect())
    }

    /// Takes what was seen. What is not there is sent once more, if a window is open; else it is looked for again when one is.
    pub(super) fn take_glances(
        &mut self,
        records: &mut dyn Records,
        lease: &str,
        glances: Vec<Glance>,
        now: Timestamp,
    ) -> WriteReply {
        let mut errands = Vec::new();
        for Glance { id, sights } in glances {
            let Some(mut write) = load(records, &id) else { continue };
            let sight = unclaimed(records, sights);
            if write.looked(lease, sight, now) {
                match self.planner.admit(&write.ask, now) {
                    Admission::NotBefore { until, .. } => write.look_not_before(until, now),
                    // One more of a shared window's calls is within what a lease may be off by.
                    Admission::Go | Admission::AppLease { .. } => {
                        let lease = format!("{lease}-{}-{}", write.attempts, errands.len());
                        write.send(lease.clone(), now);
                        errands.push(Errand::Send { lease, write: Box::new(write.clone()) });
                    }
                }
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

    /// Lets those be sent whose window is open and who have nobody to send them.
    fn send_called(&mut self, records: &mut dyn Records, lease: &str, now: Timestamp) -> Vec<Errand> {
        let mut sends = Vec::new();
        for id in self.take_called() {
            let Some(mut write) = load(records, &id) else { continue };
            let lease = format!("{lease}-w{}", sends.len());
            write.send(lease.clone(), now);
            records.put(write.record());
            sends.push(Errand::Send { lease, write: Box::new(write) });
        }
        sends
    }
}
