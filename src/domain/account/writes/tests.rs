//! Turns, waiting and cancelling. Rows are in a map; what a write goes through has tests of its own.

use std::collections::BTreeMap;

use super::*;
use crate::domain::{
    account::Command,
    ids::AccountId,
    machine::{Machine, Record},
    planner::{Ask, Lane},
    window::LearnedWindow,
    write::{Intent, Keyed, Terms},
};

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const OPERATION: &str = "POST /2/tweets";

#[derive(Default)]
struct Rows(BTreeMap<String, Record>);

impl Records for Rows {
    fn get(&self, id: &str) -> Option<Record> {
        self.0.get(id).cloned()
    }
    fn by_key(&self, key: &str) -> Option<Record> {
        self.0.values().find(|row| row.key.as_deref() == Some(key)).cloned()
    }
    fn is_claimed(&self, claim: &str) -> bool {
        self.0.values().any(|row| row.claim.as_deref() == Some(claim))
    }
    fn put(&mut self, record: Record) {
        self.0.insert(record.id.clone(), record);
    }
    fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }
    fn due(&self, now: Timestamp, most: usize) -> Vec<Record> {
        self.0.values().filter(|row| row.due_at.is_some_and(|at| at <= now)).take(most).cloned().collect()
    }
    fn next_at(&self) -> Option<Timestamp> {
        self.0.values().flat_map(|row| [row.due_at, row.ends_at]).flatten().min()
    }
    fn page(&self, _before: Option<(Timestamp, &str)>, most: usize) -> Vec<Record> {
        self.0.values().rev().take(most).cloned().collect()
    }
    fn forget_ended(&mut self, now: Timestamp, _most: usize) {
        self.0.retain(|_, row| row.ends_at.is_none_or(|at| at > now));
    }
    fn clear(&mut self) {
        self.0.clear();
    }
}

/// An account's object with its rows.
#[derive(Default)]
struct Object {
    account: Account,
    rows: Rows,
}

impl Object {
    /// One whose window for tweets X has said to be empty for the next `seconds`.
    fn shut_for(seconds: u64) -> Self {
        let mut object = Self::default();
        let (name, reset_at) = (OPERATION.to_owned(), NOW.plus_ms(seconds * 1000));
        let windows = vec![LearnedWindow { name, limit: 100, remaining: 0, reset_at }];
        object.account.step(Command::Learn { windows }, NOW);
        object
    }

    fn ask(&mut self, command: WriteCommand, now: Timestamp) -> Option<WriteReply> {
        let step = self.account.step_over(&mut self.rows, Command::Write(Box::new(command)), now);
        step.reply.map(|reply| match reply {
            Reply::Write(reply) => *reply,
            other => panic!("{other:?}"),
        })
    }

    fn begin(&mut self, begin: &Begin, now: Timestamp) -> Option<WriteReply> {
        self.ask(WriteCommand::Begin(Box::new(Begin { asked_at: now, ..begin.clone() })), now)
    }

    fn due(&mut self, now: Timestamp) -> Vec<Errand> {
        match self.ask(WriteCommand::Due { lease: "d".to_owned(), app_lease: None }, now) {
            Some(WriteReply::Errands(errands)) => errands,
            other => panic!("{other:?}"),
        }
    }

    fn state(&mut self, id: &WriteId, now: Timestamp) -> Option<&'static str> {
        match self.ask(WriteCommand::Show { id: id.clone() }, now) {
            Some(WriteReply::Shown(write)) => write.map(|write| write.state.name()),
            other => panic!("{other:?}"),
        }
    }
}

fn wish(number: u8, manner: Manner, lane: Lane) -> Begin {
    let ask = Ask {
        operation: OPERATION.to_owned(),
        limits: vec![(100, 900)],
        app_limits: Vec::new(),
        lane,
        application: "kid".to_owned(),
    };
    Begin {
        id: WriteId::make(&AccountId::app(), &[number; 16]),
        keyed: None,
        lease: format!("l{number}"),
        intent: Intent {
            operation: OPERATION.to_owned(),
            target: "/2/tweets".to_owned(),
            headers: Vec::new(),
            body: "{}".to_owned(),
            user: None,
            application: "kid".to_owned(),
            request_id: "r".to_owned(),
        },
        terms: Terms { lease_ms: 60_000, settle_ms: 30_000, keep_ms: 1_000, can_be_seen: true, looks_per_day: 9 },
        ask,
        manner,
        app_lease: None,
        asked_at: NOW,
    }
}

