#!/usr/bin/env bash
# Runs the tests of virtual machines under KVM, on a machine that need not have it: inside a capsule whose own virtual machine
# is played in software, by a processor with the extensions that KVM wants. Takes half an hour.
#
#   scripts/test-kvm.sh [ARGUMENT...]     what the tests' program is given; all but the figures if nothing is
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

# Some machines run in it at a time. It has one processor: with two, a run once went silent for good.
readonly MEMORY_MB=6144 CPUS=1
readonly TEMPLATES=${WRENN_TEMPLATE_CACHE:-/var/cache/wrenn/templates}
readonly KERNELS=${WRENN_KERNEL_CACHE:-/var/cache/wrenn/kernel}
# In the order in which the kernel takes them.
readonly MODULES="irqbypass kvm kvm-amd tun loop"

[ $# -gt 0 ] || set -- --skip figures::
wrenn=$PWD/target/debug/wrenn
context=$(mktemp -d "${TMPDIR:-/tmp}/wrenn-kvm-XXXXXX")
data=$context/data
server=

finish() {
    local status=$?
    trap - EXIT
    if [ -n "$server" ]; then
        as_root kill "$server" 2>/dev/null || true
        wait "$server" || true
        [ "$status" -eq 0 ] || tail -n 20 "$context/serve.log" >&2
    fi
    as_root rm -rf "$context"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

say "Building the server and the tests"
cargo build --workspace --all-targets --locked --quiet
tests=$(cargo test --workspace --locked --quiet --test microvm --no-run --message-format json |
    python3 -c 'import json, sys
for line in sys.stdin:
    built = json.loads(line)
    if built.get("executable") and built["target"]["name"] == "microvm":
        print(built["executable"])' | tail -n 1)
[ -x "$tests" ] || die "cargo built no tests"
as_root "$wrenn" template build minimal

say "Making what machines boot, by running one in software"
(cd crates/wrenn-runtime && as_root env WRENN_TEST_ACCELERATOR=tcg "$tests" --quiet --exact runs_commands_at_once >&2)

say "Putting the tests and what they need into a template"
# shellcheck disable=SC2012 # the names are of our own making
kernel=$(as_root ls -td "$KERNELS"/*/ | head -n 1)
package=$(basename "$kernel")
into=$context/template/kvm
mkdir -p "$into/modules" "$into/kernel" "$into/templates"
cp "$tests" "$into/tests"
cp scripts/kvm/run-inside.sh "$into/"
as_root cp -r "$kernel" "$KERNELS/$package".*.cpio "$into/kernel/"
for image in "$TEMPLATES"/minimal-*/; do
    copy=$into/templates/$(basename "$image")
    # The tree itself is not needed: its image is what machines have as a disk.
    mkdir -p "$copy/0"
    as_root cp "$image/image.json" "$image/0.erofs" "$copy/"
done
(
    cd "$context"
    apt-get download -qq "${package%%_*}=${package#*_}"
    dpkg-deb -x ./*.deb unpacked
    for module in $MODULES; do
        find unpacked -name "$module.ko" -exec cp {} "$into/modules/" \;
        [ -f "$into/modules/$module.ko" ] || die "the kernel's package has no module $module"
        echo "$module.ko" >>"$into/modules/order"
    done
    rm -r ./*.deb unpacked
)
cat >"$context/template/Dockerfile" <<'DOCKERFILE'
FROM minimal
RUN apt-get update \
    && apt-get install --yes --no-install-recommends crun qemu-system-x86 erofs-utils e2fsprogs kmod \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY kvm /kvm
DOCKERFILE
as_root "$wrenn" --data-dir "$data" template build "$context/template" --name kvm-tests
rm -r "$context/template"

say "Running the tests in a capsule"
become_root "$wrenn" --data-dir "$data" serve --listen 127.0.0.1:0 --runtime microvm >"$context/serve.log" 2>&1 </dev/null &
server=$!
for _ in $(seq 300); do
    as_root test -s "$data/bootstrap.json" && break
    as_root kill -0 "$server" 2>/dev/null || die "the server has ended"
    sleep 0.1
done
as_root "$wrenn" --data-dir "$data" run kvm-tests --runtime microvm --memory "$MEMORY_MB" --vcpus "$CPUS" -- \
    bash /kvm/run-inside.sh "$@"
