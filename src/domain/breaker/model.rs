//! The breaker beside a model of it that is too simple to be wrong: it keeps every call and every probe for ever, and looks
//! through all of them each time.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Move {
    Calls(Outcome, u32),
    Probe,
    /// The n-th newest probe reports.
    Conclude(usize, Outcome),
    Force(Mode, Option<u64>),
    Release,
    Wait(u64),
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        2 => Just(Outcome::Success { slow: false }),
        1 => Just(Outcome::Success { slow: true }),
        3 => Just(Outcome::Failure),
        1 => Just(Outcome::Neutral),
    ]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let mode = prop_oneof![Just(Mode::Open), Just(Mode::Closed), Just(Mode::MetricsOnly)];
    let wait = prop_oneof![1_u64..1_000, 1_000_u64..12_000, Just(5_000), Just(15_000), 20_000_u64..70_000];
    let good = prop_oneof![3 => Just(Outcome::Success { slow: false }), 1 => outcomes()];
    let one = prop_oneof![
        6 => (outcomes(), 1_u32..25).prop_map(|(outcome, times)| Move::Calls(outcome, times)),
        6 => Just(Move::Probe),
        6 => (0_usize..4, good).prop_map(|(which, outcome)| Move::Conclude(which, outcome)),
        1 => (mode, prop::option::of(1_u64..40_000)).prop_map(|(mode, ms)| Move::Force(mode, ms)),
        1 => Just(Move::Release),
        8 => wait.prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..60)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Closed,
    Trial(u64),
    Open(u64),
    Half,
}

/// All times in milliseconds since the beginning.
struct Model {
    is: Is,
    since: u64,
    /// How many states there have been: probes of another than the present one are void.
    round: u32,
    openings: u32,
    calls: Vec<(u64, Outcome)>,
    probes: Vec<Sent>,
    forced: Option<(Mode, Option<u64>)>,
}

#[derive(Clone, Copy)]
struct Sent {
    round: u32,
    given: u64,
    reported: Option<(u64, Outcome)>,
}

impl Model {
    fn new() -> Self {
        let (calls, probes) = (Vec::new(), Vec::new());
        Self { is: Is::Closed, since: 0, round: 0, openings: 0, calls, probes, forced: None }
    }

    fn turn(&mut self, is: Is, now: u64) {
        (self.is, self.since) = (is, now);
        self.round += 1;
        self.calls.clear();
        if is == Is::Closed {
            self.openings = 0;
        }
    }

    fn trip(&mut self, now: u64) {
        let pause = [5_000, 10_000, 20_000, 40_000, 60_000][self.openings.min(4) as usize];
        self.turn(Is::Open(now + pause), now);
        self.openings += 1;
    }

    fn pass_time(&mut self, now: u64) {
        if let Some((mode, Some(end))) = self.forced
            && now >= end
        {
            self.end_force(mode, now);
        }
        match self.is {
            Is::Open(until) if now >= until => self.turn(Is::Half, now),
            Is::Trial(until) if now >= until => self.turn(Is::Closed, now),
            Is::Half if self.out(now) == 0 && now >= self.newest_probing() + 5_000 => {
                self.turn(Is::Trial(now + 30_000), now);
            }
            _ => {}
        }
    }

    fn end_force(&mut self, mode: Mode, now: u64) {
        self.forced = None;
        self.turn(Is::Closed, now);
        if mode == Mode::Open {
            self.turn(Is::Half, now);
        }
    }

    fn sent(&self) -> impl Iterator<Item = &Sent> {
        self.probes.iter().filter(|probe| probe.round == self.round)
    }

    fn out(&self, now: u64) -> usize {
        self.sent().filter(|probe| probe.reported.is_none() && now < probe.given + 15_000).count()
    }

    fn passed(&self) -> usize {
        let good = |(_, outcome)| outcome == Outcome::Success { slow: false };
        self.sent().filter(|probe| probe.reported.is_some_and(good)).count()
    }

    fn newest_probing(&self) -> u64 {
        let moments = self.sent().map(|probe| probe.reported.map_or(probe.given, |(at, _)| at));
        moments.max().unwrap_or(self.since)
    }

