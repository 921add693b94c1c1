//! Programs made by `cargo install` into `.tools/`.

use super::lock;
use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result, bail};

/// The worker-build that fits the `worker` crate of Cargo.toml.
const WORKER_BUILD: &str = "0.8.7";

/// Installs wasm-bindgen's command line in the version of Cargo.lock (it refuses any other), and worker-build.
pub(super) fn ensure(project: &Project) -> Result<()> {
    let lock = std::fs::read_to_string(project.path("Cargo.lock")).context("cannot read Cargo.lock")?;
    let bindgen = lock::cargo_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    install(project, "wasm-bindgen-cli", "wasm-bindgen", bindgen, "2 to 4 minutes")?;
    if !present(project, "worker-build", WORKER_BUILD) {
        openssl(project)?;
    }
    install(project, "worker-build", "worker-build", WORKER_BUILD, "1 to 3 minutes")
}

fn install(project: &Project, package: &str, program: &str, version: &str, time: &str) -> Result<()> {
    if present(project, program, version) {
        return Ok(());
    }
    progress::step(format!("{package} {version}: cargo install, {time}, once"), || {
        let cargo_install = |locked: &[&str]| {
            let args = ["install", "--root", ".tools", package, "--version", version];
            Tool::new(project, "cargo").args(args).args(locked).run()
        };
        // The package's own lock first. A mirror may lack one of its newest dependencies: then any that fits.
        cargo_install(&["--locked"])
            .or_else(|_| cargo_install(&[]))
            .with_context(|| format!("cannot install {package}: check the network, then run the command again"))
    })
}

/// Is the program there, and of this version? It answers `worker-build 0.8.7` or `0.8.7`.
fn present(project: &Project, program: &str, version: &str) -> bool {
    let path = project.cargo_bin(program);
    path.exists()
        && Tool::new(project, path)
            .args(["--version"])
            .output()
            .is_ok_and(|answer| answer.split_whitespace().any(|word| word == version))
}

/// worker-build links OpenSSL on Linux. Asked first: the linker's own words come late and say little.
fn openssl(project: &Project) -> Result<()> {
    let found = || Tool::new(project, "pkg-config").args(["--exists", "openssl"]).run();
    if cfg!(target_os = "linux") && found().is_err() {
        bail!(
            "OpenSSL's headers or pkg-config are missing: apt-get install -y libssl-dev pkg-config (or your system's like)"
        );
    }
    Ok(())
}
