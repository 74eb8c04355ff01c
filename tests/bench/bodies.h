// SPDX-License-Identifier: Apache-2.0
// Random requests over the rows of fill.sql. Used by load.c; floor/*.sql asks the same of the database
// itself.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { BODY_BYTES_MOST = 16384, TOKEN_SIZE = 33, DESKS = 64 };

// What the rows are; the same for all calls of a run.
struct bodies {
    uint64_t items;           // of the data set
    uint64_t window, windows; // open tests are divided among runs, so that each knows the versions of its own
    uint64_t slots;           // calls in flight
    uint64_t random;          // state of the generator, never 0
};

struct body {
    uint8_t bytes[BODY_BYTES_MOST]; // with the prefix of gRPC
    size_t length;
    char token[TOKEN_SIZE];
};

struct act {
    const char *name;
    const char *path;
    // The count-th call of a slot.
    void (*write)(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body);
};

// NULL when there is none of that name.
const struct act *act_find(const char *name);
