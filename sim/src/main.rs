//! Runs seeds, and says which of them breaks what.

mod args;
mod report;

use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use perch_sim::{Counts, Flaw, Scenario, Setting};

use args::Args;
use report::Failure;

/// How often a long run says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);
/// A run stops when so many seeds have failed: they mostly fail of the same thing.
const ENOUGH: usize = 5;

fn main() -> ExitCode {
    let args = Args::parse();
    match args.replayed() {
        Some(seed) => replay(&args, seed),
        None => search(&args),
    }
}

/// Runs one seed, printing everything that happens.
fn replay(args: &Args, seed: u64) -> ExitCode {
    let scenarios = args.scenarios();
    let mut is_good = true;
    for scenario in scenarios {
        let setting = Setting { scenario, flaw: args.flaw, seed };
        let Some(run) = setting.run(true) else { return broken() };
        println!("{}", report::trace(setting, &run));
        is_good &= run.violation.is_none();
    }
    verdict(args.flaw, is_good)
}

/// Runs many seeds, printing those that fail.
fn search(args: &Args) -> ExitCode {
    let mut is_good = true;
    for scenario in args.scenarios() {
        let Some(failures) = search_in(args, scenario) else { return broken() };
        is_good &= failures == 0;
    }
    verdict(args.flaw, is_good)
}

/// Searches one scenario; says how many seeds failed.
fn search_in(args: &Args, scenario: Scenario) -> Option<usize> {
    let enough = if args.flaw.is_some() { 1 } else { ENOUGH };
    let (start, mut told, mut failures) = (Instant::now(), Instant::now(), Vec::new());
    let (mut done, mut counts, mut events) = (0, Counts::default(), 0);
    let seeds = args.seeds();
    let many = seeds.end - seeds.start;
    for seed in seeds {
        let setting = Setting { scenario, flaw: args.flaw, seed };
        let run = setting.run(false)?;
        counts.add(&run.counts);
        events += run.events;
        done += 1;
        failures.extend(run.violation.map(|violation| Failure { setting, violation }));
        if failures.len() >= enough {
            break;
        }
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            progress(scenario, done, many, start.elapsed());
        }
    }
    println!("{}", report::summary(scenario, done, start.elapsed(), events, &counts));
    for failure in &failures {
        println!("{failure}");
    }
    Some(failures.len())
}

fn progress(scenario: Scenario, done: u64, of: u64, time: Duration) {
    let end = if std::io::stderr().is_terminal() { "\r" } else { "\n" };
    eprint!("  {}: {done} of {of} seeds in {} s{end}", scenario.name(), time.as_secs());
    let _ = std::io::stderr().flush();
}

/// perch must pass; a twin must not.
fn verdict(flaw: Option<Flaw>, is_good: bool) -> ExitCode {
    match (flaw, is_good) {
        (None, true) | (Some(_), false) => ExitCode::SUCCESS,
        (None, false) => ExitCode::FAILURE,
        (Some(flaw), true) => {
            eprintln!("error: the twin {} was not caught", flaw.name());
            ExitCode::FAILURE
        }
    }
}

fn broken() -> ExitCode {
    eprintln!("error: perch does not take the simulation's settings");
    ExitCode::FAILURE
}
