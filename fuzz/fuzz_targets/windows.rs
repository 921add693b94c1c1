//! The reader of X's rate windows: see [`windows::check`].

#![no_main]

use libfuzzer_sys::fuzz_target;
use perch_fuzz::windows;

fuzz_target!(|input: &[u8]| windows::check(input));
