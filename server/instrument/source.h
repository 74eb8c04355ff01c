// SPDX-License-Identifier: Apache-2.0
// The rows of an instrument's file and their cells, whatever kind of file it is: CSV by core/csv.h, or fixed
// width. Every cell knows its line and column. The layout must have passed layout_check().
#pragma once

#include "core/csv.h"
#include "touchstone/v1/instrument.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

#define SOURCE_BYTES_MOST 1048576
#define SOURCE_LINE_BYTES_MOST 16384 // of fixed width

struct arena;
struct ts_error;

struct source {
    const Touchstone__V1__InstrumentLayout *layout;
    struct arena *arena;
    struct csv_table table; // of CSV
    size_t next;            // row of it
    const char *at, *end;   // of fixed width: where the next line begins
    unsigned line;          // of the row at hand
    const char *row;        // of fixed width: the row at hand
    size_t row_length;
};

enum source_step { SOURCE_ROW, SOURCE_END, SOURCE_FAILED };

// INVALID_ARGUMENT / FILE_INVALID with "line 3, column 14: ...", RESOURCE_EXHAUSTED / FILE_TOO_LARGE.
bool source_open(const Touchstone__V1__InstrumentLayout *layout, const char *bytes, size_t length,
                 struct arena *arena, struct source *ret_source, struct ts_error *error);
// The next row that has something in it.
enum source_step source_next(struct source *source, struct ts_error *error);
// A cell of the row at hand without the blanks around it; "" where the row ends before it, with the place
// where it would stand. `column` is one of the layout's.
bool source_cell(struct source *source, const Touchstone__V1__InstrumentColumn *column,
                 struct csv_cell *ret_cell, struct ts_error *error);
// The first cell of the row, of fixed width the whole line.
bool source_first(struct source *source, struct csv_cell *ret_cell, struct ts_error *error);
// Something stands behind the last column of the header: a delimiter inside a cell has moved the others.
bool source_is_too_long(const struct source *source);
