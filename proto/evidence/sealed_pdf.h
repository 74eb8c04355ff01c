// SPDX-License-Identifier: Apache-2.0
// Where in a sealed sheet the drawn pages end and where the seal and the attached files lie. Not a general
// PDF reader: it follows the one incremental update that server/sheet writes, from its end to the signature,
// and refuses everything else.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sealed_span {
    size_t at, length;
};

struct sealed_pdf {
    size_t hole, hole_length; // with its angle brackets
    char sealed_at[32];       // the signature's /M as 2026-11-24T10:15:00+08:00, "" when it has another form
    size_t drawn_length;      // the file begins with so many bytes that the renderer drew
    struct sealed_span record;
    struct sealed_span cose, proof; // length 0: a sheet of before there was a log
};

// Codes for verify.h; NULL when all was found.
const char *sealed_pdf_find(const uint8_t *bytes, size_t length, struct sealed_pdf *ret_place);
