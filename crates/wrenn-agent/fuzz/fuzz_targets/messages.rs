//! See `wrenn_agent::fuzzing::messages`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wrenn_agent::fuzzing::messages(data));
