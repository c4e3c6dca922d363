#!/usr/bin/env bash
# Runs a command against a server of its own: starts WRENN_BINARY (target/debug/wrenn) on a free port over a new data
# directory, sets WRENN_BASE_URL and WRENN_API_KEY, and ends the server with all its capsules after the command. Capsules have
# no network, so that what a test sends stays on this machine.
#
#   scripts/with-server.sh COMMAND [ARGUMENT...]
#
# WRENN_TEST_RUNTIME has the server isolate capsules otherwise than it would by itself.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/lib.sh
. "$repository/scripts/lib.sh"
binary=${WRENN_BINARY:-$repository/target/debug/wrenn}
[ -x "$binary" ] || die "$binary is missing" "run: cargo build -p wrenn-cli"

dir=$(mktemp -d "${TMPDIR:-/tmp}/wrenn-server-XXXXXX")
server=
command=

stop() {
    local status=$?
    trap - EXIT
    trap '' INT TERM
    [ -z "$command" ] || kill "$command" 2>/dev/null || true
    if [ -n "$server" ]; then
        destroy_capsules || true
        as_root kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    [ "$status" -eq 0 ] || { echo "--- the server's last lines ---"; tail -n 40 "$dir/serve.log"; } >&2
    as_root rm -rf "$dir"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

# Prints a field of the file that the server writes for its owner.
bootstrap() {
    as_root python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
        "$dir/data/bootstrap.json" "$1"
}

destroy_capsules() {
    local id
    for id in $(as_root ls "$dir/data/capsules" 2>/dev/null); do
        curl --silent --output /dev/null --max-time 60 --request DELETE \
            --header "X-API-Key: $WRENN_API_KEY" "$WRENN_BASE_URL/v1/capsules/$id"
    done
}

become_root "$binary" serve --data-dir "$dir/data" --listen 127.0.0.1:0 --network none \
    --runtime "${WRENN_TEST_RUNTIME:-auto}" >"$dir/serve.log" 2>&1 </dev/null &
server=$!
for _ in $(seq 600); do
    kill -0 "$server" 2>/dev/null || as_root kill -0 "$server" 2>/dev/null || die "the server has ended"
    if as_root test -s "$dir/data/bootstrap.json"; then
        WRENN_BASE_URL=$(bootstrap base_url)
        WRENN_API_KEY=$(bootstrap api_key)
        export WRENN_BASE_URL WRENN_API_KEY
        if curl --silent --fail --output /dev/null --max-time 5 "$WRENN_BASE_URL/health"; then
            ready=1
            break
        fi
    fi
    sleep 0.1
done
[ -n "${ready:-}" ] || die "the server did not answer within a minute"
# In the background, because a shell that waits for a foreground command hears of no signal.
"$@" <&0 &
command=$!
wait "$command" && status=0 || status=$?
command=
(exit "$status")
