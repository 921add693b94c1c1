//! What clients do in a run.

mod account;
mod refresh;
mod writes;

use std::sync::Arc;

use perch::config::Config;

use crate::{
    flaw::Flaw,
    isolate,
    verdict::{Counts, Violation},
    world::World,
};

/// A kind of run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// Clients call for accounts whose tokens come to their end.
    Refresh,
    /// Clients write, with and without a name for what they write.
    Writes,
}

/// What a run is made of.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// What clients do.
    pub scenario: Scenario,
    /// What is wrong with perch, if it is a twin.
    pub flaw: Option<Flaw>,
    /// Decides everything else.
    pub seed: u64,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The invariant that did not hold, if one did not.
    pub violation: Option<Violation>,
    /// What happened, by its number.
    pub counts: Counts,
    /// How many events there were.
    pub events: u64,
    /// Equal for runs that went the same way.
    pub hash: u64,
    /// What happened, one line each; empty unless asked for.
    pub trace: Vec<String>,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Refresh, Self::Writes];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Writes => "writes",
        }
    }
}

impl Setting {
    /// Runs it to its end, or to the first violation. `None` only if perch does not take the settings.
    pub fn run(self, reads_trace: bool) -> Option<Run> {
        let world = World::new(self.seed, self.flaw, reads_trace);
        let config: Arc<Config> = isolate::config()?;
        match self.scenario {
            Scenario::Refresh => refresh::play(&world, &config),
            Scenario::Writes => writes::play(&world, &config),
        }
        Some(world.finish(|state| Run {
            violation: state.verdict.violation(),
            counts: state.verdict.counts,
            events: state.events(),
            hash: state.trace.hash(),
            trace: state.trace.take_lines(),
        }))
    }
}
