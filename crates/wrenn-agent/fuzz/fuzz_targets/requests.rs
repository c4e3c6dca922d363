//! See `wrenn_agent::fuzzing::requests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wrenn_agent::fuzzing::requests(data));
