//! The reader of `traceparent`: see [`trace::check`].

#![no_main]

use libfuzzer_sys::fuzz_target;
use perch_fuzz::trace;

fuzz_target!(|input: &[u8]| trace::check(input));
