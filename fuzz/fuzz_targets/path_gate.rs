//! The path gate and the relay's plan: see [`path_gate::check`].

#![no_main]

use libfuzzer_sys::fuzz_target;
use perch_fuzz::path_gate;

fuzz_target!(|input: &[u8]| path_gate::check(input));
