//! Running other programs: one way to start them, one kind of error, and nothing left behind.

pub(crate) mod children;
pub(crate) mod port;
pub(crate) mod service;
pub(crate) mod signals;

use crate::project::Project;
use anyhow::{Context, Result, bail};
use children::Group;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

/// A program to run, with the name it has in messages.
#[derive(Debug)]
pub(crate) struct Tool {
    name: String,
    command: Command,
    interactive: bool,
}

impl Tool {
    /// `program` started in the project's root, in a process group of its own, with no input.
    pub(crate) fn new(project: &Project, program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let name = std::path::Path::new(program).file_name().unwrap_or(program).to_string_lossy().into_owned();
        let mut command = Command::new(program);
        command.current_dir(project.root()).stdin(Stdio::null());
        forget_own_build(&mut command);
        Self { name, command, interactive: false }
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs(mut self, all: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        self.command.envs(all);
        self
    }

    /// It may ask the person at the terminal: a log-in, for example.
    pub(crate) fn interactive(mut self) -> Self {
        self.command.stdin(Stdio::inherit());
        self.interactive = true;
        self
    }

    /// Runs it to its end with its output on the terminal.
    ///
    /// # Errors
    /// When it cannot be started or its exit status is not 0.
    pub(crate) fn run(mut self) -> Result<()> {
        // Its results are progress to us: our own stdout stays clean.
        self.command.stdout(std::io::stderr());
        let status = self.status()?;
        self.success(status)
    }

    /// Runs it to its end and gives what it printed; its errors are shown only if it fails.
    pub(crate) fn output(mut self) -> Result<String> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let group = self.start()?;
        let output = group.wait_with_output().with_context(|| format!("{} was lost", self.name))?;
        if !output.status.success() {
            eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        self.success(output.status)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it to its end, showing each line of its stdout and handing it to `each`.
    pub(crate) fn run_lines(mut self, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
        self.command.stdout(Stdio::piped());
        let mut group = self.start()?;
        let stdout = group.take_stdout().with_context(|| format!("{} has no output", self.name))?;
        for line in BufReader::new(stdout).lines() {
            let line = line.with_context(|| format!("cannot read what {} prints", self.name))?;
            eprintln!("{line}");
            each(&line);
        }
        group.wait().with_context(|| format!("{} was lost", self.name))
    }

    /// Runs it to its end and says how it ended; a program that does not exist is an error.
    pub(crate) fn status(&mut self) -> Result<ExitStatus> {
        let mut group = self.start()?;
        group.wait().with_context(|| format!("{} was lost", self.name))
    }

    fn start(&mut self) -> Result<Group> {
        Group::start(&mut self.command, self.interactive).with_context(|| format!("cannot start {}", self.name))
    }

    fn success(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("{} failed ({status}); its own messages are above", self.name);
        }
        Ok(())
    }
}

/// Cargo describes the crate it runs to that crate. A child that builds other crates must not see this:
/// it would take it for its own, and build again what is built.
fn forget_own_build(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_")
        });
        if own {
            command.env_remove(name);
        }
    }
}
