// SPDX-License-Identifier: Apache-2.0
// A list of the record as a table with a heading, its head repeated on every page; and the cells of such
// tables.
#pragma once

#include "render/table.h"

struct original_list {
    const char *path; // of the list in the record
    const char *zh, *en;
    const struct column *columns;
    size_t column_count;
    void (*row)(struct record *record, size_t i, struct cell *cells);
};

// Nothing when the list is empty.
void original_list_draw(struct flow *flow, const struct original_list *list);
// The same for `count` rows of any kind.
void original_list_draw_rows(struct flow *flow, const struct original_list *list, size_t count);

// The text at list[i].key.
struct cell original_cell(struct record *record, const char *list, size_t i, const char *key);
// list[i].key_zh above list[i].key_en.
struct cell original_words(struct record *record, const char *list, size_t i, const char *key);
// A text of our own making.
struct cell original_text(const char *field, const char *text);
// A cell that holds nothing says so.
struct cell original_or_dash(struct cell cell);
// A number stays with its unit, and with the sign before it: "≥ 750 ‰" is not broken over lines.
const char *original_unbroken(struct record *record, const char *text);
// The text at a path, so.
struct phrase original_whole(struct record *record, struct style style, const char *path);
