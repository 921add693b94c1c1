//! An object's rows in memory.

use std::collections::BTreeMap;

use crate::domain::{
    Timestamp,
    machine::{Record, Records},
};

/// The rows of one object.
#[derive(Clone, Debug, Default)]
pub struct MemoryRecords(BTreeMap<String, Record>);

impl MemoryRecords {
    /// All rows, as text: what a look into storage would show.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|record| record.value.as_str())
    }

    fn sorted(&self, by: impl Fn(&Record) -> Option<Timestamp>, until: Timestamp, most: usize) -> Vec<Record> {
        let mut found: Vec<&Record> =
            self.0.values().filter(|record| by(record).is_some_and(|at| at <= until)).collect();
        found.sort_by_key(|record| by(record));
        found.into_iter().take(most).cloned().collect()
    }
}

impl Records for MemoryRecords {
    fn get(&self, id: &str) -> Option<Record> {
        self.0.get(id).cloned()
    }

    fn by_key(&self, key: &str) -> Option<Record> {
        self.0.values().find(|record| record.key.as_deref() == Some(key)).cloned()
    }

    fn is_claimed(&self, claim: &str) -> bool {
        self.0.values().any(|record| record.claim.as_deref() == Some(claim))
    }

    fn put(&mut self, record: Record) {
        self.0.insert(record.id.clone(), record);
    }

    fn remove(&mut self, id: &str) {
        self.0.remove(id);
    }

    fn due(&self, now: Timestamp, most: usize) -> Vec<Record> {
        self.sorted(|record| record.due_at, now, most)
    }

    fn next_at(&self) -> Option<Timestamp> {
        self.0.values().flat_map(|record| [record.due_at, record.ends_at]).flatten().min()
    }

    fn page(&self, before: Option<(Timestamp, &str)>, most: usize) -> Vec<Record> {
        let mut found: Vec<&Record> = self.0.values().collect();
        found.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
        let is_later = |record: &&&Record| before.is_none_or(|before| (record.at, record.id.as_str()) < before);
        found.iter().filter(is_later).take(most).map(|record| (*record).clone()).collect()
    }

    fn forget_ended(&mut self, now: Timestamp, most: usize) {
        for record in self.sorted(|record| record.ends_at, now, most) {
            self.0.remove(&record.id);
        }
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}
