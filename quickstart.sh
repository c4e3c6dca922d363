#!/usr/bin/env bash
# From a fresh clone to a command that ran in a capsule: installs what is missing, builds, makes the template `minimal`,
# starts a server, and runs the quick start of the README with both SDKs. Says how long each step took.
#
# WRENN_DATA_DIR is where the server keeps its data (/var/lib/wrenn).
set -euo pipefail
cd "$(dirname "$0")"
. scripts/lib.sh

data=${WRENN_DATA_DIR:-/var/lib/wrenn}
wrenn=$PWD/target/release/wrenn
server=
log=
times=()

stop() {
    local status=$?
    trap - EXIT
    if [ -n "$server" ]; then
        as_root kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    if [ "$status" -ne 0 ] && [ -n "$log" ] && [ -s "$log" ]; then
        { echo "--- the server's last lines ---"; tail -n 40 "$log"; } >&2
    fi
    [ -z "$log" ] || rm -f "$log"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

step() {
    local name=$1 started took
    shift
    started=$(now_ms)
    say "$name"
    "$@"
    took=$(($(now_ms) - started))
    times+=("$(printf '%-44s %10s' "$name" "$(seconds "$took")")")
}

# Prints a field of the file in which the server's first start leaves the owner's credentials.
bootstrap() {
    as_root python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' \
        "$data/bootstrap.json" "$1"
}

answers() { curl --silent --fail --output /dev/null --max-time 5 "$1/health"; }

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

build_rust() {
    local quiet=--quiet
    # Somebody who watches sees how far it is.
    [ ! -t 2 ] || quiet=
    cargo build --release --locked ${quiet:+"$quiet"} -p wrenn-cli -p wrenn --bin wrenn --example quickstart
}

build_template() { as_root "$wrenn" template build minimal; }

start_server() {
    if as_root test -s "$data/bootstrap.json" && answers "$(bootstrap base_url)"; then
        say "A server runs on $data already; it is used and left running"
    else
        local port=8080
        port_is_free "$port" || port=0
        log=$(mktemp)
        become_root "$wrenn" serve --data-dir "$data" --listen "127.0.0.1:$port" >"$log" 2>&1 </dev/null &
        server=$!
        wait_for_server
    fi
    WRENN_BASE_URL=$(bootstrap base_url)
    WRENN_API_KEY=$(bootstrap api_key)
    export WRENN_BASE_URL WRENN_API_KEY
    say "Server: $WRENN_BASE_URL"
}

wait_for_server() {
    local tries=600
    until as_root test -s "$data/bootstrap.json" && answers "$(bootstrap base_url)"; do
        as_root kill -0 "$server" 2>/dev/null || die "the server has ended"
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "the server did not answer within a minute"
        sleep 0.1
    done
}

rust_quickstart() { target/release/examples/quickstart; }

typescript_quickstart() { scripts/run-example.sh examples/typescript/quickstart.ts; }

step "Installing what is missing" scripts/setup.sh run
step "Building the server and the Rust SDK" build_rust
step "Building the TypeScript SDK" scripts/typescript.sh
step "Building the template minimal" build_template
step "Starting the server" start_server
step "Quick start in Rust" rust_quickstart
step "Quick start in TypeScript" typescript_quickstart

printf '\nEverything works. Time per step:\n\n'
printf '  %s\n' "${times[@]}"
if [ -n "$server" ]; then
    note="The server is stopped now. Start it again, and use it from another terminal:"
    start="  $wrenn serve --data-dir $data
"
else
    note="The server is still running. Use it:"
    start=
fi
[ "$(id -u)" -eq 0 ] || start=${start/  /  sudo }
cat <<END

$note

$start  $wrenn run minimal -- echo hello
  $wrenn doctor

Examples: crates/wrenn/examples, examples/typescript. Tests: ./test.sh
END
