//! The world of a run: everything there is, behind one lock, and the loop that lets it go on.

use std::sync::{Arc, Mutex, PoisonError};

use fastrand::Rng;
use perch::domain::{Timestamp, fault::Code};

use crate::{
    agenda::Agenda,
    event::{Event, Occurrence},
    executor::Tasks,
    flaw::Flaw,
    kv::Locations,
    ledger::Ledger,
    objects::{self, Seats},
    trace::Trace,
    upstream::Flights,
    verdict::Verdict,
    visit::{Isolate, Visit},
    weather::Weather,
    wishes::Wished,
    x::X,
};

/// 2027-01-15T08:00:00Z, in ms.
pub(crate) const START: u64 = 1_800_000_000_000;
/// A run that has not come to rest after so many events never will.
const MOST_EVENTS: u64 = 400_000;

/// A handle on the world. It is locked for one thing at a time, and never while a task runs.
#[derive(Clone)]
pub(crate) struct World(Arc<Mutex<State>>);

/// Everything there is.
pub(crate) struct State {
    pub(crate) now: u64,
    pub(crate) rng: Rng,
    pub(crate) weather: Weather,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) trace: Trace,
    pub(crate) verdict: Verdict,
    pub(crate) tasks: Tasks,
    pub(crate) visits: Vec<Visit>,
    pub(crate) isolates: Vec<Isolate>,
    pub(crate) kv: Locations,
    pub(crate) seats: Seats,
    pub(crate) flights: Flights,
    pub(crate) x: X,
    pub(crate) ledger: Ledger,
    pub(crate) wishes: Vec<Wished>,
    /// What the last client was told: its answer, or why not.
    pub(crate) closing: Option<Result<(), Code>>,
    agenda: Agenda,
    events: u64,
}

/// What a scenario adds to the world.
pub(crate) trait Script {
    /// Its own event of this number happens.
    fn happen(&mut self, world: &World, number: u64);
}

impl World {
    /// An empty world in the weather of `seed`.
    pub(crate) fn new(seed: u64, flaw: Option<Flaw>, reads_trace: bool) -> Self {
        let mut rng = Rng::with_seed(seed);
        let weather = Weather::draw(&mut rng);
        let x = X::draw(&mut rng);
        let isolates = (0..=rng.usize(2..=3)).map(|number| Isolate { memory: Arc::default(), location: number % 2 });
        Self(Arc::new(Mutex::new(State {
            now: START,
            isolates: isolates.collect(),
            rng,
            weather,
            flaw,
            trace: Trace::new(START, reads_trace),
            verdict: Verdict::default(),
            tasks: Tasks::default(),
            visits: Vec::new(),
            kv: Locations::default(),
            seats: Seats::default(),
            flights: Flights::default(),
            x,
            ledger: Ledger::default(),
            wishes: Vec::new(),
            closing: None,
            agenda: Agenda::default(),
            events: 0,
        })))
    }

    /// Does one thing with the world.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes on until nothing more happens by itself, or an invariant does not hold.
    pub(crate) fn rest(&self, script: &mut dyn Script) {
        self.rest_until(script, u64::MAX);
    }

    /// The same, but not beyond this moment.
    pub(crate) fn rest_until(&self, script: &mut dyn Script, until: u64) {
        while !self.with(|state| state.verdict.is_broken()) {
            if let Some(turn) = self.with(State::next_turn) {
                let (task, work) = turn.take();
                self.with(|state| state.tasks.put_back(task, work));
            } else {
                match self.with(|state| state.next_event(until)) {
                    Some(Event::Visit(Occurrence::Scenario(number))) => script.happen(self, number),
                    Some(Event::Objects(objects::Event::Alarm { to, at })) => self.alarm(&to, at),
                    Some(event) => self.with(|state| state.happen(event)),
                    None => return,
                }
            }
            drop(self.with(|state| state.tasks.bury()));
        }
    }

    /// The state at the end.
    pub(crate) fn finish<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // What never ended is dropped first: it may hold on to the world.
        let rest = self.with(|state| {
            state.tasks.kill(|_| true);
            state.tasks.bury()
        });
        drop(rest);
        self.with(work)
    }
}

impl State {
    /// This moment.
    pub(crate) const fn timestamp(&self) -> Timestamp {
        Timestamp::from_ms(self.now)
    }

    /// `event` happens in `ms`.
    pub(crate) fn after(&mut self, ms: u64, event: Event) {
        let chance = self.rng.u32(..);
        self.agenda.add(self.now + ms, chance, event);
    }

    /// Whether something of `rate` thousandths happens now. A rate of nothing draws nothing.
    pub(crate) fn chance(&mut self, rate: u32) -> bool {
        rate > 0 && self.rng.u32(..1000) < rate
    }

    /// Notes what happens.
    pub(crate) fn note(&mut self, kind: &'static str, numbers: [u64; 2], words: impl FnOnce() -> String) {
        self.trace.note(self.now, kind, numbers, words);
    }

    /// An invariant does not hold.
    pub(crate) fn violated(&mut self, invariant: &'static str, how: String) {
        self.note("VIOLATED", [0, 0], || format!("{invariant}: {how}"));
        self.verdict.broken(invariant, how);
    }

    fn next_turn(&mut self) -> Option<crate::executor::Turn> {
        let rng = &mut self.rng;
        self.tasks.next(|many| rng.usize(..many))
    }

    fn next_event(&mut self, until: u64) -> Option<Event> {
        self.events += 1;
        if self.events > MOST_EVENTS {
            self.violated("every run comes to rest", format!("not after {MOST_EVENTS} events"));
            return None;
        }
        let (at, event) = self.agenda.next(until)?;
        self.now = at;
        Some(event)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Awake(sleeper) => drop(sleeper.send(())),
            Event::Visit(Occurrence::HangUp(visit)) => self.hang_up(visit),
            Event::Visit(Occurrence::Over(visit)) => self.over(visit),
            Event::Visit(Occurrence::Crash(isolate)) => self.crash(isolate),
            Event::Visit(Occurrence::Scenario(_)) => {}
            Event::Kv(event) => self.kv_event(event),
            Event::Objects(event) => self.objects_event(event),
            Event::Upstream(event) => self.upstream_event(event),
        }
    }

    /// How many events there have been.
    pub(crate) const fn events(&self) -> u64 {
        self.events
    }
}
