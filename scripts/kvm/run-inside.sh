#!/usr/bin/env bash
# Inside the capsule of scripts/test-kvm.sh: loads KVM, and runs the tests with the arguments given.
set -euo pipefail
cd /kvm
while read -r module; do
    name=$(basename "$module" .ko | tr - _)
    grep -q "^$name " /proc/modules || insmod "modules/$module"
done <modules/order
[ -c /dev/kvm ] || { echo "the processor offers no virtualisation here" >&2; exit 1; }
# There is no newer kernel to be had from apt, which has no lists here; looking for one takes it ten seconds in each test.
(cd kernel && printf %s linux-image-*/ | tr -d /) >newest && mv newest kernel/newest
export WRENN_TEST_ACCELERATOR=kvm WRENN_TEMPLATE_CACHE=/kvm/templates WRENN_KERNEL_CACHE=/kvm/kernel
export TMPDIR=/root RUST_BACKTRACE=0
echo "kernel $(uname -r), $(qemu-system-x86_64 --version | head -n 1), $(grep -o -E '^kvm_amd' /proc/modules)"
exec ./tests --test-threads 2 "$@"