    fn calls(&mut self, outcome: Outcome, times: u32, now: u64) {
        let listens = self.forced.is_none_or(|(mode, _)| mode == Mode::MetricsOnly);
        if !listens || outcome == Outcome::Neutral || !matches!(self.is, Is::Closed | Is::Trial(_)) {
            return;
        }
        self.calls.extend((0..times).map(|_| (now, outcome)));
        let recent: Vec<_> = self.calls.iter().filter(|(at, _)| now < at / 3_000 * 3_000 + 30_000).collect();
        let share = |wanted| recent.iter().filter(|(_, outcome)| *outcome == wanted).count() * 100 / recent.len();
        let bad = recent.len() >= 20 && (share(Outcome::Failure) >= 50 || share(Outcome::Success { slow: true }) >= 80);
        let failed = recent.iter().any(|(_, outcome)| *outcome == Outcome::Failure);
        let trips = if matches!(self.is, Is::Trial(_)) { failed } else { bad };
        if trips && self.forced.is_none() {
            self.trip(now);
        }
    }

    fn probe(&mut self, now: u64) -> bool {
        let gives = self.forced.is_none() && self.is == Is::Half && self.out(now) + self.passed() < 3;
        if gives {
            self.probes.push(Sent { round: self.round, given: now, reported: None });
        }
        gives
    }

    fn conclude(&mut self, which: usize, outcome: Outcome, now: u64) {
        let (round, half) = (self.round, self.is == Is::Half);
        let Some(probe) = self.probes.iter_mut().rev().nth(which) else {
            return;
        };
        if !half || probe.round != round || probe.reported.is_some() || now >= probe.given + 15_000 {
            return;
        }
        probe.reported = Some((now, outcome));
        if matches!(outcome, Outcome::Failure | Outcome::Success { slow: true }) {
            self.trip(now);
        } else if self.passed() == 3 {
            self.turn(Is::Closed, now);
        }
    }
}

/// Both, side by side.
struct Pair {
    breaker: Breaker,
    model: Model,
    permits: Vec<u64>,
    now: u64,
}

impl Pair {
    fn play(&mut self, next: Move) {
        let at = Timestamp::from_ms(self.now);
        self.model.pass_time(self.now);
        match next {
            Move::Wait(ms) => self.now += ms,
            Move::Calls(outcome, times) => {
                let mut window = OutcomeWindow::default();
                (0..times).for_each(|_| window.note(outcome, at));
                self.breaker.step(Command::Report { buckets: window.drain(at), random: 0 }, at);
                self.model.calls(outcome, times, self.now);
            }
            Move::Probe => {
                let permit = match self.breaker.step(Command::Probe, at).reply {
                    Some(Reply::Permit(permit)) => Some(permit),
                    _ => None,
                };
                assert_eq!(permit.is_some(), self.model.probe(self.now));
                self.permits.extend(permit);
            }
            Move::Conclude(which, outcome) => {
                let permit = self.permits.iter().rev().nth(which).copied().unwrap_or(u64::MAX);
                self.breaker.step(Command::ProbeResult { permit, outcome, random: 0 }, at);
                self.model.conclude(which, outcome, self.now);
            }
            Move::Force(mode, lasts) => {
                let expires_at = lasts.map(|ms| at.plus_ms(ms));
                let forced = Override { mode, reason: String::new(), by: String::new(), since: at, expires_at };
                self.breaker.step(Command::Force(forced), at);
                self.model.turn(Is::Closed, self.now);
                self.model.forced = Some((mode, lasts.map(|ms| self.now + ms)));
            }
            Move::Release => {
                self.breaker.step(Command::Release, at);
                if let Some((mode, _)) = self.model.forced {
                    self.model.end_force(mode, self.now);
                }
            }
        }
    }

    fn agree(&mut self) {
        let at = Timestamp::from_ms(self.now);
        self.model.pass_time(self.now);
        let Some(Reply::Snapshot(seen)) = self.breaker.step(Command::Snapshot, at).reply else { panic!("no snapshot") };
        let expected = match self.model.is {
            Is::Closed | Is::Trial(_) => Phase::Closed,
            Is::Open(until) => Phase::Open { until: Timestamp::from_ms(until) },
            Is::Half => Phase::HalfOpen,
        };
        assert_eq!(
            (seen.phase, seen.forced.map(|forced| forced.mode)),
            (expected, self.model.forced.map(|(mode, _)| mode))
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12_000))]

    #[test]
    fn the_breaker_does_what_the_model_does(moves in moves()) {
        let mut pair = Pair { breaker: Breaker::default(), model: Model::new(), permits: Vec::new(), now: 1 };
        for next in moves {
            pair.play(next);
            pair.agree();
        }
    }
}
