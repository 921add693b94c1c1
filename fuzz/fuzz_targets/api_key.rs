//! The key parser: see [`api_key::check`].

#![no_main]

use libfuzzer_sys::fuzz_target;
use perch_fuzz::api_key;

fuzz_target!(|input: &[u8]| api_key::check(input));
