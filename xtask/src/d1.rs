//! The D1 database, through wrangler.

use crate::setup::Toolbox;
use anyhow::Result;
use std::path::Path;

/// The binding of the database in wrangler.toml: its name differs between the environments.
const DATABASE: &str = "DB";

/// Which store a command works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Store {
    /// The one of `wrangler dev` on this machine.
    Local,
    /// The one of a deployed environment.
    Remote(String),
}

impl Store {
    fn args(&self) -> Vec<&str> {
        match self {
            Self::Local => vec!["--local"],
            Self::Remote(environment) => vec!["--remote", "--env", environment],
        }
    }
}

/// Applies the migrations that the local database lacks. `persist` is wrangler's folder for local data.
pub(crate) fn migrate_local(tools: &Toolbox, persist: &Path) -> Result<()> {
    tools
        .wrangler()
        .args(["d1", "migrations", "apply", DATABASE, "--local", "--persist-to"])
        .args([persist])
        .env("CI", "1") // asks nothing
        .output()
        .map(drop)
}

/// Executes the SQL in `file`.
pub(crate) fn execute(tools: &Toolbox, store: &Store, persist: Option<&Path>, file: &Path) -> Result<()> {
    let mut tool = tools.wrangler().args(["d1", "execute", DATABASE, "--yes"]).args(store.args());
    tool = tool.args(["--file".as_ref(), file.as_os_str()]);
    if let Some(persist) = persist {
        tool = tool.args(["--persist-to".as_ref(), persist.as_os_str()]);
    }
    match store {
        Store::Local => tool.output().map(drop),
        Store::Remote(_) => tool.interactive().run(), // wrangler may ask for the log-in
    }
}
