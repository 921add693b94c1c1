//! The parts of the stack, one after the other: database and first key, emulated X, gateways.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::first_key;
use crate::server::{Server, free_port, target_folder};
use crate::settings::Secrets;
use crate::stack::Plan;
use crate::wrangler;

/// The folder with the store of the gateway that has nothing in front of it.
const DIRECT_STATE: &str = "direct-state";

/// The id of the X user with this number.
pub(super) fn user_id(number: usize) -> String {
    (9_000_000_000 + number).to_string()
}

/// The handle of the X user with this number.
pub(super) fn username(number: usize) -> String {
    format!("e2e_user_{number}")
}

/// The root of the repository.
pub(super) fn project(plan: &Plan) -> Result<PathBuf> {
    let project = root()?;
    if !project.join(plan.build).join("index_bg.wasm").exists() {
        bail!("the Worker is not built: run the tests by `cargo xtask test`");
    }
    Ok(project.to_owned())
}

fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("the tests stand in tests/e2e")
}

/// Makes the database and the first key in it.
pub(super) fn store(project: &Path, folder: &Path, secrets: &Secrets) -> Result<String> {
    let (key, insert) = first_key::make(secrets)?;
    std::fs::write(folder.join("first-key.sql"), insert)?;
    wrangler::run(project, folder, &["d1", "migrations", "apply", "DB", "--local"])?;
    wrangler::run(project, folder, &["d1", "execute", "DB", "--local", "--yes", "--file", "first-key.sql"])?;
    copy(&folder.join("state"), &folder.join(DIRECT_STATE)).context("the store cannot be copied")?;
    Ok(key)
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            let _bytes = std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Starts the emulated X, which knows the tests' users.
pub(super) fn sandbox(folder: &Path, port: u16, gateway: &str, users: usize) -> Result<Server> {
    let program = target_folder()?.join("perch-sandbox");
    if !program.exists() {
        bail!("the sandbox is not built: run the tests by `cargo xtask test`");
    }
    let mut command = Command::new(program);
    command.args(["--listen", &format!("127.0.0.1:{port}")]);
    command.args(["--redirect-uri", &format!("{gateway}/connect/callback")]);
    for number in 0..users {
        let account = format!("{}:{}:Tester {number}", user_id(number), username(number));
        command.args(["--account", &account]);
    }
    let mut server = Server::start("sandbox", &command, folder.join("sandbox.log"))?;
    server.wait_until_ready(port, "/_sandbox/health", Duration::from_secs(20))?;
    Ok(server)
}

/// Starts the gateway as wrangler does for developers.
pub(super) fn gateway(project: &Path, folder: &Path, port: u16) -> Result<Server> {
    let port_text = port.to_string();
    let args = ["dev", "--ip", "127.0.0.1", "--port", &port_text, "--show-interactive-dev-session=false"];
    let command = wrangler::command(project, folder, &args)?;
    let mut server = Server::start("gateway", &command, folder.join("gateway.log"))?;
    server.wait_until_ready(port, "/ready", Duration::from_mins(3))?;
    Ok(server)
}

/// Starts the gateway with nothing in front of it, beside another one, on a copy of its store.
pub(super) fn beside(folder: &Path) -> Result<(u16, Server)> {
    let port = free_port()?;
    Ok((port, direct(root()?, folder, port)?))
}

/// Starts the gateway with nothing in front of it. Its workerd starts again whenever it is killed.
pub(super) fn direct(project: &Path, folder: &Path, port: u16) -> Result<Server> {
    let mut command = wrangler::tool(project, folder, "node")?;
    command.arg(project.join("tests/e2e/direct.mjs"));
    command.args(["wrangler.toml", &port.to_string(), DIRECT_STATE]);
    command.env("MINIFLARE_WORKERD_PATH", project.join("tests/e2e/again.sh"));
    command.env("WORKERD", project.join("node_modules/workerd/bin/workerd"));
    command.env("WORKERD_CONFIG", folder.join("workerd-config"));
    let mut server = Server::start("direct gateway", &command, folder.join("direct-gateway.log"))?;
    server.wait_until_ready(port, "/health", Duration::from_mins(1))?;
    Ok(server)
}
