// SPDX-License-Identifier: Apache-2.0
// Looks at a sheet in a process of its own, and twice before it is refused. OpenSSL is set up once in a
// process and keeps what went wrong then, in itself and in certificates: where memory was short for one call
// every later answer may be "no", and a good sheet must not be called altered. And whoever made the file did
// not make it for us: what it does to a parser stays in that process.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ts_error;
struct verify_report;

struct evidence {
    const uint8_t *sheet;
    size_t length;
    const char *trusted; // certificates as PEM; NULL for none
    size_t trusted_length;
    const char *keys; // the log's keys.json; NULL for none
    size_t keys_length;
};

// As verify_pdf(). Also false with an empty report, and nothing judged: OUT_OF_MEMORY, CHECK_ENDED when the
// process was ended, NO_CERTIFICATE when nothing in `trusted` is one, KEYS_BROKEN when `keys` are none. The
// caller has no other thread.
bool look_twice(const struct evidence *evidence, struct verify_report *ret_report, struct ts_error *error);
