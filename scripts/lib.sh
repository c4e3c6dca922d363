# shellcheck shell=bash
# What the scripts share. Sourced, never run; expects `set -euo pipefail` and the repository as working directory.

# Tools that were installed a moment ago, or for root only, are found too.
export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin"

have() { command -v "$1" >/dev/null 2>&1; }

# Says on standard error what is about to happen.
say() { printf '==> %s\n' "$*" >&2; }

# Ends the script with a reason and, if given, what to do about it.
die() {
    printf 'error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'hint:  %s\n' "$2" >&2
    exit 1
}

# Becomes a command, as root. In the background `$!` is then the command itself, or sudo, which passes signals on.
become_root() {
    if [ "$(id -u)" -eq 0 ]; then
        exec "$@"
    elif have sudo; then
        exec sudo -- "$@"
    else
        die "this needs root: $*" "run it as root, or install sudo"
    fi
}

# Runs a command as root: by itself when we are root, else by sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        (become_root "$@")
    fi
}

# Milliseconds since some fixed point, for timing.
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# Prints milliseconds as seconds with one decimal.
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }
