// SPDX-License-Identifier: Apache-2.0
// Draws a layout: as PDF, as a picture of what a label printer would print, and single texts as bitmaps for
// printers that lack their letters.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "printer/layout.h"

struct ts_error;
struct values;

enum paper_format { PAPER_PDF, PAPER_PNG };

// Bytes to be freed by g_free. INTERNAL without memory; INVALID_ARGUMENT when a code does not fit.
bool paper_draw(const struct layout *layout, const struct values *values, enum paper_format format,
                unsigned char **ret_bytes, size_t *ret_length, struct ts_error *error);

// One bit a dot, rows of whole bytes, the highest bit is left; 1 is black. To be freed by g_free.
struct paper_bitmap {
    int width, height, stride;
    unsigned char *bits;
};

bool paper_text_bitmap(const struct layout *layout, const struct layout_part *part, const char *text,
                       struct paper_bitmap *ret_bitmap, struct ts_error *error);
