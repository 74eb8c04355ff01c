// SPDX-License-Identifier: Apache-2.0
// A record and a photo become the pages of a sheet: PDF 1.4, the same bytes every time for the same input,
// fonts and libraries. Called by serve.c; the unit tests call it too.
#pragma once

#include "render/sheet.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct canvas;

struct report {
    uint8_t *pdf; // malloc'ed
    size_t length;
    int page_count;
};

struct report_input {
    const uint8_t *record;
    size_t record_length;
    const uint8_t *photo; // length 0: none
    size_t photo_length;
    const uint8_t *seal; // the picture of the institute's seal; length 0: none
    size_t seal_length;
    struct {
        const uint8_t *bytes; // the official drawing; length 0: none
        size_t length;
    } marks[SHEET_MARKS];
    const char *qr, *small_qr; // what the codes hold; NULL or "": the page says that there is none
    enum sheet_kind kind;
    enum sheet_standing standing;
    const char *standing_since; // "2026-11-30"; NULL while it stands
};

// Ends the canvas's document. The error names the field that cannot be drawn. The caller frees
// ret_report->pdf.
bool report_draw(struct canvas *canvas, const struct report_input *input, struct report *ret_report,
                 struct ts_error *error);
