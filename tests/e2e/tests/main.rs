//! The built Worker on workerd, with real KV, D1, queues and objects, against the sandbox.
//!
//! One stack serves all tests, one after the other; each has a key and an X account of its own. What they believe is the
//! sandbox's ledger. Last of all, everything they produced is searched for secrets.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; JSON that lacks a member reads as null"
)]

mod accounts;
mod audit;
mod breakers;
mod connect;
mod cors;
mod engagement;
mod faults;
mod hang_ups;
mod health;
mod keys;
mod leaks;
mod media;
mod openapi;
mod raw;
mod refresh;
mod refusals;
mod relay;
mod tweets;
mod vending;
mod windows;

use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Instant;

use libtest_mimic::{Arguments, Failed, Trial};
use perch_e2e::{Plan, Stack};
use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static STACK: OnceLock<Result<Stack, String>> = OnceLock::new();

/// Makes trials of a module's tests: `async fn`s that take the stack.
macro_rules! trials {
    ($($name:ident),+ $(,)?) => {
        /// This module's tests, in order.
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$($crate::trial(
                concat!(module_path!(), "::", stringify!($name)),
                |stack| $crate::run($name(stack)),
            )),+]
        }
    };
}
use trials;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1); // one stack, one ledger
    let trials = [
        health::trials(),
        connect::trials(),
        accounts::trials(),
        tweets::trials(),
        engagement::trials(),
        media::trials(),
        refresh::trials(),
        hang_ups::trials(),
        keys::trials(),
        vending::trials(),
        cors::trials(),
        refusals::trials(),
        faults::trials(),
        breakers::trials(),
        audit::trials(),
        openapi::trials(),
        relay::trials(),
        windows::trials(),
        leaks::trials(),
    ];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    if let Some(Ok(stack)) = STACK.get() {
        stack.stop();
        if conclusion.has_failed() {
            eprintln!("what was stored and logged is in {}", stack.archive.folder().display());
        } else if let Err(error) = std::fs::remove_dir_all(stack.archive.folder()) {
            eprintln!("{} could not be removed: {error}", stack.archive.folder().display());
        }
    }
    conclusion.exit_code()
}

/// A test that says how long it took. The first one starts the stack.
fn trial(name: &str, test: fn(&'static Stack)) -> Trial {
    let name = name.trim_start_matches("e2e::").to_owned();
    Trial::test(name, move || {
        let stack = STACK.get_or_init(|| Stack::start(&Plan::E2E).map_err(|error| format!("{error:#}")));
        let stack = stack.as_ref().map_err(Failed::from)?;
        let started = Instant::now();
        test(stack);
        eprintln!("  {:.1} s", started.elapsed().as_secs_f32());
        Ok(())
    })
}

/// Runs a test to its end.
fn run(test: impl Future<Output = ()>) {
    let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"));
    runtime.block_on(test);
}
