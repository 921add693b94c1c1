//! A step, and what comes of it: what is written becomes durable a moment later, and no output leaves before.

use std::{collections::BTreeMap, sync::Arc};

use perch::domain::{Timestamp, machine::Object};

use super::{
    CallId, Event, Message, Standing,
    machines::Stepped,
    objects,
    seat::{Living, Stored, Written},
    unavailable,
};
use crate::{
    flaw::{Flaw, Late},
    world::State,
};

/// How long a parked caller waits for a change before it is stepped again, in ms.
const PARKED_MS: u64 = 1_000;

impl State {
    pub(super) fn deliver(&mut self, message: Message) {
        let weather = self.weather.clone();
        if self.chance(weather.object_crash) {
            let to = message.to.clone();
            if self.rng.bool() {
                self.object_dies(&to);
            } else {
                let ms = self.rng.u64(0..=10);
                self.after(ms, objects(Event::Crash { to }));
            }
        }
        if self.chance(weather.object_evicted) {
            self.evict(&message.to);
        }
        self.step(message);
    }

    /// Steps the object with a command, and sends on what comes of it.
    fn step(&mut self, message: Message) {
        let Some(stepped) = self.stepped(&message) else {
            let fault = Err(unavailable("not a command, or not a value"));
            return self.answer_in(1, message.call, fault);
        };
        let value = stepped.value.map(|value| (value, stepped.wakes_at.map(Timestamp::as_ms)));
        if value.is_some() || stepped.are_rows_written {
            self.write(&message, value, stepped.are_rows_written);
        }
        match stepped.reply {
            Some(reply) => self.hold(&message, reply),
            None => self.park(message),
        }
    }

