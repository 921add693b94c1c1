//! How bad the world is in a run. Each kind of fault is there or not, rare or frequent: runs in which everything fails at once find
//! less than runs in which a few things fail often.

use fastrand::Rng;

/// Chances, in thousandths, and spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    /// Nothing fails in this run: answers are slow and copies are old, and no caller may notice.
    pub(crate) is_calm: bool,
    /// Whoever calls an object is answered in this run, whatever else goes wrong.
    pub(crate) hears_objects: bool,
    /// How late a late command may be, in ms.
    pub(crate) latest_ms: u64,
    /// How old KV's copies may be, in ms.
    pub(crate) kv_lag_ms: u64,
    /// KV does not answer.
    pub(crate) kv_down: u32,
    /// An isolate is killed around one of its calls of a port.
    pub(crate) isolate_crash: u32,
    /// A client leaves before it is answered.
    pub(crate) hang_up: u32,
    /// An object loses its memory between two commands.
    pub(crate) object_evicted: u32,
    /// An object dies around a step.
    pub(crate) object_crash: u32,
    /// A command does not reach its object.
    pub(crate) command_lost: u32,
    /// A command reaches its object long after its caller has given up.
    pub(crate) command_late: u32,
    /// A command reaches its object twice.
    pub(crate) command_twice: u32,
    /// A command takes seconds.
    pub(crate) command_slow: u32,
    /// The command was taken, and its caller hears nothing.
    pub(crate) reply_lost: u32,
    /// X, per request.
    pub(crate) x: XWeather,
}

/// How X behaves, in thousandths.
#[derive(Clone, Debug, Default)]
pub(crate) struct XWeather {
    /// The connection cannot be made.
    pub(crate) unreachable: u32,
    /// X does it, and its answer is lost.
    pub(crate) answer_lost: u32,
    /// The connection breaks at once, and X does it later all the same.
    pub(crate) done_late: u32,
    /// 503 without doing it.
    pub(crate) failing: u32,
    /// 500 after doing it.
    pub(crate) failing_after: u32,
    /// 429.
    pub(crate) limiting: u32,
    /// The answer takes many seconds.
    pub(crate) slow: u32,
    /// Perch's own client is refused.
    pub(crate) refusing_client: u32,
    /// How late X may still do what it was asked, in ms.
    pub(crate) latest_ms: u64,
}

impl Weather {
    /// The weather of a run: a quarter of all runs is calm.
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let kv_lag_ms = one_of(rng, [0, 5_000, 90_000]);
        if rng.u8(..4) == 0 {
            let object_evicted = rate(rng);
            return Self { is_calm: true, hears_objects: true, kv_lag_ms, object_evicted, ..Self::default() };
        }
        let mut weather = Self {
            is_calm: false,
            hears_objects: false,
            latest_ms: one_of(rng, [60_000, 15_000_000]),
            kv_lag_ms,
            kv_down: rate(rng),
            isolate_crash: rate(rng) / 4,
            hang_up: rate(rng) * 3,
            object_evicted: rate(rng),
            object_crash: rate(rng) / 2,
            command_lost: rate(rng) / 2,
            command_late: rate(rng) / 2,
            command_twice: rate(rng).max(rate(rng)),
            command_slow: rate(rng),
            reply_lost: rate(rng) / 2,
            x: XWeather::draw(rng),
        };
        if rng.u8(..4) == 0 {
            weather.hear_objects();
        }
        weather
    }

    /// In some runs everything may fail but the way to objects and the isolates themselves.
    fn hear_objects(&mut self) {
        self.hears_objects = true;
        self.isolate_crash = 0;
        self.object_crash = 0;
        self.command_lost = 0;
        self.command_late = 0;
        self.command_slow = 0;
        self.command_twice = 0;
        self.reply_lost = 0;
    }

    /// The storm is over: everything works, and copies are still old.
    pub(crate) fn clear(&mut self) {
        let Self { is_calm, hears_objects, kv_lag_ms, .. } = *self;
        *self = Self { is_calm, hears_objects, kv_lag_ms, ..Self::default() };
    }
}

impl XWeather {
    fn draw(rng: &mut Rng) -> Self {
        Self {
            unreachable: rate(rng),
            answer_lost: rate(rng),
            done_late: rate(rng),
            failing: rate(rng),
            failing_after: rate(rng) / 2,
            limiting: rate(rng) / 2,
            slow: rate(rng),
            refusing_client: rate(rng) / 4,
            latest_ms: 60_000,
        }
    }
}

/// One of these, by chance.
pub(crate) fn one_of<const N: usize>(rng: &mut Rng, values: [u64; N]) -> u64 {
    rng.choice(values).unwrap_or_default()
}

fn rate(rng: &mut Rng) -> u32 {
    match rng.u8(..6) {
        0..3 => 0,
        3 => 10,
        4 => 50,
        _ => 200,
    }
}
