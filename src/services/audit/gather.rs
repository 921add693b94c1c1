//! Rows that come while others are on their way to the queue go together next: one call of the queue instead of many.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::{Timestamp, audit::AuditRow};

/// After so many ms without an end to a sending, whoever sends has not lived to end it.
const LOST_MS: u64 = 10_000;

/// The rows that an isolate has gathered while others were being sent.
#[derive(Default)]
pub struct Gathered(Mutex<Rows>);

#[derive(Default)]
struct Rows {
    rows: Vec<AuditRow>,
    sending: Option<Timestamp>,
}

impl Gathered {
    /// Adds a row, and says whether who added it must send: nobody else is at it.
    pub(super) fn gather(&self, row: AuditRow, now: Timestamp) -> bool {
        let mut gathered = self.lock();
        gathered.rows.push(row);
        let is_sending = gathered.sending.is_some_and(|since| now.ms_since(since) < LOST_MS);
        if !is_sending {
            gathered.sending = Some(now);
        }
        !is_sending
    }

    /// Takes all rows to be sent now; nothing if there are none, and then the sending is over. It is over with these rows where it
    /// is the sender's `last` turn: whoever adds the next row sends it.
    pub(super) fn take(&self, now: Timestamp, last: bool) -> Option<Vec<AuditRow>> {
        let mut gathered = self.lock();
        let rows = std::mem::take(&mut gathered.rows);
        gathered.sending = (!rows.is_empty() && !last).then_some(now);
        (!rows.is_empty()).then_some(rows)
    }

    /// Whether rows have been gathered that nobody has taken.
    pub(super) fn is_waiting(&self) -> bool {
        !self.lock().rows.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Action;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn row(id: &str) -> AuditRow {
        AuditRow {
            id: id.to_owned(),
            at: NOW,
            key_id: None,
            account_id: None,
            action: Action::TweetCreate,
            target: None,
            outcome: "ok".to_owned(),
            correlation_id: String::new(),
            text_sha256: None,
            reason: None,
        }
    }

    #[test]
    fn rows_that_come_while_others_are_sent_go_together() {
        let gathered = Gathered::default();
        assert!(gathered.gather(row("1"), NOW));
        assert_eq!(gathered.take(NOW, false).map(|rows| rows.len()), Some(1));
        assert!(!gathered.gather(row("2"), NOW), "the first is being sent");
        assert!(!gathered.gather(row("3"), NOW) && gathered.is_waiting());
        assert_eq!(gathered.take(NOW, false).map(|rows| rows.len()), Some(2));
        assert_eq!(gathered.take(NOW, false), None);
        assert!(gathered.gather(row("4"), NOW));
    }

    #[test]
    fn after_a_sender_s_last_turn_the_next_row_has_another() {
        let gathered = Gathered::default();
        assert!(gathered.gather(row("1"), NOW));
        assert_eq!(gathered.take(NOW, true).map(|rows| rows.len()), Some(1));
        assert!(gathered.gather(row("2"), NOW), "the first is still being sent, by one who sends no more");
    }

    #[test]
    fn rows_whose_sender_is_gone_are_sent_with_the_next() {
        let gathered = Gathered::default();
        assert!(gathered.gather(row("1"), NOW));
        assert!(gathered.gather(row("2"), NOW.plus_ms(LOST_MS)));
        assert_eq!(gathered.take(NOW, false).map(|rows| rows.len()), Some(2));
    }
}
