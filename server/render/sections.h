// SPDX-License-Identifier: Apache-2.0
// The sections of a sheet, in the order in which report.c draws them. Each reads the record and draws at
// flow->y; errors stay in the canvas.
#pragma once

#include "render/code.h"
#include "render/flow.h"
#include "render/photo.h"
#include "render/sheet.h"

// One document of a record, as report.c hands it to the sections.
struct sheet {
    enum sheet_kind kind;
    enum sheet_standing standing;
    const char *standing_since;
    const struct photo *photo, *seal; // NULL when there is none
    struct code qr, small_qr;
    const char *host; // of the address in the code; "" without one
    const char *code; // of the small one, to be typed; "" without one
};

// Institute, title, legal class, number; then client, dates and place.
void section_front(struct flow *flow, const struct sheet *sheet);
void section_sample(struct flow *flow, const struct sheet *sheet);
// Results, conclusion, what it means, decision rule.
void section_results(struct flow *flow, const struct sheet *sheet);
// Of result `i`: its determinations below its row, and how high what must stay with the row is.
void determinations_draw(struct flow *flow, size_t i);
double determinations_keep(struct flow *flow, size_t i);
// Equipment, environment, signatures, statements, codes, end mark.
void section_signing(struct flow *flow, const struct sheet *sheet);
// The codes, with words how to check by them.
void section_verify(struct flow *flow, const struct sheet *sheet);
// The same one below the other at (x, y), and how high that is.
#define VERIFY_COLUMN_PT (58 / 25.4 * 72)
void verify_column(struct flow *flow, const struct sheet *sheet, double x, double y);
double verify_column_height(struct flow *flow, const struct sheet *sheet);
void verify_small(struct flow *flow, const struct sheet *sheet, double x, double y, double width);
double verify_small_height(void);
// The whole of the card: one page.
void section_card(struct flow *flow, const struct sheet *sheet);
