#!/usr/bin/env bash
# Builds the TypeScript package in sdk/typescript, unless it is newer than its sources. With the argument `install`, only
# fetches the packages that it is built with.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

cd sdk/typescript
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "Fetching the packages that the TypeScript package is built with"
    npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
[ "${1:-}" != install ] || exit 0
if [ ! -e dist/index.d.ts ] || [ -n "$(find src package.json tsup.config.ts tsconfig.json -newer dist/index.d.ts -print -quit)" ]; then
    say "Building the TypeScript package"
    npm run --silent build >/dev/null
    touch dist/index.d.ts
fi
