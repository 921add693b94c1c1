//! What must hold of any input: one property for each fuzz target, as a function that panics where it does not hold.
//!
//! An input is text wherever that is possible, so that a seed, and what the fuzzer finds, can be read and written by hand.
//! `tests/fuzz_corpus.rs` runs the same functions over the checked-in corpora.

pub mod api_key;
pub mod oauth_header;
pub mod path_gate;
pub mod problem;
pub mod trace;
pub mod windows;

/// The first line of a text, and all behind it.
fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
