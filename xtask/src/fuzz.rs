//! Looks for an input that a property of `fuzz/` does not hold of.

mod fuzzer;
mod target;

use crate::progress;
use crate::project::Project;
use crate::setup::{self, Need};
use anyhow::{Result, bail};
pub(crate) use fuzzer::{Fuzzer, Search};
use std::path::Path;
pub(crate) use target::Target;

/// Searches `targets`, or all of them, for `seconds` each.
///
/// # Errors
/// When an input was found; each target is searched all the same.
pub(crate) fn run(targets: &[Target], seconds: u32) -> Result<()> {
    let tools = setup::setup(&Project::open()?, Need::Target)?;
    let fuzzer = Fuzzer::build(&tools)?;
    let targets = if targets.is_empty() { &Target::ALL[..] } else { targets };
    let mut found = Vec::new();
    for target in targets {
        let searched = progress::step(target.name(), || fuzzer.search(*target, seconds, Search::GoOn));
        found.extend(searched.err().map(|error| format!("{error:#}")));
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

/// Feeds `target` one input: a seed, or what a search found.
///
/// # Errors
/// When its property does not hold of it.
pub(crate) fn replay(target: Target, input: &Path) -> Result<()> {
    let tools = setup::setup(&Project::open()?, Need::Target)?;
    Fuzzer::build(&tools)?.replay(target, input)
}
