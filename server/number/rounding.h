// SPDX-License-Identifier: Apache-2.0
// Rounding as GB/T 8170-2008 says it: to any interval, once, with the mark that tells how a reported value
// was reached, so that a second step does not round twice (3.3.2). Pure; called by judge and validate. All
// numbers are rounded by their magnitude, and -0 does not exist.
#pragma once

#include "wire/decimal_round.h"

// A reported value and how it was reached: 15.5(-) is a value that was rounded up to 15.5.
struct rounded {
    struct decimal value;
    enum decimal_mark mark;
};

// A decimal, and behind it (+), (-), or the bare sign as the standard prints it. INVALID_ARGUMENT /
// DECIMAL_INVALID.
bool rounding_parse(const char *text, size_t length, struct rounded *ret_value, struct ts_error *error);
// "(+)", "(-)", or "" of an exact one.
const char *rounding_mark_text(enum decimal_mark mark);
// With its mark where the standard asks for one: the last digit that is not zero is 5 (3.3.2 a). Returns the
// length. `size` must be at least DECIMAL_TEXT_SIZE + 3.
size_t rounding_format(const struct rounded *value, char *buffer, size_t size);

// The interval that `parts` (1, 2 for the 0.5 unit, 5 for the 0.2 unit) of the digit make: "100" and 5 is 20,
// written so that a multiple of it shows only the zeros that count (2 * 10^1). INVALID_ARGUMENT /
// ROUNDING_INTERVAL unless it is a number above zero.
bool rounding_interval(const char *text, size_t length, int parts, struct decimal *ret_interval,
                       struct ts_error *error);

// To the nearest multiple of `interval`, which is above zero. A tie goes where the mark says the actual value
// is, and without a mark where the mode says. Zero carries no mark. OUT_OF_RANGE / DECIMAL_TOO_LONG.
bool rounding_round(const struct rounded *value, const struct decimal *interval, enum decimal_mode mode,
                    struct rounded *ret_value, struct ts_error *error);
// To `digits` significant digits, counted in the result: 0.09995 to three is 0.100.
bool rounding_significant(const struct rounded *value, int digits, enum decimal_mode mode,
                          struct rounded *ret_value, struct ts_error *error);

// -1, 0 or 1: where the value stands against `other`; 0.50(+) is above 0.50, and -0.50(+) below -0.50.
int rounding_compare(const struct rounded *value, const struct decimal *other);
