//! The reader of X's failures: see [`problem::check`].

#![no_main]

use libfuzzer_sys::fuzz_target;
use perch_fuzz::problem;

fuzz_target!(|input: &[u8]| problem::check(input));
