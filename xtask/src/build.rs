//! Builds the Worker into `build/`, and holds it to its budget.

mod size;
mod stamp;

use crate::progress;
use crate::setup::{self, Need, Toolbox};
use anyhow::{Result, bail};
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
        }
    }
}

/// Sets up and builds; prints the Worker's size.
///
/// # Errors
/// When the build fails, or a release is larger than its budget.
pub(crate) fn run(profile: Profile) -> Result<Size> {
    let project = crate::project::Project::open()?;
    if let Some(size) = fresh(&project, profile)? {
        return Ok(size); // before set-up: wrangler calls this at every start
    }
    worker(&setup::setup(&project, Need::Worker)?, profile)
}

/// Builds unless `build/` was made from these sources already.
pub(crate) fn worker(tools: &Toolbox, profile: Profile) -> Result<Size> {
    let project = tools.project();
    if let Some(size) = fresh(project, profile)? {
        return Ok(size);
    }
    let stamp = stamp::of_sources(project, profile)?; // before: an edit during the build must not pass for built
    progress::step(format!("worker ({})", profile.name()), || {
        tools
            .tool(project.cargo_bin("worker-build"))
            .args([format!("--{}", profile.name())])
            .run()
    })?;
    stamp::write(project, &stamp)?;
    told(project, profile)
}

fn fresh(project: &crate::project::Project, profile: Profile) -> Result<Option<Size>> {
    if stamp::read(project) == Some(stamp::of_sources(project, profile)?) {
        return told(project, profile).map(Some);
    }
    Ok(None)
}

/// Says how large the Worker is, and refuses one that is too large to be deployed.
fn told(project: &crate::project::Project, profile: Profile) -> Result<Size> {
    let size = Size::of(&project.build_dir())?;
    progress::ready(format!("worker ({}): {size}", profile.name()));
    if profile == Profile::Release && size.gzip > size::BUDGET {
        bail!(
            "the Worker has {} KB gzip, its budget is {} KB",
            size.gzip / 1000,
            size::BUDGET / 1000
        );
    }
    Ok(size)
}
