//! The end-to-end layer: everything its tests need is built and named before they start.

use super::layer::counted;
use super::outcome::Outcome;
use crate::build::{self, Profile};
use crate::setup::Toolbox;
use anyhow::Result;

/// Builds the Worker and the sandbox, then runs `perch-e2e` one test at a time.
pub(super) fn run(tools: &Toolbox) -> Result<Outcome> {
    build::worker(tools, Profile::Release)?;
    tools.cargo().args(["build", "--locked", "--package", "perch-sandbox"]).run()?;
    let args = ["test", "--locked", "--no-fail-fast", "--package", "perch-e2e", "--", "--test-threads=1"];
    counted(tools.cargo().args(args))
}
