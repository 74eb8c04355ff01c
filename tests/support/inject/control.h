// SPDX-License-Identifier: Apache-2.0
// The file through which a test steers inject.c, mapped by both: tests/support/injection.py writes it, the
// programs under test count in it. Every number is 64 bits in the machine's order; injection.py knows the
// offsets.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

enum { INJECT_NAME_BYTES = 32, INJECT_SITES_MAX = 1 << 17 };

// What may fail, as bits of `groups`.
enum inject_group {
    INJECT_MEMORY = 1,  // malloc and its kin
    INJECT_FILES = 2,   // open, read, write, fsync, rename and such, on files
    INJECT_SOCKETS = 4, // making, accepting, connecting, reading and writing them
    INJECT_PROCESS = 8  // fork, pipes
};

// A place is a hash of the return addresses above a call; its lowest bit says that the program itself, and no
// library, is among the nearest callers.
struct inject_control {
    _Atomic uint64_t groups;                  // counted and failed; 0 = nothing
    _Atomic uint64_t fail_from;               // the first call to fail, from 1; 0 = only count
    _Atomic uint64_t fail_count;              // how many fail from there on
    _Atomic uint64_t calls;                   // counted so far
    _Atomic uint64_t failed;                  // failed so far
    _Atomic uint64_t traces;                  // write down where each call came from
    char program[INJECT_NAME_BYTES];          // only in programs of this name; empty = in all
    _Atomic uint64_t sites[INJECT_SITES_MAX]; // of call n, from 1: its place
};
