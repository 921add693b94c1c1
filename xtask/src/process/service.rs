//! Servers that run while we do something else.

use super::children::Group;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A running server, its output in a log file. Dropping it stops it and all it started.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    group: Group,
    log: PathBuf,
}

impl Service {
    /// Starts `command` with stdout and stderr in `log`.
    pub(crate) fn start(name: &'static str, mut command: Command, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let group = Group::start(&mut command, false).with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, group, log: log.to_owned() })
    }

    /// Waits until `url` answers 200.
    ///
    /// # Errors
    /// When the server ends first or `patience` is over; the end of its log is shown.
    pub(crate) fn wait_until_ready(&mut self, url: &str, patience: Duration) -> Result<()> {
        let agent = crate::http::agent();
        let end = Instant::now() + patience;
        while Instant::now() < end {
            self.must_run()?;
            if agent.get(url).call().is_ok_and(|answer| answer.status() == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        self.show_log();
        bail!("{} did not answer {url} within {} s; its log is above", self.name, patience.as_secs())
    }

    /// # Errors
    /// When the server has ended; the end of its log is shown.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        let Some(status) = self.group.ended() else {
            return Ok(());
        };
        self.show_log();
        bail!("{} ended ({status}); its log is above and in {}", self.name, self.log.display())
    }

    /// The process id of the program itself.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.group.id()
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    fn show_log(&self) {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        for line in lines.iter().skip(lines.len().saturating_sub(30)) {
            eprintln!("  {line}");
        }
    }
}
