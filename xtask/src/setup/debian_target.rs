//! The last resort, for a Debian machine whose rustup cannot download the wasm target: Debian's own compiler for
//! the web, with the target's library built from Debian's sources. It writes to the system, so it wants root.

use super::wasm_target::holds_std;
use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// The name under which rustup knows Debian's toolchain.
pub(super) const TOOLCHAIN: &str = "debian";

const LIBRARY: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// Has an earlier run built the target's library?
pub(super) fn present() -> bool {
    holds_std(Path::new(LIBRARY))
}

/// Installs the packages, builds the library once and puts it where the compiler looks.
pub(super) fn make(project: &Project) -> Result<()> {
    let root = Tool::new(project, "id").args(["-u"]).output()?.trim() == "0";
    ensure!(root && Path::new("/usr/bin/apt-get").exists(), "and Debian's compiler needs apt-get and root");
    progress::step("wasm target from Debian's sources", || {
        Tool::new(project, "apt-get").args(["install", "-y"]).args(PACKAGES).run()?;
        Tool::new(project, "rustup").args(["toolchain", "link", TOOLCHAIN, "/usr"]).run()?;
        link_linker().context("cannot put the linker where the compiler looks")?;
        let crate_dir = project.path("target/debian-target");
        build_library(project, &crate_dir)?;
        copy_library(&crate_dir.join("target/wasm32-unknown-unknown/release/deps"))
    })
}

/// The compiler asks for `rust-lld`; Debian calls it `lld`.
fn link_linker() -> std::io::Result<()> {
    let folder = Path::new("/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin");
    std::fs::create_dir_all(folder)?;
    match std::os::unix::fs::symlink("/usr/lib/llvm-22/bin/lld", folder.join("rust-lld")) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Builds an empty crate with the standard library from source. `embed-bitcode`: link-time optimisation reads it.
fn build_library(project: &Project, crate_dir: &Path) -> Result<()> {
    std::fs::create_dir_all(crate_dir.join("src"))?;
    let manifest = "[package]\nname = \"seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
    std::fs::write(crate_dir.join("Cargo.toml"), manifest)?;
    std::fs::write(crate_dir.join("src/lib.rs"), "")?;
    let parts = "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test";
    Tool::new(project, "cargo")
        .args(["build", "--release", "--target", "wasm32-unknown-unknown", parts, "--manifest-path"])
        .args([crate_dir.join("Cargo.toml")])
        .env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", crate_dir.join("target"))
        .run()
}

fn copy_library(built: &Path) -> Result<()> {
    std::fs::create_dir_all(LIBRARY)?;
    for entry in std::fs::read_dir(built)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let library = Path::new(&name).extension().is_some_and(|extension| extension == "rlib");
        if library && !name.starts_with("libseed-") {
            std::fs::copy(entry.path(), Path::new(LIBRARY).join(name))?;
        }
    }
    Ok(())
}
