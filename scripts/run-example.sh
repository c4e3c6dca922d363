#!/usr/bin/env bash
# Runs a TypeScript example with Node: scripts/run-example.sh FILE [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
file=$1
shift
scripts/typescript.sh
# Node cannot read TypeScript before version 22. The compiled file lies in the package, so that the package finds itself.
compiled=sdk/typescript/.example-$$.mjs
trap 'rm -f "$compiled"' EXIT
sdk/typescript/node_modules/.bin/esbuild "$file" --format=esm --platform=node --target=node18 \
    --log-level=error --outfile="$compiled"
node "$compiled" "$@"
