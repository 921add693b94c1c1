//! Visits: a client's request on an isolate, with all the work it has begun there.

use perch::services::Memory;
use std::sync::Arc;

use crate::{
    event::{Event, Occurrence},
    executor::{TaskId, Work},
    world::State,
};

/// How long work beside an answer goes on after the answer, or after its client has left, in ms (Cloudflare docs, Context API,
/// `waitUntil`).
const BESIDE_MS: u64 = 30_000;

/// A visit's number.
pub(crate) type VisitId = usize;

/// A visit.
pub(crate) struct Visit {
    pub(crate) isolate: usize,
    /// The object whose own work it is, if it is.
    object: Option<Arc<str>>,
    since: u64,
    handler: Option<TaskId>,
    is_over: bool,
    /// It was killed in the middle of something.
    is_cut: bool,
}

/// A Worker isolate: what it remembers, and which of KV's locations it is at.
pub(crate) struct Isolate {
    pub(crate) memory: Arc<Memory>,
    pub(crate) location: usize,
}

impl State {
    /// A client's request arrives on `isolate`. Its work comes with [`Self::begin`].
    pub(crate) fn visit(&mut self, isolate: usize) -> VisitId {
        self.visits.push(Visit {
            isolate,
            object: None,
            since: self.now,
            handler: None,
            is_over: false,
            is_cut: false,
        });
        self.visits.len() - 1
    }

    /// The visit is an object's own work.
    pub(crate) fn visit_of_object(&mut self, visit: VisitId, object: Arc<str>) {
        if let Some(visit) = self.visits.get_mut(visit) {
            visit.object = Some(object);
        }
    }

    /// The isolate that objects live in; no client comes to it.
    pub(crate) fn objects_isolate(&self) -> usize {
        self.isolates.len().saturating_sub(1)
    }

    /// The object is gone, and its own work with it.
    pub(crate) fn end_visits_of(&mut self, object: &Arc<str>) {
        let is_of = |visit: &Visit| visit.object.as_ref() == Some(object) && !visit.is_over;
        for number in 0..self.visits.len() {
            if self.visits.get(number).is_some_and(is_of) {
                self.over(number);
            }
        }
    }

    /// Whether the visit's work came to its own end.
    pub(crate) fn came_to_its_end(&self, visit: VisitId) -> bool {
        self.visits.get(visit).is_some_and(|visit| !visit.is_cut)
    }

    /// How long ago the visit began, in ms.
    pub(crate) fn age_ms(&self, visit: VisitId) -> u64 {
        self.visits.get(visit).map_or(0, |visit| self.now - visit.since)
    }

    /// The visit's handler begins.
    pub(crate) fn begin(&mut self, visit: VisitId, work: Work) {
        let task = self.tasks.upcoming();
        if let Some(visit) = self.visits.get_mut(visit) {
            visit.handler = Some(task);
        }
        self.tasks.spawn(visit, work);
    }

    /// Work beside the visit's answer begins.
    pub(crate) fn begin_beside(&mut self, visit: VisitId, work: Work) {
        if self.visits.get(visit).is_some_and(|visit| !visit.is_over) {
            self.tasks.spawn(visit, work);
        }
    }

    /// The visit's handler has ended, and what is beside it has a time limit from now on.
    pub(crate) fn answered(&mut self, visit: VisitId) {
        if let Some(visit) = self.visits.get_mut(visit) {
            visit.handler = None;
        }
        if self.tasks.has(visit) {
            self.after(BESIDE_MS, Event::Visit(Occurrence::Over(visit)));
        }
    }

    pub(crate) fn hang_up(&mut self, visit: VisitId) {
        let Some(handler) = self.visits.get_mut(visit).and_then(|visit| visit.handler.take()) else {
            return;
        };
        self.note("the client leaves", [visit as u64, 0], || format!("visit {visit}"));
        self.tasks.kill_one(handler);
        self.answered(visit);
    }

    /// Ends everything of a visit.
    pub(crate) fn over(&mut self, visit: VisitId) {
        if !self.tasks.has(visit) {
            return;
        }
        self.note("work beside the answer is ended", [visit as u64, 0], || format!("visit {visit}"));
        if let Some(visit) = self.visits.get_mut(visit) {
            visit.is_over = true;
            visit.is_cut = true;
        }
        self.tasks.kill(|other| other == visit);
        self.flights.retain(|_, flight| flight.visit != visit);
    }

    /// Kills an isolate: every task on it, and what it remembers.
    pub(crate) fn crash(&mut self, isolate: usize) {
        self.note("an isolate is killed", [isolate as u64, 0], || format!("{isolate}"));
        for (number, visit) in self.visits.iter_mut().enumerate().filter(|(_, visit)| visit.isolate == isolate) {
            visit.is_cut |= self.tasks.has(number);
            visit.is_over = true;
            visit.handler = None;
        }
        let visits = &self.visits;
        let is_there = |visit: VisitId| visits.get(visit).is_some_and(|visit| visit.isolate == isolate);
        self.tasks.kill(is_there);
        self.flights.retain(|_, flight| !is_there(flight.visit));
        if let Some(isolate) = self.isolates.get_mut(isolate) {
            isolate.memory = Arc::default();
        }
        if isolate == self.objects_isolate() {
            self.all_objects_die();
        }
    }
}
