//! Time, randomness, waiting, the queue and the log, in memory.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
};

use sha2::{Digest, Sha256};

use crate::{
    domain::{Timestamp, audit::AuditRow},
    ports::{AuditQueue, Background, Clock, EdgeLimit, Entropy, Log, Timer, Unavailable},
};

/// A clock that moves when it is told to.
#[derive(Debug)]
pub struct HandClock(AtomicU64);

impl HandClock {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicU64::new(start.as_ms()))
    }

    /// Moves on by `ms`.
    pub fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::Relaxed))
    }
}

/// Bytes that look random and are the same in every run: SHA-256 of a counter.
#[derive(Debug, Default)]
pub struct SeededEntropy(AtomicU64);

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
            chunk.iter_mut().zip(block).for_each(|(byte, random)| *byte = random);
        }
        Ok(())
    }
}

/// Waiting moves the clock instead of taking time.
pub struct YieldTimer(pub Arc<HandClock>);

/// Who waits so long waits for something else to fail, in ms: it lets everything else come to an end first, so many turns long.
const PATIENT_MS: u64 = 10_000;
const TURNS: u32 = 2_000;

#[async_trait::async_trait]
impl Timer for YieldTimer {
    async fn sleep(&self, ms: u64) {
        let until = self.0.now().plus_ms(ms);
        if ms >= PATIENT_MS {
            for _ in 0..TURNS {
                yield_now().await;
            }
        }
        self.0.advance(until.ms_since(self.0.now()));
        yield_now().await;
    }
}

/// Lets every other task run once.
pub(super) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Work beside the answer, handed to whoever runs the test's tasks.
pub struct TokioBackground(pub Box<dyn Fn(Work) + Send + Sync>);

/// A task.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Background for TokioBackground {
    fn spawn(&self, work: Work) {
        (self.0)(work);
    }
}

/// A queue that keeps its messages until they are taken, or refuses them.
#[derive(Default)]
pub struct MemoryQueue {
    rows: Mutex<Vec<AuditRow>>,
    down: AtomicBool,
}

impl MemoryQueue {
    /// Takes all messages off the queue.
    pub fn take(&self) -> Vec<AuditRow> {
        std::mem::take(&mut *self.rows.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it refuses from now on.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }
}

#[async_trait::async_trait]
impl AuditQueue for MemoryQueue {
    async fn send(&self, rows: &[AuditRow]) -> Result<(), Unavailable> {
        if self.down.load(Ordering::Relaxed) {
            return Err(Unavailable::new("queue", "down"));
        }
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(rows);
        Ok(())
    }
}

/// The platform's coarse limit, with its gate open or shut.
#[derive(Default)]
pub struct OpenGate {
    shut: AtomicBool,
}

impl OpenGate {
    /// Whether everything is refused from now on.
    pub fn set_shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::Relaxed);
    }
}

#[async_trait::async_trait]
impl EdgeLimit for OpenGate {
    async fn admits(&self, _key: &str) -> bool {
        !self.shut.load(Ordering::Relaxed)
    }
}

/// Keeps the log's lines.
#[derive(Default)]
pub struct MemoryLog(Mutex<Vec<serde_json::Value>>);

impl MemoryLog {
    /// The lines so far.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Log for MemoryLog {
    fn write_text(&self, line: &str) {
        // A line that is no JSON stands out as a text.
        let line = serde_json::from_str(line).unwrap_or_else(|_| serde_json::Value::from(line));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}
