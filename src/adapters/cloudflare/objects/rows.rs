//! An object's rows in its SQLite.

use std::cell::RefCell;

use serde::Deserialize;
use worker::{SqlStorage, SqlStorageValue};

use crate::domain::{
    Timestamp,
    machine::{Record, Records},
};

/// The rows of one object, during one step.
pub(super) struct Rows {
    sql: SqlStorage,
    fault: RefCell<Option<worker::Error>>,
}

/// A row as SQLite has it.
#[derive(Deserialize)]
struct Row {
    id: String,
    key: Option<String>,
    claim: Option<String>,
    at: u64,
    due_at: Option<u64>,
    ends_at: Option<u64>,
    value: String,
}

#[derive(Deserialize)]
struct Moment {
    at: Option<u64>,
}

impl From<Row> for Record {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            key: row.key,
            claim: row.claim,
            at: Timestamp::from_ms(row.at),
            due_at: row.due_at.map(Timestamp::from_ms),
            ends_at: row.ends_at.map(Timestamp::from_ms),
            value: row.value,
        }
    }
}

impl Rows {
    pub(super) fn of(sql: SqlStorage) -> Self {
        Self { sql, fault: RefCell::default() }
    }

    /// Goes on only if every statement of the step was taken.
    ///
    /// # Errors
    /// The first refusal.
    pub(super) fn sound(self) -> worker::Result<()> {
        self.fault.into_inner().map_or(Ok(()), Err)
    }

    fn select<T: for<'de> Deserialize<'de>>(&self, statement: &str, values: Vec<SqlStorageValue>) -> Vec<T> {
        let read = || self.sql.exec(statement, values)?.next::<T>().collect::<worker::Result<Vec<T>>>();
        read().unwrap_or_else(|e| {
            self.fault.borrow_mut().get_or_insert(e);
            Vec::new()
        })
    }

    fn records(&self, rest: &str, values: Vec<SqlStorageValue>) -> Vec<Record> {
        let statement = format!("SELECT id, key, claim, at, due_at, ends_at, value FROM record {rest}");
        self.select::<Row>(&statement, values).into_iter().map(Record::from).collect()
    }

    fn change(&self, statement: &str, values: Vec<SqlStorageValue>) {
        if let Err(e) = self.sql.exec(statement, values) {
            self.fault.borrow_mut().get_or_insert(e);
        }
    }
}

impl Records for Rows {
    fn get(&self, id: &str) -> Option<Record> {
        self.records("WHERE id = ?", vec![id.into()]).pop()
    }

    fn by_key(&self, key: &str) -> Option<Record> {
        self.records("WHERE key = ?", vec![key.into()]).pop()
    }

    fn is_claimed(&self, claim: &str) -> bool {
        !self.records("WHERE claim = ? LIMIT 1", vec![claim.into()]).is_empty()
    }

    fn put(&mut self, record: Record) {
        const PUT: &str = "INSERT INTO record (id, key, claim, at, due_at, ends_at, value) VALUES (?, ?, ?, ?, ?, ?, ?) \
            ON CONFLICT (id) DO UPDATE SET key = excluded.key, claim = excluded.claim, at = excluded.at, \
            due_at = excluded.due_at, ends_at = excluded.ends_at, value = excluded.value";
        let values = vec![
            record.id.into(),
            record.key.into(),
            record.claim.into(),
            ms(record.at),
            record.due_at.map(number).into(),
            record.ends_at.map(number).into(),
            record.value.into(),
        ];
        self.change(PUT, values);
    }

    fn remove(&mut self, id: &str) {
        self.change("DELETE FROM record WHERE id = ?", vec![id.into()]);
    }

    fn due(&self, now: Timestamp, most: usize) -> Vec<Record> {
        self.records("WHERE due_at <= ? ORDER BY due_at LIMIT ?", vec![ms(now), count(most)])
    }

    fn next_at(&self) -> Option<Timestamp> {
        const NEXT: &str = "SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM record WHERE due_at IS NOT NULL \
            UNION ALL SELECT min(ends_at) AS at FROM record WHERE ends_at IS NOT NULL)";
        self.select::<Moment>(NEXT, Vec::new()).pop()?.at.map(Timestamp::from_ms)
    }

    fn page(&self, before: Option<(Timestamp, &str)>, most: usize) -> Vec<Record> {
        match before {
            Some((at, id)) => self.records(
                "WHERE (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?",
                vec![ms(at), id.into(), count(most)],
            ),
            None => self.records("ORDER BY at DESC, id DESC LIMIT ?", vec![count(most)]),
        }
    }

    fn forget_ended(&mut self, now: Timestamp, most: usize) {
        const FORGET: &str =
            "DELETE FROM record WHERE id IN (SELECT id FROM record WHERE ends_at <= ? ORDER BY ends_at LIMIT ?)";
        self.change(FORGET, vec![ms(now), count(most)]);
    }

    fn clear(&mut self) {
        self.change("DELETE FROM record", Vec::new());
    }
}

fn number(at: Timestamp) -> i64 {
    i64::try_from(at.as_ms()).unwrap_or(i64::MAX)
}

fn ms(at: Timestamp) -> SqlStorageValue {
    number(at).into()
}

fn count(most: usize) -> SqlStorageValue {
    i64::try_from(most).unwrap_or(i64::MAX).into()
}
