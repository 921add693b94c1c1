//! Measures the gateway beside a five-line pass-through on the same workerd, before an X that answers at once.

mod cpu;
mod load;
mod report;
mod rows;
mod world;

use crate::build::{self, Profile};
use crate::project::Project;
use crate::setup::{self, Need};
use crate::{dev_vars, progress};
use anyhow::{Context, Result};
use rows::{Figures, ROWS};
use world::World;

/// Measures every row in `rounds` rounds of `seconds` and writes `bench/results.md`.
///
/// # Errors
/// When a part cannot be started, or answers otherwise than it should: a wrong answer is fast.
pub(crate) fn run(seconds: u32, rounds: u32) -> Result<()> {
    let project = Project::open()?;
    let tools = setup::setup(&project, Need::Worker)?;
    dev_vars::ensure(&project)?;
    let size = build::worker(&tools, Profile::Release)?;
    let startup =
        report::startup(&tools).inspect_err(|error| progress::note(format!("no start-up time: {error:#}"))).ok();
    let world = World::start(&tools)?;
    let mut figures = vec![Figures::default(); ROWS.len()];
    for round in 1..=rounds {
        progress::heading(format!("round {round} of {rounds}"));
        for (row, figures) in ROWS.iter().zip(&mut figures) {
            figures.add_full(&load::full(&world, row, seconds)?);
        }
    }
    progress::heading("latency at half load");
    for (row, figures) in ROWS.iter().zip(&mut figures) {
        figures.add_half(&load::at_rate(&world, row, seconds, figures.rate() / 2.0)?);
    }
    let text = report::render(&tools, size, startup, rounds, seconds, &figures)?;
    std::fs::write(project.path("bench/results.md"), &text).context("cannot write bench/results.md")?;
    println!("{text}");
    Ok(())
}
