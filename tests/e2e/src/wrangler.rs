//! wrangler and Node, as the project pins them.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// A wrangler command that works in `folder`, where its configuration is.
pub(crate) fn command(project: &Path, folder: &Path, args: &[&str]) -> Result<Command> {
    let mut command = tool(project, folder, "wrangler")?;
    command.args(args).args(["--persist-to", "state"]);
    Ok(command)
}

/// A program that npm brought, in `folder`. Node is among them.
pub(crate) fn tool(project: &Path, folder: &Path, name: &str) -> Result<Command> {
    let tools = project.join("node_modules/.bin");
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([tools.clone()].into_iter().chain(std::env::split_paths(&inherited)))?;
    let mut command = Command::new(tools.join(name));
    command.current_dir(folder).env("PATH", path).env("CI", "1").env("WRANGLER_SEND_METRICS", "false");
    Ok(command)
}

/// Runs wrangler to its end.
pub(crate) fn run(project: &Path, folder: &Path, args: &[&str]) -> Result<()> {
    let output = command(project, folder, args)?
        .output()
        .context("wrangler does not start; `cargo xtask test e2e` prepares it")?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("wrangler {} failed: {words}", args.join(" "));
    }
    Ok(())
}
