//! A short search by each fuzz target, the same every time: what it finds today it found yesterday, or the code has changed.

use super::outcome::Outcome;
use crate::fuzz::{Fuzzer, Search, Target};
use crate::progress;
use crate::setup::Toolbox;
use anyhow::Result;

/// For each target.
const SECONDS: u32 = 3;

pub(super) fn run(tools: &Toolbox) -> Result<Outcome> {
    let fuzzer = Fuzzer::build(tools)?;
    let mut outcome = Outcome::default();
    for target in Target::ALL {
        let searched = progress::step(target.name(), || fuzzer.search(target, SECONDS, Search::Repeat));
        outcome.add(&searched.map_or_else(|error| Outcome::broken(format!("{error:#}")), |()| Outcome::check(true)));
    }
    Ok(outcome)
}
