// SPDX-License-Identifier: Apache-2.0
// What the painters of the screens share: forms, tables, pairs of label and value.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "desk/page.h"
#include "desk/state.h"
#include "text/moment.h"

struct area {
    int row, column, rows, columns;
};

// A label and what stands for it; nothing when that is empty. Answers the next row.
int painter_pair(const struct desk *desk, struct page *page, struct area area, const char *zh, const char *en,
                 const char *value);

// The same with what is written in words: in as many rows as the area has, the last one cut with a sign.
int painter_words(const struct desk *desk, struct page *page, struct area area, const char *zh,
                  const char *en, const char *value);

// The form's slots in columns side by side, scrolled so that the cursor is seen when `is_active`. Answers how
// many slots there was no room for.
size_t painter_form(const struct desk *desk, struct page *page, struct area area, const struct form *form,
                    int columns, bool is_active);

// Rows that painter_form takes for all slots.
int painter_form_rows(const struct form *form, int columns);

// The options of the focused choice, the chosen one marked.
void painter_options(const struct desk *desk, struct page *page, struct area area, const struct slot *slot);

// An editable field with its cursor.
void painter_field(struct page *page, int row, int column, int width, const struct field *field,
                   bool is_active, bool is_secret);

// Words of a value of an enumeration, by its number.
struct painter_word {
    const char *zh, *en;
};
#define PAINTER_WORD(desk, words, at) painter_word(desk, words, sizeof(words) / sizeof *(words), (size_t)(at))
const char *painter_word(const struct desk *desk, const struct painter_word *words, size_t count, size_t at);

// The first row of a list that is in sight when its cursor is, with so many rows of room.
size_t painter_top(const struct desk *desk, int rows);

// Rows that there is no room for are told beside the list: "^" = some above, "v" = some below. The heading's
// row, the rows that it has room for below it, the first one in sight, how many there are.
void painter_more(struct page *page, struct area heading, int room, size_t top, size_t count);

struct painter_column {
    const char *zh, *en;
    // 0: what is left over.
    int width;
};

// One row of a table; NULL texts: its heading.
void painter_row(const struct desk *desk, struct page *page, struct area area,
                 const struct painter_column *columns, size_t count, const char *const *texts,
                 bool is_chosen);

// "2026-11-30 15:04" by the institute's clock, by the machine's as long as its zone is not known; "" for
// none.
struct painter_time {
    char text[MOMENT_BYTES];
};
struct painter_time painter_time(const struct desk *desk, const void *timestamp);

// "09:00-10:00" of a session; from midnight to midnight in words.
struct painter_time painter_session(const struct desk *desk, const char *begins, const char *ends);

// The option's name in the desk's language.
const char *painter_option(const struct desk *desk, const struct option *option);

typedef void painter_screen(const struct desk *desk, struct page *page, struct area area);

painter_screen paint_login, paint_locked, paint_home, paint_intake, paint_receipt, paint_item, paint_items,
    paint_deliveries;
painter_screen paint_slots, paint_booking, paint_tickets;
painter_screen paint_slip, paint_waiting;
painter_screen paint_custody, paint_keeping, paint_storing, paint_returning, paint_closing;
painter_screen paint_dialog;
// How many of so many rows the open dialog takes, at the bottom.
int paint_dialog_rows(const struct desk *desk, int most);
painter_screen paint_mending, paint_changes, paint_mends;
painter_screen paint_air, paint_air_points;
