#!/usr/bin/env bash
# Runs every test, on a machine prepared by nothing else: installs what is missing, builds, and tests the TypeScript
# package, the documentation's examples and the Rust workspace, end to end against real servers and real capsules.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/lib.sh

failed=()

# Runs a step, says how long it took, and goes on when it fails, so that one run shows all there is.
step() {
    local name=$1 started
    shift
    started=$(now_ms)
    say "$name"
    if "$@"; then
        say "$name: done in $(seconds $(($(now_ms) - started)))"
    else
        say "$name: FAILED after $(seconds $(($(now_ms) - started)))"
        failed+=("$name")
    fi
}

# Like `step`, for what everything after it needs.
need() {
    step "$@"
    [ ${#failed[@]} -eq 0 ] || exit 1
}

rust_tests() {
    local -a options=(--workspace --locked)
    [ -z "${CI:-}" ] || options+=(--profile ci)
    # Capsules need root; the programs that test them then run by sudo, and the build stays ours.
    [ "$(id -u)" -eq 0 ] || export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="sudo --preserve-env --"
    cargo nextest run "${options[@]}"
}

need "Installing what is missing" scripts/setup.sh
need "Building the Rust workspace" cargo build --workspace --all-targets --locked --quiet
need "Building the TypeScript package" scripts/typescript.sh
need "Installing the published clients that drive the agent" tests/clients/install.sh
need "Building the templates" as_root target/debug/wrenn template build --all
step "TypeScript: unit tests" npm run --silent --prefix sdk/typescript test
step "TypeScript: tests against a server" \
    scripts/with-server.sh npm run --silent --prefix sdk/typescript test:integration
step "TypeScript: tests on other runtimes" \
    scripts/with-server.sh npm run --silent --prefix sdk/typescript test:runtimes
step "Rust: examples in the documentation" cargo test --doc --locked --quiet -p wrenn
# Last, so that a run ends with the test runner's own summary.
step "Rust: all tests" rust_tests
[ ${#failed[@]} -eq 0 ] || die "failed: $(printf '%s; ' "${failed[@]}")"
