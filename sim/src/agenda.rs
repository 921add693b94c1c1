//! Virtual time: what happens when. Time moves to the next event only when no task can go on.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::event::Event;

/// What is still to happen.
#[derive(Default)]
pub(crate) struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    added: u64,
}

/// Ordered by its moment; among those of one moment chance decides.
struct Entry {
    at: u64,
    chance: u32,
    number: u64,
    event: Event,
}

impl Agenda {
    /// `event` happens at `at`.
    pub(crate) fn add(&mut self, at: u64, chance: u32, event: Event) {
        self.added += 1;
        self.heap.push(Reverse(Entry { at, chance, number: self.added, event }));
    }

    /// The next event, and when it happens; nothing, if that is later than `until`.
    pub(crate) fn next(&mut self, until: u64) -> Option<(u64, Event)> {
        self.heap.peek().filter(|Reverse(entry)| entry.at <= until)?;
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.event))
    }
}

impl Entry {
    const fn key(&self) -> (u64, u32, u64) {
        (self.at, self.chance, self.number)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
