//! The layers, from the purest rules to the built Worker.

use super::outcome::Outcome;
use super::{deploy, e2e, fuzz, sim};
use crate::build::Profile;
use crate::process::Tool;
use crate::setup::{Need, Toolbox};
use anyhow::{Context, Result};
use clap::ValueEnum;

/// One layer of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layer {
    /// The gateway's rules and its whole pipeline, natively
    Native,
    /// A few seconds of fuzzing for each parser of hostile input
    Fuzz,
    /// The protocols in a world of chance: 10,000 seeds, a million with `PERCH_LONG=1`
    Sim,
    /// The SQL against real SQLite with the real migrations
    Sql,
    /// The sandbox's own tests
    Sandbox,
    /// This tool's own tests
    Xtask,
    /// The platform's types, compiled to wasm and run in Node
    Wasm,
    /// The release build within its budget; wrangler accepts it for staging and production
    Deploy,
    /// The built Worker on workerd, against the sandbox
    E2e,
    /// The Worker killed at its crash points, on workerd, against the sandbox (`PERCH_LONG=1`: many more times)
    Crash,
    /// Four X SDKs, as published, through the built Worker
    Clients,
}

impl Layer {
    pub(crate) const ALL: [Self; 11] = [
        Self::Native,
        Self::Fuzz,
        Self::Sim,
        Self::Sql,
        Self::Sandbox,
        Self::Xtask,
        Self::Wasm,
        Self::Deploy,
        Self::E2e,
        Self::Crash,
        Self::Clients,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Fuzz => "fuzz",
            Self::Sim => "sim",
            Self::Sql => "sql",
            Self::Sandbox => "sandbox",
            Self::Xtask => "xtask",
            Self::Wasm => "wasm",
            Self::Deploy => "deploy",
            Self::E2e => "e2e",
            Self::Crash => "crash",
            Self::Clients => "clients",
        }
    }

    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Native => "rules and pipeline",
            Self::Fuzz => "hostile input, a few seconds each",
            Self::Sim => "the protocols in a world that a seed decides",
            Self::Sql => "real SQLite, real migrations",
            Self::Sandbox => "the emulated X",
            Self::Xtask => "this tool",
            Self::Wasm => "inside wasm, on Node",
            Self::Deploy => "release build, dry run for staging and production",
            Self::E2e => "the built Worker on workerd, against the sandbox",
            Self::Crash => "kill -9 at every crash point, on workerd",
            Self::Clients => "X's SDKs, tweepy and twitter-api-v2, through the built Worker",
        }
    }

    /// What must be prepared for it.
    pub(super) fn need(self) -> Need {
        match self {
            Self::Native | Self::Fuzz | Self::Sim | Self::Sql | Self::Sandbox | Self::Xtask => Need::Target,
            Self::Wasm | Self::Deploy | Self::E2e | Self::Crash => Need::Worker,
            Self::Clients => Need::Clients,
        }
    }

    pub(super) fn run(self, tools: &Toolbox) -> Result<Outcome> {
        match self {
            Self::Native => native(tools),
            Self::Fuzz => fuzz::run(tools),
            Self::Sim => sim::run(tools),
            Self::Sql => cargo_test(tools, &["--package", "perch", "--test", "sql"]),
            Self::Sandbox => cargo_test(tools, &["--package", "perch-sandbox"]),
            Self::Xtask => {
                cargo_test(tools, &["--package", "xtask", "--package", "perch-mint", "--package", "perch-load"])
            }
            Self::Wasm => cargo_test(tools, &["--package", "perch", "--lib", "--target", "wasm32-unknown-unknown"]),
            Self::Deploy => deploy::run(tools),
            Self::E2e => e2e::run(tools, "perch-e2e", Profile::Release),
            Self::Crash => e2e::run(tools, "perch-crash", Profile::Crash),
            Self::Clients => e2e::run(tools, "perch-clients", Profile::Release),
        }
    }
}

/// The library's tests, its documentation's examples, and every test target but the SQL one.
fn native(tools: &Toolbox) -> Result<Outcome> {
    let targets = native_targets(tools)?;
    let mut args = vec!["--package", "perch", "--lib"];
    for target in &targets {
        args.extend(["--test", target]);
    }
    let mut outcome = cargo_test(tools, &args)?;
    outcome.add(&cargo_test(tools, &["--package", "perch", "--doc"])?);
    Ok(outcome)
}

/// Cargo's own rule: `tests/name.rs` and `tests/name/main.rs` are test targets.
fn native_targets(tools: &Toolbox) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(tools.project().path("tests")).context("cannot read tests/")?;
    let mut targets: Vec<String> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let folder = entry.path().join("main.rs").exists().then(|| name.clone());
            folder.or_else(|| name.strip_suffix(".rs").map(str::to_owned))
        })
        .filter(|name| name != "sql")
        .collect();
    targets.sort();
    Ok(targets)
}

/// Runs `cargo test` and counts what its programs say.
pub(super) fn cargo_test(tools: &Toolbox, args: &[&str]) -> Result<Outcome> {
    counted(tools.cargo().args(["test", "--locked", "--no-fail-fast"]).args(args))
}

/// Runs a `cargo test` that is ready to run, and counts.
pub(super) fn counted(tool: Tool) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let status = tool.run_lines(|line| outcome.read(line))?;
    if !status.success() && outcome.failed == 0 {
        outcome.add(&Outcome::broken("did not compile, or ended early".to_owned()));
    }
    Ok(outcome)
}
