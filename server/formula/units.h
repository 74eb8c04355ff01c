// SPDX-License-Identifier: Apache-2.0
// Factors of units (formula_units.csv): what convert() and the files of instruments calculate with. A table
// comes from the catalogue; that of the starting pack is in builtin.h.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define FORMULA_UNITS_MOST 1000

struct arena;
struct ts_error;

struct formula_unit {
    const char *code; // UCUM
    const char *display;
    const char *dimension;
    const char *factor; // to the base unit of the dimension, a decimal above 0
    const char *offset; // added after the factor; "0" but for temperatures
};

struct formula_units {
    const struct formula_unit *rows;
    size_t count;
};

// By the UCUM code, else as printed; NULL when there is none.
const struct formula_unit *units_find(const struct formula_units *units, const char *name);

// As the database tells them: [["mg", "mg", "mass", "0.001", "0"], ...]; "" is the
// program's own (builtin.h). The rows live in the arena. INVALID_ARGUMENT / FORMULA_UNITS, RESOURCE_EXHAUSTED
// / FORMULA_TOO_LARGE.
bool units_read(const char *json, struct arena *arena, struct formula_units *ret_units,
                struct ts_error *error);
