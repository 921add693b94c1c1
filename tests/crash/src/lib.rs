//! What crash tests stand on: a gateway with crash points, and the means to hold it there, kill it and have it back.
//!
//! A round of a test: make work, [`arm`](Crash::arm) a point for each account, ask, wait until all are
//! [`reached`](Crash::reached), [`kill`](Crash::kill), and see what became of it. One kill covers as many accounts as are held.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; JSON that lacks a member reads as null"
)]

mod point;
mod rounds;

use std::time::Duration;

use anyhow::Result;
use perch_e2e::{Front, Plan, Stack};
use serde_json::{Value, json};

pub use point::Point;
pub use rounds::rounds;

/// How long those who are to be held may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the sandbox may take to see that the gateway is gone.
const SEEN_DEAD_AFTER: Duration = Duration::from_millis(200);

/// The built Worker with crash points, straight on workerd. The protocols' times are shortened: a kill is followed by what a minute
/// would bring.
pub const PLAN: Plan =
    Plan { name: "perch-crash", build: ".perch/crash-build", users: 1000, settings: SETTINGS, front: Front::Nothing };

/// The protocols' times and bounds.
const SETTINGS: &[(&str, &str)] = &[
    ("REFRESH_LEASE_MS", "600"),
    ("REFRESH_ESCROW_MS", "900"),
    ("WRITE_LEASE_MS", "6000"),
    ("RECONCILE_SETTLE_MS", "1500"),
    ("RECONCILE_READS_PER_DAY", "10000"),
];

/// The same with the naive way to write: send, then store.
pub const NAIVE_WRITES: Plan =
    Plan { name: "perch-crash-naive", users: 120, settings: &[("NAIVE_WRITES", "on")], ..PLAN };

/// The running stack.
pub struct Crash {
    /// Sandbox and gateway.
    pub stack: Stack,
}

impl Crash {
    /// Starts sandbox and gateway.
    ///
    /// # Errors
    /// As [`Stack::start`].
    pub fn start(plan: &Plan) -> Result<Self> {
        Ok(Self { stack: Stack::start(plan)? })
    }

    /// Stops everything, and forgets what was stored.
    ///
    /// # Panics
    /// When its folder cannot be removed.
    pub fn end(&self) {
        self.stack.stop();
        std::fs::remove_dir_all(self.stack.archive.folder()).expect("the store can be removed");
    }

    /// Holds whoever comes to these points from now on.
    pub async fn arm(&self, points: &[Point]) {
        let points: Vec<Value> = points.iter().map(Point::json).collect();
        self.stack.sandbox.control("crashpoints", &json!(points)).await;
    }

    /// Waits until every armed point holds somebody.
    ///
    /// # Panics
    /// When one does not within twenty seconds; it is named.
    pub async fn reached(&self) {
        let seen = self.stack.sandbox.look(&format!("crashpoints?wait_ms={}", PATIENCE.as_millis())).await;
        let points = seen["points"].as_array().cloned().unwrap_or_default();
        let missed: Vec<&Value> = points.iter().filter(|point| point["reached"] == 0).collect();
        assert!(missed.is_empty(), "nobody came to {missed:?}");
    }

    /// Kills the gateway with all it holds in memory, as `kill -9` does. It is back when this returns, on the same store, and no point
    /// is armed.
    pub async fn kill(&self) {
        tokio::task::block_in_place(|| self.stack.kill_gateway());
        self.release().await;
    }

    /// The same, and nobody comes by these points unheld once it is back.
    pub async fn kill_and_arm(&self, points: &[Point]) {
        tokio::task::block_in_place(|| self.stack.strike_gateway());
        // X drops what is held for the dead once it sees that they are; let go before that, it would go on with it.
        tokio::time::sleep(SEEN_DEAD_AFTER).await;
        self.release().await;
        self.arm(points).await;
        tokio::task::block_in_place(|| self.stack.await_gateway());
    }

    /// Lets everybody go on, and holds nobody any more.
    pub async fn release(&self) {
        self.stack.sandbox.disarm_crashpoints().await;
    }
}
