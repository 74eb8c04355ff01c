// SPDX-License-Identifier: Apache-2.0
// Reading CSV (RFC 4180) from memory: rows of cells, each with the line and column where it stands, so that
// whoever checks a cell can name its place. UTF-8, commas (csv_read_form: what the form says), quotes doubled
// inside quotes, line ends LF or CRLF, also inside quotes, where they stay as typed. A byte order mark at the
// start is skipped, lines with nothing in them are too, and rows of empty cells (not where rows may be
// ragged). Every row must have as many cells as the first one, which is the header.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The ceilings; beyond each the text is refused with its place.
#define CSV_BYTES_MOST (16U << 20)
#define CSV_ROWS_MOST 200000
#define CSV_CELLS_MOST 256 // of one row
#define CSV_CELL_BYTES_MOST 65536
// What the arena must have room for: a row of 24 and a cell of 24 bytes beside every cell's text.
#define CSV_ARENA_BYTES (256U << 20)

struct arena;
struct ts_error;

struct csv_cell {
    const char *text; // never NULL; a NUL follows and none stands inside
    size_t length;
    unsigned line, column; // of its first character, from 1; columns count characters
};

struct csv_row {
    const struct csv_cell *cells;
    size_t count; // that of the header; after csv_read_ragged() any
    unsigned line;
};

struct csv_table {
    const struct csv_row *rows; // rows[0] is the header
    size_t count;               // at least 1
};

// The table lives in the arena; `bytes` may go. INVALID_ARGUMENT / CSV_INVALID with "line 3, column 14: ..."
// as its detail, RESOURCE_EXHAUSTED / CSV_TOO_LARGE.
bool csv_read(const char *bytes, size_t length, struct arena *arena, struct csv_table *ret_table,
              struct ts_error *error);

// The same, but rows may be shorter or longer than the header: for files where the last column is for people
// and somebody forgot to quote a comma in it. The caller checks that the cells it needs are there.
bool csv_read_ragged(const char *bytes, size_t length, struct arena *arena, struct csv_table *ret_table,
                     struct ts_error *error);

// Files of instruments, which are not written for us.
struct csv_form {
    char delimiter;      // ASCII, neither a quote nor a line end
    bool ragged;         // as csv_read_ragged()
    unsigned skip_lines; // before the header; whatever stands in them, as long as it is text
};

bool csv_read_form(const char *bytes, size_t length, const struct csv_form *form, struct arena *arena,
                   struct csv_table *ret_table, struct ts_error *error);

// Where the header has this name; false when it does not.
bool csv_find_column(const struct csv_table *table, const char *name, size_t *ret_index);