    fn stepped(&mut self, message: &Message) -> Option<Stepped> {
        let now = self.timestamp();
        let flaw = self.flaw;
        let foreign = self.state_in_kv(message);
        let seat = self.seats.seat(&message.to);
        let mut living = match (foreign, seat.living.take()) {
            (Some(stored), _) => Living::load(message.object, Some(&stored)).ok()?,
            (None, Some(living)) => living,
            (None, None) => Living::load(message.object, seat.stored.as_ref()).ok()?,
        };
        let mut command = message.command.clone();
        if let Some(flaw) = flaw {
            flaw.bend(&mut living.machine, &mut command);
        }
        let stepped = match flaw.and_then(|flaw| flaw.stores_after(&command)) {
            Some(order) => living.step_late(&mut seat.begun, order, &command, now),
            None => living.machine.step(&mut living.rows, &command, now),
        };
        let stepped = stepped.ok()?;
        // Asking an account for its health is dear, and writes and lessons change nothing of its tokens.
        let is_about_tokens = !command.starts_with(br#"{"Write""#) && !command.starts_with(br#"{"Learn""#);
        if (stepped.value.is_some() && is_about_tokens) || seat.standing.is_none() {
            seat.standing = living.machine.standing(now);
        }
        let standing = seat.standing;
        seat.living = Some(living);
        let number = standing.map_or(0, |standing| standing.generation);
        self.note("steps", [message.call, number], || {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let reply = stepped.reply.as_deref().map_or("(parked)".to_owned(), text);
            format!("{} {} -> {reply}", message.to, text(&command))
        });
        Some(stepped)
    }

    /// What the object finds in KV, where the twin keeps its state there.
    fn state_in_kv(&mut self, message: &Message) -> Option<Stored> {
        if self.flaw != Some(Flaw::StateInKv) || message.object != Object::Account {
            return None;
        }
        let text = self.kv_read(message.location, &message.to);
        let stored = || self.seats.all.get(&message.to).and_then(|seat| seat.stored.clone());
        let in_kv = text.map(|text| Stored { value: text.into_bytes(), ..Stored::default() });
        in_kv.or_else(stored)
    }

    /// Writes a value. It is durable a moment later, and no output leaves before.
    fn write(&mut self, message: &Message, value: Option<(Vec<u8>, Option<u64>)>, are_rows_written: bool) {
        let is_account = message.object == Object::Account;
        if is_account && self.flaw == Some(Flaw::StateInKv) {
            let Some((value, _)) = value else { return };
            let text = String::from_utf8_lossy(&value).into_owned();
            return self.kv_write(message.to.to_string(), Some(text), None);
        }
        let replies_first = is_account && self.flaw == Some(Flaw::ReplyFirst);
        let ms = if replies_first { self.rng.u64(1..=5_000) } else { self.rng.u64(1..=8) };
        let now = self.now;
        let seat = self.seats.seat(&message.to);
        let durable_at = (seat.durable_at + 1).max(now + ms);
        seat.durable_at = durable_at;
        let (incarnation, standing) = (seat.incarnation, seat.standing);
        let rows = seat.living.as_ref().filter(|_| are_rows_written).map(|living| living.rows.clone());
        let written = Box::new(Written { value, rows });
        let parked: Vec<CallId> = seat.parked.keys().copied().collect();
        let to = message.to.clone();
        self.after(durable_at - now, objects(Event::Durable { to: to.clone(), incarnation, written, standing }));
        for call in parked {
            self.after(0, objects(Event::Again { to: to.clone(), incarnation, call }));
        }
    }

    /// Holds a reply until everything written so far is durable.
    fn hold(&mut self, message: &Message, reply: Vec<u8>) {
        let replies_first = self.flaw == Some(Flaw::ReplyFirst);
        let now = self.now;
        let seat = self.seats.seat(&message.to);
        let ms = if replies_first { 0 } else { (seat.durable_at + 1).saturating_sub(now) };
        let (to, incarnation, standing) = (message.to.clone(), seat.incarnation, seat.standing);
        self.after(ms, objects(Event::Release { to, incarnation, call: message.call, reply, standing }));
    }

    fn park(&mut self, message: Message) {
        let (to, call) = (message.to.clone(), message.call);
        let seat = self.seats.seat(&to);
        let incarnation = seat.incarnation;
        seat.parked.insert(call, message);
        self.after(PARKED_MS, objects(Event::Again { to, incarnation, call }));
    }

    pub(super) fn again(&mut self, to: &Arc<str>, incarnation: u64, call: CallId) {
        let seat = self.seats.current(to, incarnation);
        if let Some(message) = seat.and_then(|seat| seat.parked.remove(&call)) {
            self.step(message);
        }
    }

    pub(super) fn durable(&mut self, to: &Arc<str>, incarnation: u64, written: Written, standing: Option<Standing>) {
        if self.seats.current(to, incarnation).is_none() {
            return;
        }
        let Written { value, rows } = written;
        if let (Some((value, _)), Some(standing)) = (&value, standing) {
            self.account_stored(to, value, standing);
        }
        let stored = self.seats.seat(to).stored.get_or_insert_default();
        if let Some(rows) = rows {
            stored.rows = rows;
        }
        if let Some((value, wanted)) = value {
            stored.value = value;
            self.arm(to, wanted);
        }
    }

    pub(super) fn release(
        &mut self,
        to: &Arc<str>,
        incarnation: u64,
        call: CallId,
        reply: Vec<u8>,
        standing: Option<Standing>,
    ) {
        if self.seats.current(to, incarnation).is_none() {
            return self.answer_in(1, call, Err(unavailable("the object died")));
        }
        if let Some(standing) = standing {
            self.account_told(to, standing);
        }
        let rate = self.weather.reply_lost;
        if self.chance(rate) {
            self.note("a reply is lost", [call, 0], || to.to_string());
            if self.rng.bool() {
                self.answer_in(5, call, Err(unavailable("the connection broke")));
            }
            return;
        }
        let slow = self.weather.command_slow;
        let ms = if self.chance(slow) { self.rng.u64(100..=15_000) } else { self.rng.u64(1..=15) };
        self.answer_in(ms, call, Ok(reply));
    }

    /// The object dies: what is not durable is gone, and every caller it had hears so.
    pub(super) fn object_dies(&mut self, to: &Arc<str>) {
        self.note("an object dies", [0, 0], || to.to_string());
        self.verdict.counts.restarts += 1;
        let seat = self.seats.seat(to);
        seat.incarnation += 1;
        seat.living = None;
        seat.standing = None;
        seat.begun.clear();
        seat.durable_at = 0;
        for call in std::mem::take(&mut seat.parked).into_keys() {
            self.answer_in(1, call, Err(unavailable("the object died")));
        }
        self.end_visits_of(to);
    }

    /// The isolate they live in is killed.
    pub(crate) fn all_objects_die(&mut self) {
        let all: Vec<Arc<str>> = self.seats.all.keys().cloned().collect();
        for to in &all {
            self.object_dies(to);
        }
    }

    /// An idle object loses its memory.
    fn evict(&mut self, to: &Arc<str>) {
        let now = self.now;
        let seat = self.seats.seat(to);
        if seat.living.is_some() && seat.parked.is_empty() && seat.durable_at < now {
            seat.living = None;
            seat.standing = None;
            self.note("an object is evicted", [0, 0], || to.to_string());
            self.verdict.counts.restarts += 1;
        }
    }
}

impl Living {
    /// A step of the twin that stores what it sends only when it knows what came of it.
    fn step_late(
        &mut self,
        begun: &mut BTreeMap<String, Arc<[u8]>>,
        order: Late,
        command: &Arc<[u8]>,
        now: Timestamp,
    ) -> serde_json::Result<Stepped> {
        match order {
            Late::Begin(id) => {
                let before = self.rows.clone();
                let stepped = self.machine.step(&mut self.rows, command, now)?;
                self.rows = before;
                begun.insert(id, command.clone());
                Ok(Stepped { value: None, are_rows_written: false, ..stepped })
            }
            Late::Finish(id) => {
                if let Some(begin) = begun.remove(&id) {
                    self.machine.step(&mut self.rows, &begin, now)?;
                }
                self.machine.step(&mut self.rows, command, now)
            }
        }
    }
}
