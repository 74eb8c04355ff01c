// SPDX-License-Identifier: Apache-2.0
// Units beside formulas: the factor from one to another, by the table that convert() of the language uses.
#pragma once

#include "formula/units.h"
#include "wire/decimal.h"

// The exact factor by which a number in `from` becomes one in `to`, without zeros at its end (10 is 1 times
// 10^1), so that a product has as many digits as the number had. Two equal names need no table.
// INVALID_ARGUMENT / FORMULA_VALUE when a unit is not in the table, measures something else, has an offset,
// or when the factor does not end.
bool convert_factor(const struct formula_units *units, const char *from, const char *to,
                    struct decimal *ret_factor, struct ts_error *error);
