//! The command line.

use std::ops::Range;

use clap::{Parser, builder::PossibleValuesParser, builder::TypedValueParser};
use perch_sim::{Flaw, Scenario};

/// Run perch's own services in a world that a seed decides: time, messages, crashes, storage, and X
///
/// One seed is one run, the same on every machine. With one seed, everything that happens is printed; with many, the seeds that
/// break an invariant, each with the command that replays it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim", bin_name = "cargo xtask sim", version, max_term_width = 110)]
pub(crate) struct Args {
    /// How many seeds, one after the other; 10,000 when none is named
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// The seed to replay; with --seeds, the first of so many
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Which scenario; all when none is named
    #[arg(long, value_name = "NAME", value_parser = scenarios())]
    scenario: Option<Scenario>,
    /// Run a twin of perch that has this flaw: it must be caught
    #[arg(long = "twin", value_name = "FLAW", value_parser = flaws())]
    pub(crate) flaw: Option<Flaw>,
}

/// How many seeds are run where nothing is said.
const SEEDS: u64 = 10_000;

impl Args {
    /// The one seed to replay, if one is asked for.
    pub(crate) fn replayed(&self) -> Option<u64> {
        self.seed.filter(|_| self.seeds.is_none_or(|seeds| seeds == 1))
    }

    /// The seeds to search.
    pub(crate) fn seeds(&self) -> Range<u64> {
        let first = self.seed.unwrap_or_default();
        first..first.saturating_add(self.seeds.unwrap_or(SEEDS))
    }

    /// The scenarios asked for: a twin's own, where none is named.
    pub(crate) fn scenarios(&self) -> Vec<Scenario> {
        match (self.scenario, self.flaw) {
            (Some(scenario), _) => vec![scenario],
            (None, Some(flaw)) => vec![flaw.scenario()],
            (None, None) => Scenario::ALL.to_vec(),
        }
    }
}

fn scenarios() -> impl TypedValueParser<Value = Scenario> {
    let names = PossibleValuesParser::new(Scenario::ALL.map(Scenario::name));
    names.try_map(|name| Scenario::ALL.into_iter().find(|scenario| scenario.name() == name).ok_or("no such scenario"))
}

fn flaws() -> impl TypedValueParser<Value = Flaw> {
    let names = PossibleValuesParser::new(Flaw::ALL.map(Flaw::name));
    names.try_map(|name| Flaw::ALL.into_iter().find(|flaw| flaw.name() == name).ok_or("no such flaw"))
}
