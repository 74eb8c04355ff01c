// SPDX-License-Identifier: Apache-2.0
// The formulas and the factors of units that the programs carry with them, generated from
// migrations/catalogue/formulas.csv and formula_units.csv, so that a validation needs no database. Formulas
// of a laboratory come from its catalogue and are parsed in the same way.
#pragma once

#include "formula/units.h"

struct builtin_formula {
    const char *calc_key;
    const char *expression;
    const char *unit;   // of the result, "" when it has none or the form says it
    const char *report; // formula_report()
};

// Generated.
extern const struct builtin_formula builtin_formulas[];
extern const size_t builtin_formula_count;
extern const struct formula_units builtin_units;
