//! Prepares what is missing, and nothing more. Everything lands in `.tools/` and `node_modules/`.

mod cargo_tools;
mod clients;
pub(crate) mod cpp_compiler;
mod debian_target;
mod lock;
mod node_tools;
mod npm;
mod wasm_target;

use crate::process::Tool;
use crate::project::Project;
use anyhow::{Context, Result};
use std::ffi::{OsStr, OsString};

/// The prepared tools, and the environment in which their programs find each other.
#[derive(Debug)]
pub(crate) struct Toolbox {
    project: Project,
    env: Vec<(OsString, OsString)>,
}

/// What a command needs, each with what stands before it: a test of pure rules needs no Node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// The wasm target.
    Target,
    /// What npm brings: wrangler and its Node.
    Wrangler,
    /// What builds and tests the Worker: worker-build and wasm-bindgen.
    Worker,
    /// Beside all that, the clients of `tests/clients`.
    Clients,
}

/// Makes sure that what `need` names is there.
///
/// # Errors
/// One line that says what is missing and how to get it.
pub(crate) fn setup(project: &Project, need: Need) -> Result<Toolbox> {
    let toolchain = wasm_target::ensure(project)?;
    let mut env = environment(project)?;
    if let Some(toolchain) = toolchain {
        env.push(("RUSTUP_TOOLCHAIN".into(), toolchain.into()));
    }
    if need >= Need::Wrangler {
        node_tools::ensure(project)?;
    }
    if need >= Need::Worker {
        cargo_tools::ensure(project)?;
    }
    if need >= Need::Clients {
        clients::ensure(project)?;
    }
    Ok(Toolbox { project: project.clone(), env })
}

impl Toolbox {
    /// A program that finds the project's own tools first.
    pub(crate) fn tool(&self, program: impl AsRef<OsStr>) -> Tool {
        Tool::new(&self.project, program).envs(self.env.iter().cloned())
    }

    pub(crate) fn cargo(&self) -> Tool {
        self.tool("cargo")
    }

    pub(crate) fn wrangler(&self) -> Tool {
        self.tool(self.project.node_bin("wrangler"))
    }

    /// The environment, for a server that is started otherwise.
    pub(crate) fn env(&self) -> impl Iterator<Item = (OsString, OsString)> + '_ {
        self.env.iter().cloned()
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }
}

/// worker-build downloads what these variables do not name, and wrangler asks questions unless told not to.
fn environment(project: &Project) -> Result<Vec<(OsString, OsString)>> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let own = [project.path(".tools/bin"), project.path("node_modules/.bin")];
    let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&inherited)))
        .context("a folder in PATH holds a colon")?;
    let runner = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER";
    Ok(vec![
        ("PATH".into(), path),
        ("WASM_BINDGEN_BIN".into(), project.cargo_bin("wasm-bindgen").into()),
        ("WASM_OPT_BIN".into(), project.node_bin("wasm-opt").into()),
        ("ESBUILD_BIN".into(), project.node_bin("esbuild").into()),
        (runner.into(), project.cargo_bin("wasm-bindgen-test-runner").into()),
        ("WRANGLER_SEND_METRICS".into(), "false".into()),
    ])
}
