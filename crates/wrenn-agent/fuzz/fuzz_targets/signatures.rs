//! See `wrenn_agent::fuzzing::signatures`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wrenn_agent::fuzzing::signatures(data));
