// SPDX-License-Identifier: Apache-2.0
// Rounding and division of decimals. GB/T 8170-2008 rounds half to even, once, from the full value; some
// methods say half up (GB 4789.2), so the mode belongs to the method. Negative numbers are rounded by their
// absolute value and -0 does not exist (3.2 of the standard).
#pragma once

#include "wire/decimal.h"

enum decimal_mode {
    DECIMAL_HALF_EVEN, // GB/T 8170-2008 3.2
    DECIMAL_HALF_UP    // away from zero at exactly one half
};

// How a rounded value was reached, by magnitude (GB/T 8170-2008 3.3.2): the text marks it (+) or (-).
enum decimal_mark {
    DECIMAL_MARK_EXACT,
    DECIMAL_MARK_ACTUAL_LARGER, // (+): was rounded down
    DECIMAL_MARK_ACTUAL_SMALLER // (-): was rounded up
};

// To a multiple of 10^exponent. A number that is written with fewer places is filled with zeros.
// OUT_OF_RANGE when that needs more than 100 digits.
bool decimal_round(const struct decimal *value, int exponent, enum decimal_mode mode,
                   struct decimal *ret_value, struct ts_error *error);
// To `digits` significant digits, counted in the result: 0.09995 to three is 0.100.
bool decimal_round_significant(const struct decimal *value, int digits, enum decimal_mode mode,
                               struct decimal *ret_value, struct ts_error *error);
// To a multiple of 10^exponent / parts; parts is 2 (0.5 unit) or 5 (0.2 unit), GB/T 8170-2008 3.4.
bool decimal_round_part(const struct decimal *value, int exponent, int parts, enum decimal_mode mode,
                        struct decimal *ret_value, struct ts_error *error);
// The second of two steps: `mark` says how `value` itself was reached, ret_mark how the result was.
bool decimal_round_marked(const struct decimal *value, enum decimal_mark mark, int exponent,
                          enum decimal_mode mode, struct decimal *ret_value, enum decimal_mark *ret_mark,
                          struct ts_error *error);

// a / b to a multiple of 10^exponent, rounded once from the exact quotient. INVALID_ARGUMENT /
// DECIMAL_DIVISION_BY_ZERO, or OUT_OF_RANGE when the quotient is too long.
bool decimal_round_quotient(const struct decimal *a, const struct decimal *b, int exponent,
                            enum decimal_mode mode, struct decimal *ret_quotient, struct ts_error *error);
