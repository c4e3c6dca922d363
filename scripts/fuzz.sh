#!/usr/bin/env bash
# Feeds random input to what reads other people's bytes, FUZZ_SECONDS (60) for each target. The targets are the tests whose
# names contain `fuzz`; a plain test run gives each of them a moment only.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

export FUZZ_SECONDS=${FUZZ_SECONDS:-60}
say "Fuzzing for $FUZZ_SECONDS seconds each"
cargo nextest run --workspace --locked --profile fuzz -E 'test(fuzz)'
