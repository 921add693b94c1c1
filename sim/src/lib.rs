//! A simulation of perch's protocols: its own services and machines, in a world in which a seed decides everything else.
//!
//! One seed is one run: the same weather, the same messages in the same order, the same end. See README.md.

mod agenda;
mod event;
mod executor;
mod flaw;
mod isolate;
mod kv;
mod ledger;
mod objects;
mod scenario;
mod sealed_box;
mod trace;
mod upstream;
mod verdict;
mod visit;
mod weather;
mod wishes;
mod world;
mod x;

pub use flaw::Flaw;
pub use scenario::{Run, Scenario, Setting};
pub use verdict::{Counts, Violation};
