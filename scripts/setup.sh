#!/usr/bin/env bash
# Installs what this machine lacks, says each thing before doing it, and does nothing when nothing is missing.
#
#   scripts/setup.sh          everything: to build, run, test and develop
#   scripts/setup.sh run      only what building and running need
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

# Programs by the Debian package that has them, as `command:package`.
RUN=(
    crun:crun                   # starts capsules
    mmdebstrap:mmdebstrap       # bootstraps the template `minimal`
    buildah:buildah             # builds the other templates
    qemu-system-x86_64:qemu-system-x86   # runs capsules as virtual machines
    mkfs.erofs:erofs-utils      # makes the disks of their templates
    mke2fs:e2fsprogs            # and their own disks
    git:git
    curl:curl
    gcc:gcc                     # links Rust programs, compiles SQLite
    make:make
    nft:nftables                # keeps the network rules of capsules
    python3:python3             # small helpers of the scripts
)
DEVELOP=(
    g++:g++                     # compiles libFuzzer for the fuzz targets
    ip:iproute2                 # builds the networks that tests run in
    ps:procps                   # has the program `kill`, which tests and the benchmark call
    tmux:tmux                   # drives a real terminal in tests
    shellcheck:shellcheck       # lints the scripts
)
OLDEST_RUST=1.90
OLDEST_NODE=18

missing_packages() {
    local entry
    for entry in "$@"; do
        have "${entry%%:*}" || echo "${entry##*:}"
    done
    [ -s /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
    # A compiler without the C library's headers compiles nothing.
    [ -e /usr/include/stdio.h ] || echo libc6-dev
    have node || echo nodejs
    have npm || echo npm
    if [ "$level" = develop ]; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    fi
}

install_packages() {
    have apt-get || die "these are missing and this is no Debian: $*" "install them by hand and run this again"
    local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq)
    say "Installing Debian packages: $*"
    as_root "${apt[@]}" update
    as_root "${apt[@]}" install --yes --no-install-recommends "$@" </dev/null >/dev/null
}

# Succeeds when the dotted version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

install_rust() {
    say "Installing Rust by rustup, for this user only"
    curl --proto '=https' --tlsv1.2 --fail --silent --show-error https://sh.rustup.rs |
        sh -s -- -y --quiet --profile minimal --component clippy,rustfmt ||
        die "the Rust installer could not be run" \
            "install Rust $OLDEST_RUST or later (https://rust-lang.org/tools/install) and run this again"
    hash -r
}

check_rust() {
    have cargo || install_rust
    local version
    version=$(rustc --version | cut -d ' ' -f 2)
    at_least "$version" "$OLDEST_RUST" ||
        die "Rust $version is too old, $OLDEST_RUST is needed" "run: rustup update stable"
}

check_node() {
    local version
    version=$(node --version)
    at_least "${version#v}" "$OLDEST_NODE" ||
        die "Node $version is too old, $OLDEST_NODE is needed" "install a later Node and run this again"
}

level=develop
case "${1:-}" in
    '') ;;
    run) level=run ;;
    *) die "unknown argument: $1" "use: scripts/setup.sh [run]" ;;
esac

wanted=("${RUN[@]}")
[ "$level" = run ] || wanted+=("${DEVELOP[@]}")
mapfile -t packages < <(missing_packages "${wanted[@]}" | sort -u)
[ ${#packages[@]} -eq 0 ] || install_packages "${packages[@]}"
check_rust
check_node
if [ "$level" = develop ] && ! have cargo-nextest; then
    say "Installing the test runner cargo-nextest from its source (some minutes)"
    cargo install cargo-nextest --locked --quiet
fi
