// SPDX-License-Identifier: Apache-2.0
// One line of text that a person edits: UTF-8, with its cursor. A cursor never stands between a letter and
// the marks upon it, and columns are counted as the terminal does (wcwidth). Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct press;

enum { FIELD_BYTES = 1024 };

struct field {
    char text[FIELD_BYTES];
    size_t length;
    // In bytes, at a letter's beginning.
    size_t cursor;
    // Characters that it takes.
    size_t most;
    // A proposal that was not touched: the first letter replaces it, as in a spreadsheet.
    bool is_preset;
};

// What became of a press.
enum field_result {
    FIELD_TOOK,
    // Not an editing key.
    FIELD_IGNORED,
    FIELD_FULL,
    // A control or bidirectional character.
    FIELD_REFUSED,
};

void field_init(struct field *field, size_t most);

// Replaces the text, cut to what the field takes; the cursor goes to its end.
void field_set(struct field *field, const char *text);

// A proposal: what is typed replaces it, an editing key keeps it.
void field_preset(struct field *field, const char *text);

enum field_result field_press(struct field *field, const struct press *press);

enum field_result field_insert(struct field *field, uint32_t character);

// Characters in the field.
size_t field_count(const struct field *field);

// The part that is shown in so many columns, the cursor within it: bytes [*ret_begin, *ret_end), and the
// cursor's column.
void field_window(const struct field *field, int columns, size_t *ret_begin, size_t *ret_end,
                  int *ret_cursor);

// The text without blanks at both ends, in `ret_text` of `size` bytes.
void field_trimmed(const struct field *field, char *ret_text, size_t size);

// Nothing but blanks.
bool field_is_blank(const struct field *field);

// Writes the character as UTF-8; how many bytes it takes.
size_t field_encode(uint32_t character, char ret_bytes[4]);
