// SPDX-License-Identifier: Apache-2.0
// What the files of a worksheet's page share: where things stand, in tenths of a pixel, and how texts are
// made to fit their places. Widths are estimated: a letter is 0.6 of the font's size, a Chinese character all
// of it. Only for worksheet_page.c, worksheet_head.c, worksheet_notes.c, worksheet_foot.c and
// worksheet_pen.c.
#pragma once

#include "quality/chart_pen.h"
#include "touchstone/internal/v1/worksheet.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

// A4 at 96 to the inch.
enum {
    PAGE_WIDTH = 7940,
    PAGE_HEIGHT = 11230,
    PAGE_MARGIN = 420,
    PAGE_FONT = 90,
    PAGE_PITCH = 133,  // of lines
    PAGE_FACTS = 1030, // base line of the first fact
    PAGE_TEXT = 1200,  // bytes of a paragraph
    PAGE_FOOT = 10335  // base line of the foot's first line
};

#define PAGE_INK 0x171A21u
#define PAGE_QUIET 0x4A525Fu
#define PAGE_ACCENT 0x12335Cu
#define PAGE_RULE 0xB4BCC8u
#define PAGE_TINT 0xEEF1F5u
#define PAGE_FAILED_TINT 0xF3CFCBu
#define PAGE_FAILED 0x8C1C1Cu
#define PAGE_PAPER 0xFFFFFFu

#define PAGE_KIND(name) TOUCHSTONE__V1__POSITION_KIND__POSITION_KIND_##name
#define PAGE_OUTCOME(name) TOUCHSTONE__V1__POSITION_OUTCOME__POSITION_OUTCOME_##name
#define PAGE_STATE(name) TOUCHSTONE__V1__WORKSHEET_STATE__WORKSHEET_STATE_##name

struct worksheet_page {
    const Touchstone__V1__GetWorksheetResponse *shown;
    const Touchstone__V1__Worksheet *sheet;
    const Touchstone__Internal__V1__PageFacts *facts;
    struct chart_pen pen;
    int y;     // down to where it is full
    int spare; // lines that facts may take beyond one each
};

struct worksheet_cell {
    int x, y, width;
    enum chart_anchor anchor;
    int size;
    bool bold;
    uint32_t rgb;
};

// A paragraph that grows; what does not fit into it is cut.
struct worksheet_text {
    char bytes[PAGE_TEXT];
    size_t length;
};

void worksheet_pen_add(struct worksheet_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int worksheet_pen_width(const char *text, int size);
// On one line; what is too long ends in three dots.
void worksheet_pen_put(const struct worksheet_page *page, const struct worksheet_cell *cell,
                       const char *text);
// A figure is never cut, because a part of it is another figure: it becomes smaller, or `instead` stands
// there.
void worksheet_pen_put_whole(const struct worksheet_page *page, const struct worksheet_cell *cell,
                             const char *text, const char *instead);
// On at most `most` lines, the last of which may end in three dots; returns how many.
int worksheet_pen_wrap(const struct worksheet_page *page, const struct worksheet_cell *cell, int most,
                       const char *text);
void worksheet_pen_rule(const struct worksheet_page *page, int x1, int y1, int x2, int y2, int width,
                        uint32_t rgb);
void worksheet_pen_box(const struct worksheet_page *page, int x, int y, int width, int height, uint32_t fill);

// Title, form, state and facts; moves page->y and takes of page->spare.
void worksheet_head_put(struct worksheet_page *page);
// Facts that are there in any case, each at least a line.
int worksheet_head_lines(const struct worksheet_page *page);
// Holds and what else must be said of positions, on at most so many lines; moves page->y.
void worksheet_notes_put(struct worksheet_page *page, int lines);

// Samples that have a result of this worksheet.
size_t worksheet_parts_measured(const struct worksheet_page *page);
// Of a sample: its batch is held, its result was entered again later, its test was repeated.
bool worksheet_parts_is_held(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one);
bool worksheet_parts_is_corrected(const struct worksheet_page *page,
                                  const Touchstone__V1__WorksheetPosition *one);
bool worksheet_parts_is_retested(const Touchstone__V1__WorksheetPosition *one);
// Whether this page may tell a verdict of the sample.
bool worksheet_parts_tells(const struct worksheet_page *page, const Touchstone__V1__WorksheetPosition *one);
// Signs, abbreviations and the page's own data, down to the end of the paper.
void worksheet_foot_put(const struct worksheet_page *page);
bool worksheet_parts_is_among(const int32_t *positions, size_t count, int32_t position);
