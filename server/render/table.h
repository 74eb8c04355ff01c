// SPDX-License-Identifier: Apache-2.0
// Tables: every cell is measured, a row is as high as its highest cell, and a row that does not fit begins
// a page with the head drawn again. Also grids of labels and values.
#pragma once

#include "render/flow.h"

enum { CELL_PHRASES = 6, TABLE_COLUMNS = 8 };

struct column {
    const char *zh, *en; // head
    double width;
    enum placing placing;
};

struct cell {
    struct phrase phrases[CELL_PHRASES];
    size_t count;
};

struct table {
    struct flow *flow;
    const struct column *columns;
    size_t column_count; // at most TABLE_COLUMNS
};

// A label in both languages and its value.
struct pair {
    const char *zh, *en;
    struct cell value;
};

void table_head(const struct table *table);
// Height that the head takes, for keeping it with the first row.
double table_head_height(const struct table *table);
double table_row_height(const struct table *table, const struct cell *cells);
// `keep` = height of what must stay on the same page after this row.
void table_row(const struct table *table, const struct cell *cells, double keep);
// A line under the last thing drawn.
void table_rule(const struct table *table, double thickness, enum ink ink);

// How pairs stand: one or two to a row, over `width` points from the left margin, labels `label` wide.
struct grid {
    double width, label;
    double first;        // width of the first pair of two; 0 = one to a row
    double second_label; // of the second pair; 0 = as the first
};

// Pairs whose value is empty are left out.
void table_grid(struct flow *flow, const struct grid *grid, const struct pair *pairs, size_t count);
double table_grid_height(struct flow *flow, const struct grid *grid, const struct pair *pairs, size_t count);

void cell_add(struct cell *cell, struct phrase phrase);
struct cell cell_of(struct phrase phrase);
