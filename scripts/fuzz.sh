#!/usr/bin/env bash
# Lets libFuzzer loose on what reads other people's bytes, FUZZ_SECONDS (60) for each target. Needs no nightly toolchain.
#
#   scripts/fuzz.sh             all targets
#   scripts/fuzz.sh TARGET…     some of them
#
# What is learnt is kept in fuzz/corpus and built upon by the next run. An input that breaks something is kept in
# fuzz/artifacts; put into fuzz/seeds/TARGET, every test run tries it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

: "${FUZZ_SECONDS:=60}"
fuzz=crates/wrenn-agent/fuzz
# No sanitizer: those are for unsafe code, and only a nightly compiler has them.
options=(--fuzz-dir "$fuzz" --target-dir target/fuzz --sanitizer none --codegen-units 16)

if ! have cargo-fuzz; then
    say "Installing the fuzzer's driver cargo-fuzz from its source (some minutes)"
    cargo install cargo-fuzz --locked --quiet
fi
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list --fuzz-dir "$fuzz")
[ ${#targets[@]} -gt 0 ] || die "there are no fuzz targets in $fuzz"

say "Building the fuzz targets"
cargo fuzz build "${options[@]}"

# The files that targets write.
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
failed=()
for target in "${targets[@]}"; do
    say "Fuzzing $target for $FUZZ_SECONDS seconds"
    mkdir -p "$fuzz/corpus/$target"
    TMPDIR=$scratch cargo fuzz run "${options[@]}" "$target" "$fuzz/corpus/$target" "$fuzz/seeds/$target" -- \
        -max_total_time="$FUZZ_SECONDS" -timeout=60 -rss_limit_mb=1024 -verbosity=0 -print_final_stats=1 || failed+=("$target")
done
[ ${#failed[@]} -eq 0 ] || die "broken by some input: ${failed[*]}" "the inputs are in $fuzz/artifacts"
say "No input broke ${targets[*]}"
