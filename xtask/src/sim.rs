//! Runs the simulation: perch's own services in a world that a seed decides.

use crate::process::Tool;
use crate::project::Project;
use crate::setup::{self, Need, Toolbox};
use anyhow::Result;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

/// Builds it and hands it `args`, which it explains itself with `--help`.
///
/// # Errors
/// When it cannot be built or started. That a seed broke an invariant is no error of this tool: the exit code tells.
pub(crate) fn run(args: &[OsString]) -> Result<ExitCode> {
    let tools = setup::setup(&Project::open()?, Need::Target)?;
    let status = tool(&tools, args).status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The simulation, ready to run with `args`.
pub(crate) fn tool<S: AsRef<OsStr>>(tools: &Toolbox, args: impl IntoIterator<Item = S>) -> Tool {
    tools.cargo().args(["run", "--locked", "--package", "perch-sim", "--"]).args(args)
}
