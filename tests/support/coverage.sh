#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the suites on a build with coverage and reports the line coverage of C.
#
# Called by `ninja -C build/coverage line-coverage` after `meson setup build/coverage -Db_coverage=true`.
# Fails below the floor. Generated code and the tests themselves do not count.
set -eu

floor_percent=85
build=$MESON_BUILD_ROOT
root=$MESON_SOURCE_ROOT

cd "$root"
tests/support/bootstrap.sh build run test node
tests/support/node_modules.sh
ninja -C "$build"
find "$build" -name '*.gcda' -delete
LC_ALL=C.UTF-8 /usr/bin/python3 -m tests.support.check --build "$build" unit database sheet client outside ||
    echo "Some tests failed; the coverage below is of what ran."
gcovr --root "$root" --object-directory "$build" "$build" \
    --filter "server/" --filter "client/" --filter "proto/wire/" --exclude '.*\.pb-c\.[ch]' \
    --gcov-ignore-parse-errors --exclude-unreachable-branches --sort-uncovered \
    --fail-under-line "$floor_percent" --html-details "$build/coverage.html" --txt "$build/coverage.txt" --print-summary
