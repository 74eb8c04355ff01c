// SPDX-License-Identifier: Apache-2.0
// A whole number of up to 640 decimal digits, the scratch paper of arithmetic.c and exponential.c: two
// numbers of 100 digits with exponents between -200 and 200 span at most 500 digits. Lives on the stack.
#pragma once

#include "wire/decimal.h"

#define WIDE_DIGITS 640

struct wide {
    bool negative;
    bool has_rest; // something not zero was cut off below the lowest digit
    int count;     // digits in use, the highest may be 0
    int exponent;  // of digit[0]
    uint8_t digit[WIDE_DIGITS];
};

void wide_product(const struct decimal *a, const struct decimal *b, struct wide *ret_product);
// a + b, or a - b with `b_negative` the other way round.
void wide_sum(const struct decimal *a, const struct decimal *b, bool b_negative, struct wide *ret_sum);
// The quotient's first `digits` digits or more; b is not zero.
void wide_quotient(const struct decimal *a, const struct decimal *b, int digits, struct wide *ret_quotient);

// Exact when there is no rest and at most `exact` digits are needed, else rounded half to even to `digits`
// significant digits. Zeros behind the point go down to the exponent `ideal`. Fails with NUMBER_OUT_OF_RANGE.
bool wide_settle(const struct wide *wide, int exact, int digits, int ideal, struct decimal *ret_value,
                 struct ts_error *error);
// Rounded half to even to a multiple of 10^exponent; the caller knows that it fits.
void wide_fix(const struct wide *wide, int exponent, struct decimal *ret_value);
