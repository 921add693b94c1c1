//! What the simulation itself must do: go the same way twice, and catch every twin.

use std::collections::BTreeSet;

use perch_sim::{Counts, Flaw, Run, Scenario, Setting};

/// A run; nothing, if perch does not take the settings.
fn run(scenario: Scenario, flaw: Option<Flaw>, seed: u64) -> Option<Run> {
    Setting { scenario, flaw, seed }.run(false)
}

#[test]
fn one_seed_goes_one_way_and_two_go_two() {
    for scenario in Scenario::ALL {
        let mut hashes = BTreeSet::new();
        for seed in 0..1000 {
            let (first, second) = (run(scenario, None, seed).unwrap(), run(scenario, None, seed).unwrap());
            assert_eq!(first, second, "{} {seed}", scenario.name());
            assert!(hashes.insert(first.hash), "{} {seed}", scenario.name());
        }
    }
}

#[test]
fn reading_the_trace_changes_nothing() {
    for scenario in Scenario::ALL {
        let traced = Setting { scenario, flaw: None, seed: 7 }.run(true).unwrap();
        assert_eq!(traced.hash, run(scenario, None, 7).unwrap().hash);
        assert!(traced.trace.len() > 10, "{:?}", traced.trace);
    }
}

#[test]
fn every_twin_is_caught_within_a_thousand_seeds() {
    for flaw in Flaw::ALL {
        let caught = (0..1000).find_map(|seed| Some((seed, run(flaw.scenario(), Some(flaw), seed)?.violation?)));
        let (seed, violation) = caught.unwrap_or_else(|| panic!("{} was not caught", flaw.name()));
        println!("{} is caught by seed {seed}: {}", flaw.name(), violation.invariant);
    }
}

/// Runs in which nothing happens would keep every invariant.
#[test]
fn a_few_hundred_seeds_see_all_that_can_go_wrong() {
    let counted = |scenario| {
        let mut counts = Counts::default();
        for seed in 0..500 {
            counts.add(&run(scenario, None, seed).unwrap().counts);
        }
        counts
    };
    let refresh = counted(Scenario::Refresh);
    assert!(refresh.served > 5_000 && refresh.refreshes > 1_000, "{refresh:?}");
    assert!(refresh.replays > 25 && refresh.lost > 25, "{refresh:?}");
    assert!(refresh.crashes > 100 && refresh.restarts > 500, "{refresh:?}");
    let writes = counted(Scenario::Writes);
    assert!(writes.made > 2_000 && writes.sent > writes.made, "{writes:?}");
    assert!(writes.found > 100 && writes.retried > 100 && writes.unconfirmed > 25, "{writes:?}");
}
