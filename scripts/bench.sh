#!/usr/bin/env bash
# Measures the promises of SPECIFICATION.md on this machine, and writes bench/results.json. With WRENN_BENCH_RUNTIME=microvm
# it measures virtual machines instead, and writes bench/results-microvm.json.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "Building the release server and the benchmark"
cargo build --release --locked --quiet -p wrenn-cli -p wrenn-bench
as_root target/release/wrenn template build minimal
as_root target/release/wrenn template build jupyter
say "Measuring; this takes some minutes"
results=bench/results${WRENN_BENCH_RUNTIME:+-$WRENN_BENCH_RUNTIME}.json
as_root env WRENN_BENCH_RUNTIME="${WRENN_BENCH_RUNTIME:-}" target/release/wrenn-bench "$PWD/$results"
