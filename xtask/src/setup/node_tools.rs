//! Programs brought by npm: wrangler, the Node it wants, esbuild and wasm-opt.

use super::npm::{self, InstallScripts};
use crate::process::Tool;
use crate::project::Project;
use anyhow::{Result, bail};

/// wrangler ends at once under an older Node.
const NODE_MAJOR: u32 = 22;

/// Brings the packages of the project's own lock, and makes sure of a Node for wrangler.
pub(super) fn ensure(project: &Project) -> Result<()> {
    npm::ensure(project, ".", "wrangler, node, esbuild and wasm-opt", InstallScripts::Allowed)?;
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
