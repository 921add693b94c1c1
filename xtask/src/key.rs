//! The first admin key: made here, since the gateway makes keys for admins only.

use crate::d1::{self, Store};
use crate::dev_vars;
use crate::progress;
use crate::project::write_private;
use crate::setup::{self, Need, Toolbox};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::path::Path;

/// The secret under every key hash, as the gateway calls it.
const PEPPER: &str = "PERCH_KEY_PEPPER";

/// What a new key may do.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    /// Scope names; empty means all.
    pub(crate) scopes: Vec<String>,
    /// Requests a minute; the usual number when not given.
    pub(crate) per_minute: Option<u32>,
}

impl Wanted {
    /// A key with every scope.
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), scopes: Vec::new(), per_minute: None }
    }
}

/// A new key and its row, as the gateway's own code makes them (`perch-mint`).
#[derive(Deserialize)]
pub(crate) struct Minted {
    /// The key whole: shown once, kept nowhere in a remote store.
    pub(crate) key: String,
    kid: String,
    name: String,
    record: String,
    created_at: i64,
}

/// Makes a key in `store` and prints it, alone, on stdout.
pub(crate) fn create(wanted: &Wanted, store: &Store) -> Result<()> {
    let project = crate::project::Project::open()?;
    let tools = setup::setup(&project, Need::Wrangler)?;
    if *store == Store::Local {
        dev_vars::ensure(&project)?;
        d1::migrate_local(&tools, &project.path(".wrangler/state"))?;
    }
    let minted = make(&tools, wanted, store, None)?;
    eprintln!("This key is shown once. Whoever has it may do what its scopes allow:");
    println!("{}", minted.key);
    Ok(())
}

/// Makes a key and writes its row. `persist` is wrangler's folder for local data.
pub(crate) fn make(tools: &Toolbox, wanted: &Wanted, store: &Store, persist: Option<&Path>) -> Result<Minted> {
    let minted = mint(tools, wanted, store, &pepper(tools, store)?)?;
    let file = tools.project().memory("key.sql"); // holds the hash, not the key
    write_private(&file, &minted.insert())?;
    let executed = d1::execute(tools, store, persist, &file);
    std::fs::remove_file(&file).context("cannot remove the SQL of the new key")?;
    executed.context("the key's row could not be written").map(|()| minted)
}

/// The format and the hash of a key are the gateway's own; `perch-mint` lends them to us.
fn mint(tools: &Toolbox, wanted: &Wanted, store: &Store, pepper: &str) -> Result<Minted> {
    progress::step("perch-mint", || {
        tools.cargo().args(["build", "--quiet", "--locked", "--package", "perch-mint"]).run()
    })?;
    let run = ["run", "--quiet", "--locked", "--package", "perch-mint", "--", "--name", &wanted.name];
    let mut tool = tools.cargo().args(run);
    if !wanted.scopes.is_empty() {
        tool = tool.args(["--scopes", &wanted.scopes.join(",")]);
    }
    if let Some(per_minute) = wanted.per_minute {
        tool = tool.args(["--per-minute", &per_minute.to_string()]);
    }
    if *store != Store::Local {
        tool = tool.args(["--live"]);
    }
    let answer = tool.env(PEPPER, pepper).output()?; // in the environment: arguments are seen by all users
    serde_json::from_str(&answer).context("perch-mint answered something else than a key")
}

fn pepper(tools: &Toolbox, store: &Store) -> Result<String> {
    let environment = match store {
        Store::Local => None,
        Store::Remote(name) => Some(name.as_str()),
    };
    if environment.is_some()
        && let Ok(pepper) = std::env::var(PEPPER)
    {
        return Ok(pepper);
    }
    dev_vars::read(tools.project(), environment, PEPPER)
        .with_context(|| format!("the key is hashed with the {PEPPER} of the environment: set the variable"))
}

impl Minted {
    fn insert(&self) -> String {
        format!(
            "INSERT INTO api_keys (kid, name, record, version, created_at) VALUES ({}, {}, {}, 1, {});\n",
            quoted(&self.kid),
            quoted(&self.name),
            quoted(&self.record),
            self.created_at
        )
    }
}

/// An SQL string literal.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_name_stays_inside_its_literal() {
        let text = r#"{"key":"perch_x","kid":"k","name":"o'neil","record":"{}","created_at":5}"#;
        let minted: Minted = serde_json::from_str(text).unwrap();
        let sql =
            "INSERT INTO api_keys (kid, name, record, version, created_at) VALUES ('k', 'o''neil', '{}', 1, 5);\n";
        assert_eq!(minted.insert(), sql);
    }
}
