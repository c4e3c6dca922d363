#!/usr/bin/env bash
# Everything that can be found wrong without running it. Says only what is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "Rust: format"
cargo fmt --all --check
cargo fmt --manifest-path crates/wrenn-agent/fuzz/Cargo.toml --check
say "Rust: clippy"
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
say "Rust: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
if have cargo-deny; then
    say "Rust: dependencies"
    cargo deny --log-level error check
fi
say "TypeScript"
scripts/typescript.sh
npm run --silent --prefix sdk/typescript lint
say "Shell"
have shellcheck || scripts/setup.sh
git ls-files -z --cached --others --exclude-standard -- '*.sh' .ci/run | xargs -0 shellcheck --external-sources
