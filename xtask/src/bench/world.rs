//! What a measurement runs in: one workerd with perch and the pass-through, and an X that answers at once.

use super::cpu;
use crate::d1::{self, Store};
use crate::gateway::Gateway;
use crate::key::{self, Wanted};
use crate::process::service::Service;
use crate::process::{Tool, port};
use crate::progress;
use crate::setup::Toolbox;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The running parts.
pub(super) struct World {
    pub(super) perch: Gateway,
    pub(super) passthrough_url: String,
    /// The process id of workerd.
    pub(super) workerd: u32,
    /// For files of the measurement.
    pub(super) folder: PathBuf,
    load: LoadGenerator,
    _services: [Service; 2],
}

/// Starts `perch-load` again and again.
struct LoadGenerator {
    project: crate::project::Project,
    program: PathBuf,
}

impl World {
    /// Starts everything with fresh data, and connects an account.
    pub(super) fn start(tools: &Toolbox) -> Result<Self> {
        let folder = tools.project().memory("bench");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("cannot remove the data of the last measurement")?;
        }
        let state = folder.join("state");
        let program = progress::step("perch-load", || build_load(tools, &folder))?;
        progress::step("D1 migrations", || d1::migrate_local(tools, &state))?;
        let wanted = Wanted { per_minute: Some(1_000_000_000), ..Wanted::named("bench") };
        let key = key::make(tools, &wanted, &Store::Local, Some(&state))?.key;
        let x_url = format!("http://127.0.0.1:{}", port::any_free()?);
        let x = start_x(&program, &x_url, &folder)?;
        let (mut service, perch_url, passthrough_url) = start_workers(tools, &x_url, &state, &folder)?;
        service.wait_until_ready(&format!("{perch_url}/ready"), Duration::from_mins(1))?;
        let perch = Gateway { base_url: perch_url, key };
        progress::step("account", || perch.connect(&x_url, "bench"))?;
        let workerd =
            service.pid().and_then(|node| cpu::descendant(node, "workerd")).context("workerd is not found")?;
        let load = LoadGenerator { project: tools.project().clone(), program };
        Ok(Self { perch, passthrough_url, workerd, folder, load, _services: [service, x] })
    }

    /// `perch-load`, ready for arguments.
    pub(super) fn load_tool(&self) -> Tool {
        Tool::new(&self.load.project, &self.load.program)
    }
}

/// Builds the load generator and puts it where we know its path.
fn build_load(tools: &Toolbox, folder: &Path) -> Result<PathBuf> {
    let install = ["install", "--quiet", "--locked", "--no-track", "--path", "bench/load", "--root"];
    tools.cargo().args(install).args([folder]).run()?;
    Ok(folder.join("bin/perch-load"))
}

fn start_x(program: &Path, url: &str, folder: &Path) -> Result<Service> {
    let mut command = Command::new(program);
    command.args(["x", "--listen", url.trim_start_matches("http://")]);
    let mut x = Service::start("x", command, &folder.join("x.log"))?;
    x.wait_until_ready(&format!("{url}/2/users/me"), Duration::from_secs(10))?;
    Ok(x)
}

fn start_workers(tools: &Toolbox, x_url: &str, state: &Path, folder: &Path) -> Result<(Service, String, String)> {
    let ports = [port::any_free()?, port::any_free()?].map(|port| port.to_string());
    let mut command = Command::new("node");
    command.current_dir(tools.project().root()).envs(tools.env());
    command.arg("bench/serve.mjs").args(&ports).arg(x_url).arg(state);
    let service = Service::start("workerd", command, &folder.join("workerd.log"))?;
    let [perch, passthrough] = ports.map(|port| format!("http://127.0.0.1:{port}"));
    Ok((service, perch, passthrough))
}
