// SPDX-License-Identifier: Apache-2.0
// The formulas and factors of units that reference data are run through: those of the starting pack, or a
// laboratory's own from the folder that `touchstoned catalogue export` writes, so that what is validated is
// what judges there.
#pragma once

#include "formula/units.h"
#include "validate/checksum.h"

struct arena;
struct builtin_formula;
struct ts_error;

// A file of the folder; for the report.
struct formulary_file {
    const char *name;
    char sha256[CHECKSUM_SIZE];
};

struct formulary {
    const struct builtin_formula *formulas;
    size_t formula_count;
    struct formula_units units;
    struct formulary_file files[2]; // none where the program's own are used
    size_t file_count;
};

void formulary_built_in(struct formulary *ret_formulary);

// formulas.csv and formula_units.csv of the folder; the program's own for the one that is not there. Every
// expression can be read afterwards. The errors of whole_file_read() and csv_read(); INVALID_ARGUMENT /
// FORMULARY_INVALID with file and line.
bool formulary_read(const char *folder, struct arena *arena, struct formulary *ret_formulary,
                    struct ts_error *error);

// NULL when there is none.
const struct builtin_formula *formulary_find(const struct formulary *formulary, const char *calc_key);
