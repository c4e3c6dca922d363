#!/usr/bin/env bash
# Runs the tests that drive a server, the SDKs' and those end to end, with virtual machines for capsules; and the runtime's own.
# Where the processor cannot run guests, QEMU executes them in software, which takes long.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

export WRENN_TEST_RUNTIME=microvm WRENN_TEST_CYCLES=30
# Tests wait longer for what is slow by nature.
options=(--workspace --locked --no-fail-fast --test-threads 1)
[ "$(id -u)" -eq 0 ] || export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="sudo --preserve-env --"
say "Building"
cargo build --workspace --all-targets --locked --quiet
scripts/typescript.sh
as_root target/debug/wrenn template build --all
failed=()
say "TypeScript: tests against a server of virtual machines"
scripts/with-server.sh npm run --silent --prefix sdk/typescript test:integration || failed+=("TypeScript")
say "Rust: the runtime's own tests, and all that drive a server of virtual machines"
cargo nextest run "${options[@]}" --run-ignored all --ignore-default-filter \
    -E 'package(wrenn-tests) | (package(wrenn-runtime) & binary(microvm))' || failed+=("Rust")
[ ${#failed[@]} -eq 0 ] || die "failed with virtual machines: ${failed[*]}"
