// SPDX-License-Identifier: Apache-2.0
// Where in a sealed sheet the seal and the record lie. Not a general PDF reader: it follows the one
// incremental update that Touchstone writes, from its end to the signature, and refuses everything else.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pdf_place {
    size_t hole, hole_length; // with its angle brackets
    char sealed_at[32];       // the signature's /M as 2026-11-24T10:15:00+08:00, "" when it has another form
    size_t record, record_length;
};

// Codes for verify.h; NULL when all was found.
const char *pdf_place_find(const uint8_t *bytes, size_t length, struct pdf_place *ret_place);
