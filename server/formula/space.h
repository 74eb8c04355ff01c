// SPDX-License-Identifier: Apache-2.0
// What a formula calculates with: numbers, texts, truths, lists of numbers or texts, and maps from a number
// to a list. A space holds everything of one evaluation in fixed arrays, so that nothing is allocated while
// numbers are worked on; whoever evaluates takes one from its arena. Texts point into the program or into the
// JSON of the inputs, which outlive the space.
#pragma once

#include "formula/units.h"
#include "wire/decimal.h"

#define FORMULA_CELLS 4096     // numbers and texts in all lists together, those in between counted
#define FORMULA_ENTRIES 64     // of all maps
#define FORMULA_VARIABLES 64   // inputs and steps
#define FORMULA_NAME_BYTES 40  // of an input or a step, with the NUL
#define FORMULA_WORK 200000    // operations on single numbers of one evaluation
#define FORMULA_TEXT_BYTES 512 // of a text that a formula answers, with the NUL

struct ts_error;

enum formula_kind { FORMULA_NUMBER, FORMULA_TEXT, FORMULA_TRUTH, FORMULA_LIST, FORMULA_MAP };

struct formula_cell {
    struct decimal number;
    const char *text; // NULL when it is a number
};

struct formula_entry {
    struct decimal key;
    size_t first, count; // its list, in the cells
};

struct formula_value {
    enum formula_kind kind;
    bool truth;
    size_t first, count; // of a list in the cells, of a map in the entries
    const char *text;
    struct decimal number;
};

struct formula_variable {
    char name[FORMULA_NAME_BYTES];
    struct formula_value value;
};

struct formula_space {
    const struct formula_units *units; // of convert()
    size_t cell_count, entry_count, variable_count;
    unsigned work;
    size_t text_used;
    char text[FORMULA_TEXT_BYTES]; // what functions answer, one text behind the other
    struct formula_variable variables[FORMULA_VARIABLES];
    struct formula_entry entries[FORMULA_ENTRIES];
    struct formula_cell cells[FORMULA_CELLS];
};

// Empty. The units outlive it.
void space_init(struct formula_space *space, const struct formula_units *units);
// NULL when nothing has this name.
const struct formula_value *space_find(const struct formula_space *space, const char *name);
// Fails with FORMULA_TOO_LARGE; also for a name that is there already.
bool space_set(struct formula_space *space, const char *name, const struct formula_value *value,
               struct ts_error *error);
// Cells for a list of `count`; fails with RESOURCE_EXHAUSTED / FORMULA_TOO_LARGE.
bool space_list(struct formula_space *space, size_t count, struct formula_value *ret_list,
                struct ts_error *error);
struct formula_value space_number(const struct decimal *number);
struct formula_value space_text(const char *text);
struct formula_value space_truth(bool truth);
// A text of a function's own, kept in the space. Fails with FORMULA_TOO_LARGE.
bool space_keep_text(struct formula_space *space, const char *text, struct formula_value *ret_value,
                     struct ts_error *error);
// The word for a person: "a number", "a list".
const char *space_kind_name(enum formula_kind kind);
// Counts operations; fails with RESOURCE_EXHAUSTED / FORMULA_TOO_LONG.
bool space_work(struct formula_space *space, size_t operations, struct ts_error *error);
