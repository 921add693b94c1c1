//! Rows that notice when they are written: the platform stores them whether or not a step asks for its value to be stored.

use perch::{
    adapters::memory::MemoryRecords,
    domain::{
        Timestamp,
        machine::{Record, Records},
    },
};

/// An object's rows, and whether they were written.
pub(super) struct Rows<'a> {
    rows: &'a mut MemoryRecords,
    pub(super) are_written: bool,
}

impl<'a> Rows<'a> {
    /// `rows`, not written yet.
    pub(super) const fn of(rows: &'a mut MemoryRecords) -> Self {
        Self { rows, are_written: false }
    }

    fn write(&mut self) -> &mut MemoryRecords {
        self.are_written = true;
        self.rows
    }
}

impl Records for Rows<'_> {
    fn get(&self, id: &str) -> Option<Record> {
        self.rows.get(id)
    }

    fn by_key(&self, key: &str) -> Option<Record> {
        self.rows.by_key(key)
    }

    fn is_claimed(&self, claim: &str) -> bool {
        self.rows.is_claimed(claim)
    }

    fn put(&mut self, record: Record) {
        self.write().put(record);
    }

    fn remove(&mut self, id: &str) {
        self.write().remove(id);
    }

    fn due(&self, now: Timestamp, most: usize) -> Vec<Record> {
        self.rows.due(now, most)
    }

    fn next_at(&self) -> Option<Timestamp> {
        self.rows.next_at()
    }

    fn page(&self, before: Option<(Timestamp, &str)>, most: usize) -> Vec<Record> {
        self.rows.page(before, most)
    }

    fn forget_ended(&mut self, now: Timestamp, most: usize) {
        self.write().forget_ended(now, most);
    }

    fn clear(&mut self) {
        self.write().clear();
    }
}
