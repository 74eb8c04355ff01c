// SPDX-License-Identifier: Apache-2.0
// What the two QR codes of a sheet say (docs/evidence.md): the signed statement itself, and as a small second
// one the sheet's number with a short code.
#pragma once

#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct sheet_codes {
    const char *full;  // https://<host>/s#<digits>
    const char *small; // https://<host>/s?n=<number>&c=<code>
};

// `cose` is the sheet's COSE_Sign1. The texts live in the arena.
bool sheet_codes_make(const char *host, const char *sheet_no, const uint8_t *cose, size_t length,
                      struct arena *arena, struct sheet_codes *ret_codes, struct ts_error *error);