fn sends(errands: &[Errand]) -> Vec<String> {
    let sends = errands.iter().filter_map(|errand| match errand {
        Errand::Send { write, .. } => Some(write.id.as_str().to_owned()),
        _ => None,
    });
    sends.collect()
}

#[test]
fn who_wants_it_now_is_told_when_and_nothing_is_kept() {
    let mut object = Object::shut_for(600);
    let begin = wish(1, Manner::Now, Lane::Normal);
    let Some(WriteReply::Shut(shut)) = object.begin(&begin, NOW) else { panic!("it was not refused") };
    assert!(shut.until >= NOW.plus_ms(600_000));
    assert_eq!(object.state(&begin.id, NOW), None);
}

#[test]
fn who_wants_it_later_is_sent_when_the_window_opens_the_urgent_first() {
    let mut object = Object::shut_for(600);
    let begins = [wish(1, Manner::Later, Lane::Low), wish(2, Manner::Later, Lane::Critical)];
    for begin in &begins {
        assert!(matches!(object.begin(begin, NOW), Some(WriteReply::Shown(Some(_)))));
        assert_eq!(object.state(&begin.id, NOW), Some("waiting"));
    }
    assert!(object.due(NOW.plus_ms(300_000)).is_empty(), "the window is shut");
    let wakes_at = object.account.wakes_at(&object.rows).unwrap();
    assert!(wakes_at >= NOW.plus_ms(600_000));
    let sent = sends(&object.due(wakes_at));
    assert_eq!(sent, [begins[1].id.as_str(), begins[0].id.as_str()]);
    assert_eq!(object.state(&begins[0].id, wakes_at), Some("sending"));
}

#[test]
fn who_waits_for_the_answer_is_given_leave_when_the_window_opens_and_nobody_else_sends_it() {
    let mut object = Object::shut_for(5);
    let begin = wish(1, Manner::Until(NOW.plus_ms(20_000)), Lane::Normal);
    assert_eq!(object.begin(&begin, NOW), None, "it is parked");
    assert_eq!(object.begin(&begin, NOW.plus_ms(1000)), None);
    let opens = object.account.wakes_at(&object.rows).unwrap();
    assert!(sends(&object.due(opens)).is_empty(), "its asker sends it");
    let Some(WriteReply::Send { lease, .. }) = object.begin(&begin, opens) else { panic!("it has no leave") };
    assert_eq!(lease, "l1");
}

#[test]
fn who_waits_in_vain_is_told_and_who_does_not_come_back_is_forgotten() {
    let mut object = Object::shut_for(600);
    let short = wish(1, Manner::Until(NOW.plus_ms(20_000)), Lane::Normal);
    assert!(matches!(object.begin(&short, NOW), Some(WriteReply::Shut(_))), "it cannot be served in time");
    let mut object = Object::shut_for(10);
    let begin = wish(2, Manner::Until(NOW.plus_ms(20_000)), Lane::Normal);
    assert_eq!(object.begin(&begin, NOW), None);
    let (name, reset_at) = (OPERATION.to_owned(), NOW.plus_ms(900_000));
    let windows = vec![LearnedWindow { name, limit: 100, remaining: 0, reset_at }];
    object.account.step(Command::Learn { windows }, NOW.plus_ms(1000));
    let late = NOW.plus_ms(20_000);
    assert!(matches!(object.begin(&begin, late), Some(WriteReply::Shut(_))));
    assert_eq!(object.state(&begin.id, late), None);
    let mut object = Object::shut_for(10);
    assert_eq!(object.begin(&begin, NOW), None);
    object.due(late);
    assert_eq!(object.state(&begin.id, late), None, "nobody waits for it any more");
}

