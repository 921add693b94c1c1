//! Runs a client's program and reads what it says: one line of JSON per step.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use libtest_mimic::Failed;
use perch_e2e::Ledger;
use serde::Deserialize;
use tokio::process::Command;

use crate::credentials::Credentials;

/// A program takes about a second. One that hangs is ended.
const DEADLINE: Duration = Duration::from_mins(2);

/// A program that has run, and what X saw meanwhile.
pub(crate) struct Run {
    pub(crate) report: Report,
    pub(crate) ledger: Ledger,
    pub(crate) credentials: Credentials,
}

/// What a program said.
pub(crate) struct Report {
    steps: Vec<Step>,
    status: ExitStatus,
}

#[derive(Deserialize)]
struct Step {
    #[serde(rename = "step")]
    name: String,
    ok: bool,
    #[serde(default)]
    error: String,
}

impl Run {
    /// Did this step go well?
    pub(crate) fn step(&self, name: &str) -> Result<(), Failed> {
        let step = self.report.steps.iter().find(|step| step.name == name);
        let step = step.ok_or("the program did not get that far")?;
        if step.ok { Ok(()) } else { Err(step.error.clone().into()) }
    }

    /// Were the steps exactly these, and does the program's exit status tell how they went?
    pub(crate) fn steps_are(&self, names: &[&str]) -> Result<(), Failed> {
        let found: Vec<&str> = self.report.steps.iter().map(|step| step.name.as_str()).collect();
        if found != names {
            return Err(format!("the steps were {found:?}").into());
        }
        if self.report.status.success() != self.report.steps.iter().all(|step| step.ok) {
            return Err(format!("the program ended with {}", self.report.status).into());
        }
        Ok(())
    }
}

/// Runs the program in an environment that holds the credentials, and nothing of this machine's but where programs are.
pub(crate) async fn run([runs, program]: &[OsString; 2], credentials: &Credentials) -> Result<Report> {
    let mut command = Command::new(runs);
    command.arg(program).env_clear().envs(credentials.environment()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(DEADLINE, command.output()).await.context("it did not end in time")?;
    let output = output.context("it does not start; `cargo xtask test clients` prepares it")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let steps: serde_json::Result<Vec<Step>> = said.lines().map(serde_json::from_str).collect();
    match steps {
        Ok(steps) if !steps.is_empty() => Ok(Report { steps, status: output.status }),
        _ => bail!("{} without a report: {}", output.status, last_line(&output.stderr)),
    }
}

/// The whole of it could hold a secret.
fn last_line(stderr: &[u8]) -> String {
    String::from_utf8_lossy(stderr).lines().last().unwrap_or_default().to_owned()
}
