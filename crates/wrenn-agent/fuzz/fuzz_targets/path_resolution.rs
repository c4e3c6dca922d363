//! See `wrenn_agent::fuzzing::path_resolution`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wrenn_agent::fuzzing::path_resolution(data));
