//! Alarms: at least once, on the object's own isolate, by the same code that a Worker runs.

use std::sync::Arc;

use perch::{
    domain::{ids::AccountId, machine::Object},
    services::writes,
};

use super::{Event, objects};
use crate::{
    isolate::{self, Port},
    world::{State, World},
};

/// When an object whose work on an alarm does not end is woken again, in ms: as perch's shell on the platform does.
const AGAIN_MS: u64 = 120_000;

impl World {
    /// An alarm goes off, unless it was moved.
    pub(crate) fn alarm(&self, to: &Arc<str>, at: u64) {
        let visit = self.with(|state| state.alarm_rings(to, at));
        let (Some(visit), Some(config)) = (visit, isolate::config()) else { return };
        let Some(owner) = to.split_once('/').and_then(|(_, name)| AccountId::of_object(name).ok()) else { return };
        let isolate = self.with(|state| state.objects_isolate());
        let context = Port { world: self.clone(), visit, isolate }.context(&config);
        let (world, to) = (self.clone(), to.clone());
        let work = async move {
            writes::see_to(&context, &owner).await;
            world.with(|state| {
                let wanted = state.seats.seat(&to).wanted(Object::Account);
                state.seats.seat(&to).alarm = None;
                state.arm(&to, wanted);
                state.answered(visit);
            });
        };
        self.with(|state| state.begin(visit, Box::pin(work)));
    }
}

impl State {
    /// Whether the alarm goes off: then a visit of the object's own. It will go off again, whatever becomes of that.
    fn alarm_rings(&mut self, to: &Arc<str>, at: u64) -> Option<usize> {
        let seat = self.seats.seat(to);
        if seat.alarm != Some(at) {
            return None;
        }
        seat.alarm = None;
        self.note("an alarm goes off", [at, 0], || to.to_string());
        self.arm(to, Some(self.now + AGAIN_MS));
        let isolate = self.objects_isolate();
        let visit = self.visit(isolate);
        self.visit_of_object(visit, to.clone());
        Some(visit)
    }

    /// Has the object woken when it wants it, unless it is woken before.
    pub(super) fn arm(&mut self, to: &Arc<str>, wanted: Option<u64>) {
        let Some(wanted) = wanted else { return };
        let now = self.now;
        let seat = self.seats.seat(to);
        if seat.alarm.is_none_or(|at| wanted < at) {
            let at = wanted.max(now);
            seat.alarm = Some(at);
            self.after(at - now, objects(Event::Alarm { to: to.clone(), at }));
        }
    }
}
