#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that are missing, and nothing else.
#
# Usage: bootstrap.sh SECTION...   (build, run, test: the sections of packages.txt; node: for the
# outside clients written in JavaScript.) Called by ./quickstart, ./check and the CI. A run that finds
# everything present asks dpkg once and ends; otherwise it needs root or sudo.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
lock_wait_s=600

say() {
    printf '%s\n' "$*" >&2
}

wanted() {
    for section; do
        if [ "$section" = node ]; then
            # Any Node.js of version 18 or later serves, from wherever it came.
            if ! node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null; then
                echo nodejs
            fi
            command -v npm >/dev/null 2>&1 || echo npm
        else
            awk -v section="[$section]" '/^#|^$/ { next } /^\[/ { on = ($0 == section); next } on' \
                "$here/packages.txt"
        fi
    done
}

missing() {
    present=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '/^ii/ { print $2 }')
    wanted "$@" | while read -r package; do
        case "
$present
" in
        *"
$package
"*) ;;
        *) echo "$package" ;;
        esac
    done
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    say "Touchstone installs its packages on Debian 12 only. Elsewhere, install what these lists name"
    say "and run meson by hand: $here/packages.txt"
    exit 1
fi

list=$(missing "$@" | tr '\n' ' ')
[ -n "$list" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
else
    say "These Debian packages are missing, and neither root nor sudo is at hand to install them:"
    say "  $list"
    say "Ask your administrator to run:  apt-get install --no-install-recommends $list"
    exit 1
fi

# apt-get update does not wait for the lock of the package lists by itself.
update() {
    waited_s=0
    until $as_root apt-get -q -o "DPkg::Lock::Timeout=$lock_wait_s" update >"$log" 2>&1; do
        if ! grep -q 'Could not get lock' "$log" || [ "$waited_s" -ge "$lock_wait_s" ]; then
            return 1
        fi
        sleep 2
        waited_s=$((waited_s + 2))
    done
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "Installing Debian packages: $list"
# A machine without network may still have all packages in its cache: an update that fails only warns.
update || say "apt-get update did not succeed; trying with the package lists at hand."
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o "DPkg::Lock::Timeout=$lock_wait_s" \
    install --no-install-recommends $list >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    say "The packages could not be installed; the last lines of apt-get are above."
    exit 1
fi
