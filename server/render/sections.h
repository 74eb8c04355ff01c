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
    const struct photo *photo, *seal;       // NULL when there is none
    const struct photo *marks[SHEET_MARKS]; // the same; a mark without one is told in words
    struct code qr, small_qr;
    const char *host; // of the address in the code; "" without one
    const char *code; // of the small one, to be typed; "" without one
};

// Institute, title, legal class, number; then client, dates and place.
void section_front(struct flow *flow, const struct sheet *sheet);
void section_sample(struct flow *flow, const struct sheet *sheet);
// Results, conclusion, what it means.
void section_results(struct flow *flow, const struct sheet *sheet);
// Of result `i`, below its row: readings and determinations, and how high the title and the first `most` are.
#define SECTION_GAP_PT 14.0 // between what stands on one line
void readings_draw(struct flow *flow, size_t i);
double readings_height(struct flow *flow, size_t i, size_t most);
void determinations_draw(struct flow *flow, size_t i);
double determinations_height(struct flow *flow, size_t i, size_t most);
// Decision rule, equipment, environment, what was not told.
void section_conditions(struct flow *flow);
// Signatures and the picture of the seal.
void section_signing(struct flow *flow, const struct sheet *sheet);
// Statements, codes, end mark.
void section_closing(struct flow *flow, const struct sheet *sheet);
// The codes one below the other at (x, y), in a column as wide as the large one or
// wider; and the words how to check by them, in a narrow column or a wide one.
#define VERIFY_COLUMN_PT (58 / 25.4 * 72)
enum { VERIFY_LINES = 8 };
void verify_codes(struct flow *flow, const struct sheet *sheet, double x, double y, double width);
double verify_codes_height(void);
void verify_words(struct flow *flow, const struct sheet *sheet, bool is_narrow,
                  struct phrase lines[VERIFY_LINES]);
// For the card: the large code and short words one below the other at (x, y), and how high that is.
void verify_column(struct flow *flow, const struct sheet *sheet, double x, double y);
double verify_column_height(struct flow *flow, const struct sheet *sheet);
void verify_small(struct flow *flow, const struct sheet *sheet, double x, double y, double width);
double verify_small_height(void);
// The whole of the card: one page.
void section_card(struct flow *flow, const struct sheet *sheet);
