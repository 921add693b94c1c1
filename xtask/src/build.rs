//! Builds the Worker into `build/`, and holds it to its budget; and a Worker to kill, elsewhere.

mod size;
mod stamp;

use crate::progress;
use crate::setup::{self, Need, Toolbox};
use anyhow::Result;
pub(crate) use size::Size;

/// The variable by which `dev` tells the build that wrangler starts which profile to build: wrangler's
/// `[build] command` is one fixed line.
pub(crate) const PROFILE_VARIABLE: &str = "PERCH_BUILD_PROFILE";

/// How the Worker is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build, not for production.
    Dev,
    /// Small and fast: what is deployed.
    Release,
    /// As `Dev`, with crash points, into a folder of its own: what crash tests kill.
    Crash,
}

impl Profile {
    /// The profile of a `build` without options.
    pub(crate) fn from_environment() -> Self {
        match std::env::var(PROFILE_VARIABLE).as_deref() {
            Ok("dev") => Self::Dev,
            _ => Self::Release,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
            Self::Crash => "crash points",
        }
    }

    /// Where its modules go, from the project's root.
    fn folder(self) -> &'static str {
        match self {
            Self::Dev | Self::Release => "build",
            Self::Crash => ".perch/crash-build",
        }
    }

    /// What worker-build is told.
    fn args(self) -> Vec<&'static str> {
        match self {
            Self::Dev => vec!["--dev"],
            Self::Release => vec!["--release"],
            Self::Crash => vec!["--dev", "--no-opt", "--out-dir", self.folder(), ".", "--features", "crashpoints"],
        }
    }
}

/// Sets up and builds; a release must keep to its budget.
///
/// # Errors
/// When the build fails, or a release is too large to be deployed.
pub(crate) fn run(profile: Profile) -> Result<()> {
    let project = crate::project::Project::open()?;
    let size = match fresh(&project, profile)? {
        Some(size) => size, // before set-up: wrangler calls this at every start
        None => worker(&setup::setup(&project, Need::Worker)?, profile)?,
    };
    if profile == Profile::Release { size.must_keep_to_budget() } else { Ok(()) }
}

/// Builds unless its folder was made from these sources already, and tells the Worker's size.
pub(crate) fn worker(tools: &Toolbox, profile: Profile) -> Result<Size> {
    let project = tools.project();
    if let Some(size) = fresh(project, profile)? {
        return Ok(size);
    }
    let stamp = stamp::of_sources(project, profile)?; // before: an edit during the build must not pass for built
    progress::step(format!("worker ({})", profile.name()), || {
        tools.tool(project.cargo_bin("worker-build")).args(profile.args()).run()
    })?;
    stamp::write(project, profile, &stamp)?;
    told(project, profile)
}

fn fresh(project: &crate::project::Project, profile: Profile) -> Result<Option<Size>> {
    if stamp::read(project, profile) == Some(stamp::of_sources(project, profile)?) {
        return told(project, profile).map(Some);
    }
    Ok(None)
}

fn told(project: &crate::project::Project, profile: Profile) -> Result<Size> {
    let size = Size::of(&project.path(profile.folder()))?;
    progress::ready(format!("worker ({}): {size}", profile.name()));
    Ok(size)
}
