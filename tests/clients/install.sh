#!/usr/bin/env bash
# Installs the published packages which the tests drive the agent with: those of JavaScript beside their driver, those
# of Python in an environment of their own. Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")"
# Several tests may ask at once.
exec 9<.
flock 9

if ! cmp -s node/package-lock.json node/node_modules/.of-lock; then
    (cd node && npm ci --silent)
    cp node/package-lock.json node/node_modules/.of-lock
fi
if ! cmp -s python/requirements.txt python/.venv/.of-requirements; then
    rm -rf python/.venv
    python3 -m venv python/.venv
    python/.venv/bin/pip install --quiet --disable-pip-version-check --requirement python/requirements.txt
    cp python/requirements.txt python/.venv/.of-requirements
fi
