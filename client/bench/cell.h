// SPDX-License-Identifier: Apache-2.0
// What is typed into a cell of the grid, understood letter by letter: a reading with its qualifier and place,
// an input of a formula, a grade, a text. Numbers are judged by the wire's own rules (wire/rules_text.h), so
// that what is accepted here is what the server accepts. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum cell_kind {
    // "751.2", "<0.01", "ND", "<LOQ", "ND0.01", "751.2@shank", "15.5(-)".
    CELL_READING,
    // "23.15"; several with blanks between are a list; "0.01: 232 244 / 0.001: 33 35" is one for each
    // dilution.
    CELL_INPUT,
    CELL_GRADE,
    CELL_TEXT,
    // An uncertainty: more than 0.
    CELL_POSITIVE,
};

enum { CELL_BYTES = 96, CELL_CHARACTERS = 60, CELL_WHY = 220, CELL_GRADES = 16 };

enum cell_state {
    CELL_EMPTY,
    CELL_FINE,
    // Right so far: more must follow.
    CELL_UNFINISHED,
    // Accepted, and probably mistyped.
    CELL_ODD,
    CELL_WRONG,
};

// What the catalogue says of the parameter.
struct cell_facts {
    // "" = none.
    char unit[32], lod[48], loq[48];
    // Of the result; -1: it is not rounded to decimals.
    int decimals;
    char grades[CELL_GRADES][16];
    size_t grade_count;
};

// A reading as the request takes it.
struct cell_reading {
    char value[CELL_BYTES], position[CELL_BYTES];
    // As message/value.h takes it; NULL = none.
    const char *qualifier;
};

// `ret_why`: a sentence about UNFINISHED, ODD and WRONG, else "".
enum cell_state cell_judge(enum cell_kind kind, const struct cell_facts *facts, const char *text,
                           bool chinese, char ret_why[CELL_WHY]);

// Of a text that is FINE or ODD.
void cell_take_reading(const struct cell_facts *facts, const char *text, struct cell_reading *ret_reading);

// The input's value as JSON; how many bytes, cut at `size`. Of a text that is FINE.
size_t cell_write_json(enum cell_kind kind, const char *text, char *ret_json, size_t size);

// Whether two readings lie so far apart that one is probably mistyped: by more than a tenth. Of plain numbers
// only.
bool cell_is_far(const struct cell_facts *facts, const char *text, const char *other);
