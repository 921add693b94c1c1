//! workerd killed at every point that matters; what is believed afterwards is the sandbox's ledger.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking; JSON that lacks a member reads as null"
)]

mod harness;
mod refresh;
mod writes;

use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Instant;

use libtest_mimic::{Arguments, Failed, Trial};
use perch_crash::{Crash, PLAN};
use tokio::runtime::Runtime;

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static CRASH: OnceLock<Result<Crash, String>> = OnceLock::new();

/// Makes trials of a module's tests: `async fn`s that take the stack.
macro_rules! trials {
    ($($name:ident),+ $(,)?) => {
        /// This module's tests, in order.
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$($crate::trial(
                concat!(module_path!(), "::", stringify!($name)),
                |crash| $crate::run($name(crash)),
            )),+]
        }
    };
}
use trials;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1); // one stack, and it is killed
    let trials = [harness::trials(), refresh::trials(), writes::trials()];
    let conclusion = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    if let Some(Ok(crash)) = CRASH.get() {
        crash.stack.stop();
        let folder = crash.stack.archive.folder();
        if conclusion.has_failed() {
            eprintln!("what was stored and logged is in {}", folder.display());
        } else if let Err(error) = std::fs::remove_dir_all(folder) {
            eprintln!("{} could not be removed: {error}", folder.display());
        }
    }
    conclusion.exit_code()
}

/// A test that says how long it took. The first one starts the stack.
fn trial(name: &str, test: fn(&'static Crash)) -> Trial {
    let name = name.trim_start_matches("crash::").to_owned();
    Trial::test(name, move || {
        let crash = CRASH.get_or_init(|| Crash::start(&PLAN).map_err(|error| format!("{error:#}")));
        let crash = crash.as_ref().map_err(Failed::from)?;
        let started = Instant::now();
        test(crash);
        eprintln!("  {:.1} s", started.elapsed().as_secs_f32());
        Ok(())
    })
}

/// Runs a test to its end.
fn run(test: impl Future<Output = ()>) {
    let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"));
    runtime.block_on(test);
}
