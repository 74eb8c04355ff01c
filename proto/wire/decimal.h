// SPDX-License-Identifier: Apache-2.0
// Exact decimal numbers of a fixed size: 40 digits in and out, 100 inside. Nothing is allocated, so a number
// never fails for memory. The value is digits * 10^exponent, and the exponent keeps what was typed: "750.0"
// and "750" are equal numbers with different exponents. Rounding stands in wire/decimal_round.h. Numbers
// with at most 40 digits and between 40 places before and after the point can be added, subtracted and
// multiplied once without leaving the 100 digits.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_DIGITS_TYPED 40
#define DECIMAL_DIGITS 100
#define DECIMAL_EXPONENT 200  // an exponent stays within minus and plus this
#define DECIMAL_TEXT_SIZE 320 // enough for any number, its sign, its point and the NUL

struct ts_error;

struct decimal {
    bool negative;                 // never set for zero
    uint8_t count;                 // digits in use; 0 is zero
    int16_t exponent;              // of digit[0]; -2 for two places after the point
    uint8_t digit[DECIMAL_DIGITS]; // lowest first; the highest used one is not 0
};

// Reads an optional sign, digits, and optionally a point with digits behind it: at most 40 digits in ASCII.
// Anything else fails with INVALID_ARGUMENT / DECIMAL_INVALID and says what is wrong.
bool decimal_parse(const char *text, size_t length, struct decimal *ret_value, struct ts_error *error);
// How long the mark is that a number ends with which was rounded already, "15.5(-)" (GB/T 8170-2008, 3.3.2):
// 3, else 0.
size_t decimal_mark_length(const char *text, size_t length);
void decimal_from_int(int64_t number, struct decimal *ret_value);

// Writes with as many places as the exponent says ("750.0"); an exponent above zero is written out with
// zeros. Returns the length. `size` must be at least DECIMAL_TEXT_SIZE.
size_t decimal_format(const struct decimal *value, char *buffer, size_t size);

// Places after the point that the number is written with; 0 when there are none.
int decimal_places(const struct decimal *value);
bool decimal_is_zero(const struct decimal *value);
// -1, 0 or 1, by value; exponents do not matter. Never fails.
int decimal_compare(const struct decimal *a, const struct decimal *b);
// The same without their signs.
int decimal_compare_magnitude(const struct decimal *a, const struct decimal *b);

// Exact. Fail with OUT_OF_RANGE / DECIMAL_TOO_LONG when the result needs more than 100 digits. Results may
// be the same object as an operand. The exponent is the smaller of both (add, sub) or their sum (mul).
bool decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *ret_sum,
                 struct ts_error *error);
bool decimal_sub(const struct decimal *a, const struct decimal *b, struct decimal *ret_rest,
                 struct ts_error *error);
bool decimal_mul(const struct decimal *a, const struct decimal *b, struct decimal *ret_product,
                 struct ts_error *error);
bool decimal_mul_int(const struct decimal *a, int64_t b, struct decimal *ret_product, struct ts_error *error);
void decimal_absolute(const struct decimal *value, struct decimal *ret_value);

// Compares the mean sum / count with a value exactly, without dividing. False as decimal_mul.
bool decimal_compare_mean(const struct decimal *sum, int64_t count, const struct decimal *value,
                          int *ret_order, struct ts_error *error);

// Long division of the digits alone; signs and exponents are the caller's. Divides a's digits with zeros
// behind them, `steps` digits in all and not fewer than a has, by b, which is not zero. The quotient's
// `steps` digits go to ret_digits, lowest first. True when a rest is left.
bool decimal_divide_digits(const struct decimal *a, const struct decimal *b, int steps, uint8_t *ret_digits);
