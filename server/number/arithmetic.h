// SPDX-License-Identifier: Apache-2.0
// What wire/decimal.h cannot do exactly: sums and products of any length, quotients, roots, logarithms and
// powers. A result that fits the 100 digits of struct decimal exactly is exact; any other is rounded half to
// even, once, to 50 significant digits. No binary floating point, no allocation. Called by formula, judge and
// quality. All functions: outputs may be the same object as an operand and are untouched on failure;
// OUT_OF_RANGE / NUMBER_OUT_OF_RANGE when the result leaves 10^-200 to 10^200.
#pragma once

#include "wire/decimal.h"

#define NUMBER_DIGITS 50

bool number_add(const struct decimal *a, const struct decimal *b, struct decimal *ret_sum,
                struct ts_error *error);
bool number_subtract(const struct decimal *a, const struct decimal *b, struct decimal *ret_rest,
                     struct ts_error *error);
bool number_multiply(const struct decimal *a, const struct decimal *b, struct decimal *ret_product,
                     struct ts_error *error);
// A quotient that ends within 50 digits is exact, written with no more places than it needs ("6 / 4" is 1.5).
// INVALID_ARGUMENT / NUMBER_DIVISION_BY_ZERO.
bool number_divide(const struct decimal *a, const struct decimal *b, struct decimal *ret_quotient,
                   struct ts_error *error);
// INVALID_ARGUMENT / NUMBER_ROOT_OF_NEGATIVE.
bool number_sqrt(const struct decimal *value, struct decimal *ret_root, struct ts_error *error);

// In exponential.c. Their results are not always the nearest 50 digits: the error of number_exp and
// number_power is below 10^-45 of the result, that of number_ln below 10^-65 (so 40 digits hold unless the
// argument is within 10^-25 of 1). A power with a whole exponent is exact when it fits 50 digits.
// INVALID_ARGUMENT / NUMBER_LOGARITHM for an argument that is not above zero.
bool number_ln(const struct decimal *value, struct decimal *ret_logarithm, struct ts_error *error);
bool number_log10(const struct decimal *value, struct decimal *ret_logarithm, struct ts_error *error);
bool number_exp(const struct decimal *value, struct decimal *ret_power, struct ts_error *error);
// 0^0 is 1. INVALID_ARGUMENT / NUMBER_POWER for zero to a negative power and for a negative number to a power
// that is not whole.
bool number_power(const struct decimal *base, const struct decimal *exponent, struct decimal *ret_power,
                  struct ts_error *error);

// An empty sum is 0; a mean of nothing is a division by zero.
bool number_sum(const struct decimal *values, size_t count, struct decimal *ret_sum, struct ts_error *error);
bool number_mean(const struct decimal *values, size_t count, struct decimal *ret_mean,
                 struct ts_error *error);
// The standard deviation of a sample, divided by count - 1; at least two values.
bool number_deviation(const struct decimal *values, size_t count, struct decimal *ret_deviation,
                      struct ts_error *error);
