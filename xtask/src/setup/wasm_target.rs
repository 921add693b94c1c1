//! The compiler's own library for `wasm32-unknown-unknown`.

use super::debian_target;
use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result};
use std::path::Path;

const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target where it is missing. Gives the toolchain to use when it is not the project's own.
pub(super) fn ensure(project: &Project) -> Result<Option<String>> {
    if present(project)? {
        return Ok(None);
    }
    if debian_target::present() {
        progress::note("the wasm target comes from the Debian toolchain");
        return Ok(Some(debian_target::TOOLCHAIN.to_owned()));
    }
    let added = progress::step(format!("wasm target: rustup target add {TARGET}"), || {
        Tool::new(project, "rustup").args(["target", "add", TARGET]).run()
    });
    match added {
        Ok(()) => Ok(None),
        Err(error) => debian_target::make(project)
            .map(|()| Some(debian_target::TOOLCHAIN.to_owned()))
            .with_context(|| format!("rustup could not add {TARGET} ({error}): check the network and try again")),
    }
}

fn present(project: &Project) -> Result<bool> {
    let ask = ["--print", "target-libdir", "--target", TARGET];
    let folder = Tool::new(project, "rustc").args(ask).output().context("install Rust: https://rustup.rs")?;
    Ok(holds_std(Path::new(folder.trim())))
}

/// Does the folder hold a compiled standard library?
pub(super) fn holds_std(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
}
