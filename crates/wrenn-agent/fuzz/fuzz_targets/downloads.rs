//! See `wrenn_agent::fuzzing::downloads`.
#![no_main]

use std::sync::LazyLock;

use tempfile::TempDir;

static DIR: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a directory can be made"));

libfuzzer_sys::fuzz_target!(|data: &[u8]| wrenn_agent::fuzzing::downloads(data, DIR.path()));
