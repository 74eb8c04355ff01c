// SPDX-License-Identifier: Apache-2.0
// What of the catalogue reference data are run through: formulas, factors of units and rules of control
// charts, those of the starting pack, or a laboratory's own from the folder that `touchstoned catalogue
// export` writes, so that what is validated is what judges there.
#pragma once

#include "formula/units.h"
#include "validate/checksum.h"

struct arena;
struct builtin_formula;
struct control_rule_row;
struct control_rule_set;
struct ts_error;

// A file of the folder; for the report.
struct catalogue_file {
    const char *name;
    char sha256[CHECKSUM_SIZE];
};

struct validate_catalogue {
    const struct builtin_formula *formulas;
    size_t formula_count;
    struct formula_units units;
    const struct control_rule_row *rules; // in the order of their sets
    size_t rule_count;
    struct catalogue_file files[3]; // none where the program's own are used
    size_t file_count;
};

void catalogue_built_in(struct validate_catalogue *ret_catalogue);

// formulas.csv, formula_units.csv and control_rules.csv of the folder; the program's own for what is not
// there. Every expression and rule can be read afterwards. The errors of whole_file_read() and csv_read();
// INVALID_ARGUMENT / CATALOGUE_INVALID with file and line.
bool catalogue_read(const char *folder, struct arena *arena, struct validate_catalogue *ret_catalogue,
                    struct ts_error *error);

// NULL when there is none.
const struct builtin_formula *catalogue_find(const struct validate_catalogue *catalogue,
                                             const char *calc_key);
// The set of this name. NOT_FOUND / CONTROL_SET_UNKNOWN.
bool catalogue_rule_set(const struct validate_catalogue *catalogue, const char *name,
                        struct control_rule_set *ret_set, struct ts_error *error);
