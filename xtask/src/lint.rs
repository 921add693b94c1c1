//! Everything that can be said about the code without running it.

use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use crate::setup::{self, Need};
use anyhow::{Result, bail};

/// Format, clippy on both targets, documentation, dependencies. Every check runs; the failures are told at the end. What `fuzz/`
/// states is compiled into a test of the workspace, and so is looked at by clippy; its targets are a line each.
pub(crate) fn run() -> Result<()> {
    let project = Project::open()?;
    let tools = setup::setup(&project, Need::Target)?;
    let mut failed = Vec::new();
    for (name, tool) in [
        ("format", tools.cargo().args(["fmt", "--all", "--check"])),
        ("format, fuzz", tools.cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])),
        (
            "clippy, native",
            tools.cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
        ),
        (
            "clippy, wasm32",
            tools
                .cargo()
                .args(["clippy", "--package", "perch", "--lib", "--target", "wasm32-unknown-unknown"])
                .args(["--locked", "--", "-D", "warnings"]),
        ),
        (
            "documentation",
            tools
                .cargo()
                .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        ),
    ] {
        check(name, tool, &mut failed);
    }
    if has_deny(&project) {
        check("dependencies", tools.cargo().args(["deny", "--workspace", "check"]), &mut failed);
    } else {
        progress::note("not checked: advisories, licences and duplicates of dependencies (cargo install cargo-deny)");
    }
    if !failed.is_empty() {
        bail!("lint failed: {}", failed.join("; "));
    }
    Ok(())
}

fn check(name: &'static str, tool: Tool, failed: &mut Vec<&'static str>) {
    if progress::step(name, || tool.run()).is_err() {
        failed.push(name);
    }
}

fn has_deny(project: &Project) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    project.cargo_bin("cargo-deny").exists()
        || std::env::split_paths(&paths).any(|folder| folder.join("cargo-deny").exists())
}
