// SPDX-License-Identifier: Apache-2.0
// Pages from sections: they run twice, once to count the pages, once to draw them into a PDF 1.4. What a
// sheet (report.c) and an original record (original.c) share.
#pragma once

#include "render/flow.h"
#include "render/report.h"

struct document {
    struct record *record;
    // Fills the pages from the first one's top on.
    void (*run)(struct flow *flow, const void *context);
    const void *context;
    const char *title, *author, *subject; // of the PDF
    // "2026-11-24 10:15", and the field that it stands in.
    const char *made_at, *made_at_field;
    const char *pages_field; // named when there are too many pages
    bool shows_code_points;  // of characters that no font has, instead of failing
    struct flow_words words;
};

// Ends the canvas's document. The caller frees ret_report->pdf, also on failure.
bool document_draw(struct canvas *canvas, const struct document *document, struct report *ret_report,
                   struct ts_error *error);
// Whether the bytes have this SHA-256, in hexadecimal.
bool document_check_hash(const uint8_t *bytes, size_t length, const char *expected, const char *field,
                         struct ts_error *error);
