//! Packages as a lock of npm names them.

use super::lock;
use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// May a package run its own programs when it is installed?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InstallScripts {
    /// Those that package.json allows.
    Allowed,
    /// None.
    Forbidden,
}

/// Runs `npm ci` in `folder` of the project unless its `node_modules` already is what its lock says. `what` names the packages.
pub(super) fn ensure(project: &Project, folder: &str, what: &str, scripts: InstallScripts) -> Result<()> {
    if installed(project, folder) {
        return Ok(());
    }
    if Tool::new(project, "npm").args(["--version"]).output().is_err() {
        bail!("npm is missing: install Node.js (any version that brings npm; the project brings its own Node)");
    }
    // A machine's own `ignore-scripts` must not forbid what package.json allows.
    let scripts = if scripts == InstallScripts::Allowed { "--ignore-scripts=false" } else { "--ignore-scripts" };
    progress::step(format!("{what}: npm ci"), || {
        Tool::new(project, "npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error", scripts, "--prefix", folder])
            .run()
            .context("npm ci failed: check the network, then run the command again")
    })
}

fn installed(project: &Project, folder: &str) -> bool {
    let read = |file: &str| -> Option<Value> {
        let path = project.path(folder).join(file);
        serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
    };
    let (wanted, found) = (read("package-lock.json"), read("node_modules/.package-lock.json"));
    wanted.zip(found).is_some_and(|(wanted, found)| lock::npm_matches(&wanted, &found))
}
