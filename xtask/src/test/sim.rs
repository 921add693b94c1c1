//! The simulation: that it goes one way with one seed and catches perch's twins, then that perch keeps every invariant.

use super::layer::cargo_test;
use super::outcome::Outcome;
use crate::setup::Toolbox;
use crate::sim;
use anyhow::Result;

pub(super) fn run(tools: &Toolbox) -> Result<Outcome> {
    let mut outcome = cargo_test(tools, &["--package", "perch-sim"])?;
    let seeds = if std::env::var_os("PERCH_LONG").is_some() { "1000000" } else { "10000" };
    let searched = sim::tool(tools, ["--seeds", seeds]).run();
    outcome.add(&Outcome::check(searched.is_ok()));
    Ok(outcome)
}
