#!/usr/bin/env bash
# Writes sdk/openapi.json from the server's code, and the TypeScript types from sdk/openapi.json.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

say "Writing sdk/openapi.json"
WRENN_UPDATE_OPENAPI=1 cargo nextest run --locked --status-level none --final-status-level none \
    -p wrenn-server -E "test(the_checked_in_document_is_current)"
scripts/typescript.sh install
say "Writing the TypeScript types"
npm run --silent --prefix sdk/typescript generate
