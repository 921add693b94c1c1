//! The built Worker on workerd, with real KV, D1, queues and objects, against the sandbox.
//!
//! One stack serves all tests, one after the other; each has a key and an X account of its own. What they believe is the
//! sandbox's ledger. Last of all, everything they produced is searched for secrets.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; JSON that lacks a member reads as null"
)]

mod health;
mod refusals;

use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Instant;

use libtest_mimic::{Arguments, Trial};
use perch_e2e::Stack;
use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static STACK: OnceLock<Stack> = OnceLock::new();

/// Makes trials of a module's tests: `async fn`s that take the stack.
macro_rules! trials {
    ($($name:ident),+ $(,)?) => {
        /// This module's tests, in order.
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$($crate::trial(
                concat!(module_path!(), "::", stringify!($name)),
                || $crate::run($name($crate::stack())),
            )),+]
        }
    };
}
use trials;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1); // one stack, one ledger
    let trials = [health::trials(), refusals::trials()];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    if let Some(stack) = STACK.get() {
        stack.stop();
        eprintln!("what was stored and logged is in {}", stack.archive.folder().display());
    }
    conclusion.exit_code()
}

/// The stack, started by the first test that asks for it.
fn stack() -> &'static Stack {
    STACK.get_or_init(|| Stack::start().expect("the stack starts"))
}

/// A test that says how long it took.
fn trial(name: &str, test: fn()) -> Trial {
    let name = name.trim_start_matches("e2e::").to_owned();
    Trial::test(name, move || {
        let started = Instant::now();
        test();
        eprintln!("  {:.1} s", started.elapsed().as_secs_f32());
        Ok(())
    })
}

/// Runs a test to its end.
fn run(test: impl Future<Output = ()>) {
    let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"));
    runtime.block_on(test);
}
