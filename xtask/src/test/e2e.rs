//! The end-to-end layers: everything their tests need is built before they start.

use super::layer::counted;
use super::outcome::Outcome;
use crate::build::{self, Profile};
use crate::setup::Toolbox;
use anyhow::Result;

/// Builds the Worker by `profile` and the sandbox, then runs the tests of `package`.
pub(super) fn run(tools: &Toolbox, package: &str, profile: Profile) -> Result<Outcome> {
    build::worker(tools, profile)?;
    tools.cargo().args(["build", "--locked", "--package", "perch-sandbox"]).run()?;
    let args = ["test", "--locked", "--no-fail-fast", "--package", package];
    counted(tools.cargo().args(args))
}
