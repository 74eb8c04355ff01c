// SPDX-License-Identifier: Apache-2.0
// The original record of a test as pages: docs/original-record.md. Called by serve.c.
#pragma once

#include "render/report.h"

struct picture_bytes {
    const uint8_t *data;
    size_t length;
};

struct original_input {
    const uint8_t *record;
    size_t record_length;
    // In the order in which the record names them: the photo of the item, then the pictures attached.
    const struct picture_bytes *pictures;
    size_t picture_count;
};

// As report_draw: ends the canvas's document; the caller frees ret_report->pdf.
bool original_draw(struct canvas *canvas, const struct original_input *input, struct report *ret_report,
                   struct ts_error *error);
// Whether a picture can be drawn.
bool original_try_picture(const uint8_t *bytes, size_t length, struct ts_error *error);
// Whether the fonts have every character of a text; names the field and the character that they lack.
bool original_try_text(struct canvas *canvas, const char *field, const char *text, struct ts_error *error);
