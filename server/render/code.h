// SPDX-License-Identifier: Apache-2.0
// A QR code on a page: level M, four squares of quiet zone, drawn as one picture of one bit a square. Of a
// text with '#' what stands behind it is digits in the numeric mode, all else bytes, so that a signed
// statement of 900 bytes stays below version 25 (ISO/IEC 18004:2015, 7.3). Called by verify.c and card.c.
#pragma once

#include "wire/error.h"

#include <cairo.h>
#include <stdbool.h>

struct code {
    cairo_surface_t *squares; // A1, with the quiet zone; NULL: no code
    int side;                 // of it, in squares
    int version;
};

enum { CODE_VERSION_MOST = 25, CODE_QUIET = 4 };

// A text that needs more than version 25 is refused by the name of `field`. "" makes none.
bool code_make(const char *text, const char *field, struct code *ret_code, struct ts_error *error);
void code_done(struct code *code);
// In a white square of `side_pt` with its corner at (x, y); `cairo` NULL draws nothing.
void code_draw(const struct code *code, cairo_t *cairo, double x, double y, double side_pt);