#[test]
fn who_waits_can_be_taken_back_and_a_name_stays_taken() {
    let mut object = Object::shut_for(600);
    let keyed = Some(Keyed { key: "k".to_owned(), fingerprint: "f".to_owned() });
    let begin = Begin { keyed: keyed.clone(), ..wish(1, Manner::Later, Lane::Normal) };
    object.begin(&begin, NOW);
    let cancelled = object.ask(WriteCommand::Cancel { id: begin.id.clone() }, NOW);
    assert!(matches!(cancelled, Some(WriteReply::Shown(Some(write))) if write.state == State::Cancelled));
    assert!(sends(&object.due(NOW.plus_ms(700_000))).is_empty());
    let mut object = Object::default();
    let first = Begin { keyed: keyed.clone(), ..wish(2, Manner::Now, Lane::Normal) };
    object.begin(&first, NOW);
    let again = Begin { keyed, ..wish(3, Manner::Now, Lane::Normal) };
    assert_eq!(object.begin(&again, NOW), Some(WriteReply::Running { retry_after_ms: 1000 }));
    let cancelled = object.ask(WriteCommand::Cancel { id: first.id.clone() }, NOW);
    assert!(matches!(cancelled, Some(WriteReply::TooLate(_))));
}

#[test]
fn an_answer_that_was_not_heard_is_given_again_and_counts_once() {
    let mut object = Object::default();
    for number in 0..100 {
        let begin = wish(number, Manner::Now, Lane::Critical);
        let leave = object.begin(&begin, NOW);
        assert!(matches!(&leave, Some(WriteReply::Send { .. })), "{number}");
        assert_eq!(object.begin(&begin, NOW), leave);
    }
    assert!(matches!(object.begin(&wish(100, Manner::Now, Lane::Critical), NOW), Some(WriteReply::Shut(_))));
}

#[test]
fn what_was_not_sent_gives_its_turn_back() {
    let mut object = Object::default();
    for number in 0..200 {
        let begin = wish(number, Manner::Now, Lane::Critical);
        assert!(matches!(object.begin(&begin, NOW), Some(WriteReply::Send { .. })));
        let outcome = Box::new(Outcome::NotSent { code: String::new(), detail: String::new(), again_after_ms: None });
        let lease = begin.lease.clone();
        object.ask(WriteCommand::Finish { id: begin.id.clone(), lease, outcome, is_awaited: true }, NOW);
        assert_eq!(object.state(&begin.id, NOW), Some("failed"));
        assert!(matches!(object.begin(&begin, NOW), Some(WriteReply::Shown(Some(_)))), "a late message begins nothing");
    }
}

#[test]
fn what_waited_and_cannot_be_sent_waits_again_or_fails() {
    for (again_after_ms, state) in [(Some(5000), "waiting"), (None, "failed")] {
        let mut object = Object::shut_for(600);
        let begin = wish(1, Manner::Later, Lane::Normal);
        object.begin(&begin, NOW);
        let opens = object.account.wakes_at(&object.rows).unwrap();
        let errands = object.due(opens);
        let Some(Errand::Send { lease, .. }) = errands.first() else { panic!("{errands:?}") };
        let outcome = Box::new(Outcome::NotSent { code: "x".to_owned(), detail: String::new(), again_after_ms });
        object.ask(
            WriteCommand::Finish { id: begin.id.clone(), lease: lease.clone(), outcome, is_awaited: false },
            opens,
        );
        assert_eq!(object.state(&begin.id, opens), Some(state));
        let later = sends(&object.due(opens.plus_ms(6000)));
        assert_eq!(later.len(), usize::from(state == "waiting"));
    }
}

#[test]
fn a_removed_account_sends_nothing_that_waits() {
    let mut object = Object::shut_for(600);
    let begin = wish(1, Manner::Later, Lane::Normal);
    object.begin(&begin, NOW);
    object.account.step_over(&mut object.rows, Command::Forget, NOW);
    assert_eq!(object.state(&begin.id, NOW), Some("cancelled"));
    assert!(sends(&object.due(NOW.plus_ms(700_000))).is_empty());
}
