// SPDX-License-Identifier: Apache-2.0
// A screenful as a grid of cells: what is written is clipped to its place by columns, so that nothing wraps
// and nothing runs into its neighbour. The desk is painted into it (paint.h); the terminal copies it, and
// tests read it as text. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

enum page_style {
    PAGE_PLAIN,
    PAGE_TITLE,
    PAGE_LABEL,
    // An empty or filled field, and the one that has the cursor.
    PAGE_FIELD,
    PAGE_FOCUS,
    PAGE_STRONG,
    PAGE_DIM,
    PAGE_BAD,
    PAGE_GOOD,
    PAGE_KEY,
    PAGE_STYLES,
};

enum { PAGE_MARKS = 4, PAGE_ROWS_MOST = 500, PAGE_COLUMNS_MOST = 1000 };

struct page_cell {
    // A letter and the marks upon it; empty in the second column of a wide one.
    wchar_t text[PAGE_MARKS + 1];
    enum page_style style;
};

struct page {
    int rows, columns;
    struct page_cell *cells;
    // -1: no cursor.
    int cursor_row, cursor_column;
};

// An empty page. False without memory or beyond the ceiling. page_done takes what page_init made, or zeros.
bool page_init(struct page *page, int rows, int columns);
void page_done(struct page *page);

// The cell; NULL outside.
struct page_cell *page_at(const struct page *page, int row, int column);

void page_fill(struct page *page, int row, int column, int width, enum page_style style);

// Writes at most `width` columns; what is cut ends in "~". How many columns it took.
int page_text(struct page *page, int row, int column, int width, enum page_style style, const char *text);

// The same as it is, sign by sign: what somebody types, with a cursor in it. page_text draws "o/oo" for the
// permille sign and the like, because terminals differ on their widths.
int page_typed(struct page *page, int row, int column, int width, enum page_style style, const char *text);

// The columns that page_text takes for it.
int page_width(const char *text);

int page_format(struct page *page, int row, int column, int width, enum page_style style, const char *format,
                ...) __attribute__((format(printf, 6, 7)));

// Like page_text, over several rows, broken between words or wide letters. How many rows it took.
int page_wrap(struct page *page, int row, int column, int width, int rows, enum page_style style,
              const char *text);

// The row as UTF-8 without blanks at its end; to be freed. NULL without memory.
char *page_row_text(const struct page *page, int row);
