//! What an object keeps beside its value: rows that are found by their id, by a second name, and by when they fall due.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub id: String,
    /// A second name, unique while the row lives.
    pub key: Option<String>,
    /// What it stands for in the world, of which no other row may claim to be the maker.
    pub claim: Option<String>,
    /// When it was made.
    pub at: Timestamp,
    /// When something has to be done about it.
    pub due_at: Option<Timestamp>,
    /// When it may be forgotten, if ever.
    pub ends_at: Option<Timestamp>,
    /// What it holds, as JSON.
    pub value: String,
}

/// The rows of one object.
///
/// They do not fail: where storage does, the shell learns of it after the step, answers nothing, and forgets what it had in memory.
pub trait Records {
    /// The row called `id`.
    fn get(&self, id: &str) -> Option<Record>;
    /// The row whose second name is `key`.
    fn by_key(&self, key: &str) -> Option<Record>;
    /// Whether a row has made this claim.
    fn is_claimed(&self, claim: &str) -> bool;
    /// Writes a row, in the place of one with the same id.
    fn put(&mut self, record: Record);
    /// Removes a row, if there is one.
    fn remove(&mut self, id: &str);
    /// Rows that have fallen due, those first that did so first; `most` of them.
    fn due(&self, now: Timestamp, most: usize) -> Vec<Record>;
    /// When the next row falls due, or may be forgotten.
    fn next_at(&self) -> Option<Timestamp>;
    /// Rows made before the one with this time and id, the youngest first; `most` of them.
    fn page(&self, before: Option<(Timestamp, &str)>, most: usize) -> Vec<Record>;
    /// Removes rows that may be forgotten, `most` of them.
    fn forget_ended(&mut self, now: Timestamp, most: usize);
    /// Removes all rows.
    fn clear(&mut self);
}
