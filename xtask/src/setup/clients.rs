//! The clients of `tests/clients`, as their locks name them: Python's in `.tools/clients/`, Node's beside their programs.

use super::npm::{self, InstallScripts};
use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

const PYTHON: [&str; 2] = ["tweepy", "xdk-python"];
const NODE: [&str; 2] = ["twitter-api-v2", "xdk-typescript"];

/// What says whether this machine's Python is new enough for the packages that are locked, and can make environments.
const PYTHON_CHECK: &str = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))";

pub(super) fn ensure(project: &Project) -> Result<()> {
    for client in PYTHON {
        Environment::of(project, client).ensure(project, client)?;
    }
    for client in NODE {
        npm::ensure(project, &format!("tests/clients/{client}"), client, InstallScripts::Forbidden)?;
    }
    Ok(())
}

/// A Python environment of one client, made from its `requirements.txt`.
struct Environment {
    requirements: PathBuf,
    folder: PathBuf,
}

impl Environment {
    fn of(project: &Project, client: &str) -> Self {
        Self {
            requirements: project.path("tests/clients").join(client).join("requirements.txt"),
            folder: project.path(".tools/clients").join(client),
        }
    }

    /// Makes it anew unless it was made from these very requirements and its Python still runs.
    fn ensure(&self, project: &Project, client: &str) -> Result<()> {
        let wanted = std::fs::read_to_string(&self.requirements)
            .with_context(|| format!("cannot read {}", self.requirements.display()))?;
        let made_from = std::fs::read_to_string(self.stamp()).unwrap_or_default();
        if made_from == wanted && runs(project, &self.python(), &["--version"]) {
            return Ok(());
        }
        if !runs(project, "python3".as_ref(), &["-c", PYTHON_CHECK]) {
            bail!("Python 3.10 or later with venv is missing: apt-get install -y python3-venv (or your system's like)");
        }
        progress::step(format!("{client}: pip install"), || self.make(project))?;
        std::fs::write(self.stamp(), wanted).context("cannot write what the environment was made from")
    }

    /// Only what is locked is installed: pip refuses a package without a hash, or with another.
    fn make(&self, project: &Project) -> Result<()> {
        Tool::new(project, "python3").args(["-m", "venv", "--clear"]).args([&self.folder]).run()?;
        Tool::new(project, self.python())
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
            .args(["--require-hashes", "--requirement"])
            .args([&self.requirements])
            .run()
            .context("pip install failed: check the network, then run the command again")
    }

    fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    fn stamp(&self) -> PathBuf {
        self.folder.join("made-from.txt")
    }
}

fn runs(project: &Project, program: &Path, args: &[&str]) -> bool {
    Tool::new(project, program).args(args).output().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_with_a_lock_is_installed() {
        let project = Project::open().unwrap();
        let with = |lock: &str| -> Vec<String> {
            let folders = std::fs::read_dir(project.path("tests/clients")).unwrap().flatten();
            let locked = folders.filter(|folder| folder.path().join(lock).exists());
            let mut names: Vec<String> = locked.map(|folder| folder.file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        assert_eq!(with("requirements.txt"), PYTHON);
        assert_eq!(with("package-lock.json"), NODE);
    }
}
