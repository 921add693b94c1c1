//! The demo key and the demo account: what a newcomer needs before the first curl line.

use super::stack::Settings;
use crate::d1::Store;
use crate::gateway::{Account, Gateway};
use crate::key::{self, Wanted};
use crate::progress;
use crate::project::{Project, write_private};
use crate::setup::Toolbox;
use anyhow::Result;
use std::path::PathBuf;

/// Who agrees to everything in the sandbox.
const DEMO_USER: &str = "alice";

/// What the first curl lines need.
#[derive(Debug)]
pub(crate) struct Demo {
    pub(crate) key: String,
    /// The connected account; with the real X, people connect their own.
    pub(crate) account: Option<Account>,
}

/// The key of an earlier start, or a new one.
pub(crate) fn remembered_or_new(tools: &Toolbox, settings: &Settings) -> Result<String> {
    match std::fs::read_to_string(path(tools.project())) {
        Ok(key) if !key.trim().is_empty() => Ok(key.trim().to_owned()),
        _ => progress::step("demo key", || new_key(tools, settings)),
    }
}

/// Makes sure that the key works, and connects the demo account again: the sandbox forgets when it stops.
pub(crate) fn ready(tools: &Toolbox, settings: &Settings, key: String) -> Result<Demo> {
    let mut gateway = Gateway { base_url: settings.base_url(), key };
    if !gateway.knows_key()? {
        gateway.key = new_key(tools, settings)?; // the store or the pepper is another than then
    }
    let account = settings.sandbox_url().map(|sandbox| gateway.connect(&sandbox, DEMO_USER)).transpose()?;
    Ok(Demo { key: gateway.key, account })
}

fn new_key(tools: &Toolbox, settings: &Settings) -> Result<String> {
    let key = key::make(tools, &Wanted::named("demo"), &Store::Local, Some(&settings.persist))?.key;
    write_private(&path(tools.project()), &key)?;
    Ok(key)
}

fn path(project: &Project) -> PathBuf {
    project.memory("demo-key")
}
