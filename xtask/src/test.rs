//! Runs every layer of tests and counts what they say.

mod deploy;
mod e2e;
mod fuzz;
mod layer;
mod outcome;
mod sim;
mod table;

use crate::progress;
use crate::project::Project;
use crate::setup::{self, Need, Toolbox};
use anyhow::{Result, bail};
pub(crate) use layer::Layer;
use outcome::Outcome;
use std::time::Instant;

/// Runs `layers`, or all of them, each to its end; then prints the table and the sum.
///
/// # Errors
/// When a test failed, a layer could not run, or a layer ran no test at all.
pub(crate) fn run(layers: &[Layer]) -> Result<()> {
    let project = Project::open()?;
    let layers = if layers.is_empty() { &Layer::ALL[..] } else { layers };
    let need = layers.iter().map(|layer| layer.need()).max().unwrap_or(Need::Target);
    let tools = setup::setup(&project, need)?;
    let outcomes: Vec<_> = layers.iter().map(|layer| (*layer, measured(&tools, *layer))).collect();
    let (table, good) = table::render(&outcomes);
    println!("{table}");
    if !good {
        bail!("tests failed; see the table above");
    }
    Ok(())
}

fn measured(tools: &Toolbox, layer: Layer) -> Outcome {
    progress::heading(format!("{}: {}", layer.name(), layer.meaning()));
    let start = Instant::now();
    let mut outcome = layer.run(tools).unwrap_or_else(|error| {
        progress::failed(&format!("{}: {error:#}", layer.name()));
        Outcome::broken(format!("{error:#}"))
    });
    outcome.time = start.elapsed();
    outcome
}
