#!/bin/sh
# Finishes the tree of the template `minimal`, whose path is the only argument, after its packages are installed.
set -eu
root=$1

# The person: user 1000, who may become root without a password.
chroot "$root" useradd --create-home --uid 1000 --user-group --shell /bin/bash user
printf 'user ALL=(ALL:ALL) NOPASSWD:ALL\n' >"$root/etc/sudoers.d/user"
chmod 0440 "$root/etc/sudoers.d/user"

printf 'LANG=C.UTF-8\n' >"$root/etc/default/locale"

# Nothing of the machine that built it.
printf 'capsule\n' >"$root/etc/hostname"
printf '127.0.0.1 localhost capsule\n::1 localhost\n' >"$root/etc/hosts"
: >"$root/etc/resolv.conf"
: >"$root/etc/machine-id"
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap"

# Nothing that can be fetched or made again.
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/debconf/*-old
rm -rf "$root"/var/cache/ldconfig/* "$root"/var/lib/dpkg/*-old "$root"/tmp/* "$root"/run/*
find "$root/var/log" -type f -delete
