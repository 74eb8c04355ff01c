#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Configures a build directory of meson, or leaves it alone when it is as wanted.
#
# Usage: configure.sh DIRECTORY OPTION...   Called by ./quickstart and ./check. A directory that was
# configured from another place (a moved or copied checkout) or with other options is made anew.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
directory=$1
shift
wanted=$(printf '%s\n' "$root" "$@")
stamp=$directory/touchstone.configured

if [ -e "$directory" ] && [ ! -w "$directory" ]; then
    echo "$directory belongs to another user. Remove it, or work in a clone of your own." >&2
    exit 1
fi
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi
rm -rf "$directory"
mkdir -p "$(dirname -- "$directory")"
# The compilers and interpreters of Debian, whatever else stands first in PATH.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH
export PATH
log=$directory.configure.log
if ! LC_ALL=C.UTF-8 meson setup "$directory" "$root" "$@" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    exit 1
fi
printf '%s\n' "$wanted" >"$stamp"
