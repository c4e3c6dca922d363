#!/usr/bin/env bash
# Measures what SPECIFICATION.md promises, on this machine: a table on the screen, and bench/results.json.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "Building the release server and the benchmark"
cargo build --release --locked --quiet -p wrenn-cli -p wrenn-bench
as_root target/release/wrenn template build minimal
say "Measuring (about a minute)"
as_root target/release/wrenn-bench bench/results.json
