//! The reader of signed requests' headers: see [`oauth_header::check`].

#![no_main]

use libfuzzer_sys::fuzz_target;
use perch_fuzz::oauth_header;

fuzz_target!(|input: &[u8]| oauth_header::check(input));
