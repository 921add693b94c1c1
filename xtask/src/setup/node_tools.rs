//! Programs brought by npm: wrangler, the Node it wants, esbuild and wasm-opt.

use super::lock;
use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result, bail};
use serde_json::Value;

/// wrangler ends at once under an older Node.
const NODE_MAJOR: u32 = 22;

/// Runs `npm ci` unless `node_modules` already is what the lock says, and makes sure of a Node for wrangler.
pub(super) fn ensure(project: &Project) -> Result<()> {
    if !installed(project) {
        npm_ci(project)?;
    }
    let own = project.node_bin("node");
    if node_major(project, &own).is_some_and(|major| major >= NODE_MAJOR) {
        return Ok(());
    }
    // The npm package `node` has no build for every platform; then the machine's own serves.
    match node_major(project, "node".as_ref()) {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        Some(major) => {
            bail!("wrangler wants Node {NODE_MAJOR} or later, this machine has {major}: install a later Node")
        }
        None => bail!("no Node runs here: install Node {NODE_MAJOR} or later"),
    }
}

fn npm_ci(project: &Project) -> Result<()> {
    if Tool::new(project, "npm").args(["--version"]).output().is_err() {
        bail!(
            "npm is missing: install Node.js (any version that brings npm; the project brings its own Node {NODE_MAJOR})"
        );
    }
    progress::step("wrangler, node, esbuild and wasm-opt: npm ci", || {
        // package.json allows the install scripts of three packages; a machine's own `ignore-scripts` must not forbid them.
        Tool::new(project, "npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts=false"])
            .run()
            .context("npm ci failed: check the network, then run the command again")
    })
}

fn installed(project: &Project) -> bool {
    let read =
        |path: &str| -> Option<Value> { serde_json::from_str(&std::fs::read_to_string(project.path(path)).ok()?).ok() };
    let (wanted, found) = (read("package-lock.json"), read("node_modules/.package-lock.json"));
    wanted.zip(found).is_some_and(|(wanted, found)| lock::npm_matches(&wanted, &found))
}

fn node_major(project: &Project, node: &std::path::Path) -> Option<u32> {
    major(&Tool::new(project, node).args(["--version"]).output().ok()?)
}

/// `v22.23.3` → 22.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v22.23.3\n"), Some(22));
        assert_eq!(major("not a version"), None);
    }
}
