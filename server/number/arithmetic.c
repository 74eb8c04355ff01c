// SPDX-License-Identifier: Apache-2.0
// Sums, products, quotients and roots, see arithmetic.h. Each is worked out in full on wide.h, or with a rest
// that says whether anything follows, and rounded once there.
#include "number/arithmetic.h"

#include "number/wide.h"
#include "wire/error.h"

#include <string.h>

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static bool add_signed(const struct decimal *a, const struct decimal *b, bool b_negative,
                       struct decimal *ret_sum, struct ts_error *error)
{
    struct wide sum;
    wide_sum(a, b, b_negative, &sum);
    return wide_settle(&sum, DECIMAL_DIGITS, NUMBER_DIGITS, smaller(a->exponent, b->exponent), ret_sum,
                       error);
}

bool number_add(const struct decimal *a, const struct decimal *b, struct decimal *ret_sum,
                struct ts_error *error)
{
    return add_signed(a, b, b->negative, ret_sum, error);
}

bool number_subtract(const struct decimal *a, const struct decimal *b, struct decimal *ret_rest,
                     struct ts_error *error)
{
    return add_signed(a, b, !b->negative, ret_rest, error);
}

bool number_multiply(const struct decimal *a, const struct decimal *b, struct decimal *ret_product,
                     struct ts_error *error)
{
    struct wide product;
    wide_product(a, b, &product);
    return wide_settle(&product, DECIMAL_DIGITS, NUMBER_DIGITS, a->exponent + b->exponent, ret_product,
                       error);
}

bool number_divide(const struct decimal *a, const struct decimal *b, struct decimal *ret_quotient,
                   struct ts_error *error)
{
    struct wide quotient;
    if (decimal_is_zero(b))
        return error_set(error, TS_INVALID_ARGUMENT, "NUMBER_DIVISION_BY_ZERO", "Division by zero.");
    wide_quotient(a, b, NUMBER_DIGITS + 2, &quotient);
    return wide_settle(&quotient, NUMBER_DIGITS, NUMBER_DIGITS, a->exponent - b->exponent, ret_quotient,
                       error);
}

// The next digit of a root by the school method: the largest d with (20 * root + d) * d <= rest, which is
// taken off the rest. Both have at most 60 digits, so nothing here fails.
static uint8_t take_root_digit(const struct decimal *root, struct decimal *rest)
{
    struct decimal base, trial, step;
    decimal_mul_int(root, 20, &base, NULL);
    uint8_t digit = 0;
    struct decimal best = {0};
    for (int d = 1; d <= 9; d++) {
        decimal_from_int(d, &step);
        decimal_add(&base, &step, &trial, NULL);
        decimal_mul(&trial, &step, &trial, NULL);
        if (decimal_compare(&trial, rest) > 0)
            break;
        digit = (uint8_t)d;
        best = trial;
    }
    decimal_sub(rest, &best, rest, NULL);
    return digit;
}

// value * 10 + digit, for whole numbers.
static void push(struct decimal *value, uint8_t digit)
{
    struct decimal last;
    decimal_from_int(digit, &last);
    decimal_mul_int(value, 10, value, NULL);
    decimal_add(value, &last, value, NULL);
}

bool number_sqrt(const struct decimal *value, struct decimal *ret_root, struct ts_error *error)
{
    if (value->negative)
        return error_set(error, TS_INVALID_ARGUMENT, "NUMBER_ROOT_OF_NEGATIVE",
                         "The root of a negative number.");
    struct decimal root = {0}, rest = {0};
    int top = value->count + value->exponent; // the first pair of digits ends at an even place
    int place = top + (top % 2 != 0);
    int pairs = NUMBER_DIGITS + 3;
    for (int i = 0; i < pairs; i++) {
        for (int k = 0; k < 2; k++) {
            int index = --place - value->exponent;
            push(&rest, index >= 0 && index < value->count ? value->digit[index] : 0);
        }
        push(&root, take_root_digit(&root, &rest));
    }
    struct wide wide = {.has_rest = !decimal_is_zero(&rest), .count = root.count, .exponent = place / 2};
    for (int index = place - 1 - value->exponent; index >= 0; index--)
        wide.has_rest |= index < value->count && value->digit[index];
    memcpy(wide.digit, root.digit, root.count);
    int ideal = value->exponent / 2 - (value->exponent % 2 != 0 && value->exponent < 0);
    return wide_settle(&wide, NUMBER_DIGITS, NUMBER_DIGITS, ideal, ret_root, error);
}

bool number_sum(const struct decimal *values, size_t count, struct decimal *ret_sum, struct ts_error *error)
{
    struct decimal sum = count ? values[0] : (struct decimal){0};
    for (size_t i = 1; i < count; i++)
        if (!number_add(&sum, &values[i], &sum, error))
            return false;
    *ret_sum = sum;
    return true;
}

bool number_mean(const struct decimal *values, size_t count, struct decimal *ret_mean, struct ts_error *error)
{
    struct decimal sum, divisor;
    decimal_from_int((int64_t)count, &divisor);
    return number_sum(values, count, &sum, error) && number_divide(&sum, &divisor, ret_mean, error);
}

// count * value - sum: the distance from the mean, times count, without having divided.
static bool distance(const struct decimal *value, const struct decimal *count, const struct decimal *sum,
                     struct decimal *ret, struct ts_error *error)
{
    return number_multiply(value, count, ret, error) && number_subtract(ret, sum, ret, error);
}

bool number_deviation(const struct decimal *values, size_t count, struct decimal *ret_deviation,
                      struct ts_error *error)
{
    struct decimal n, less, sum, squares = {0}, part;
    decimal_from_int((int64_t)count, &n);
    decimal_from_int((int64_t)count - 1, &less);
    if (count < 2)
        return error_set(error, TS_INVALID_ARGUMENT, "NUMBER_TOO_FEW",
                         "A standard deviation needs at least two values.");
    if (!number_sum(values, count, &sum, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!distance(&values[i], &n, &sum, &part, error) || !number_multiply(&part, &part, &part, error) ||
            !number_add(&squares, &part, &squares, error))
            return false;
    return number_multiply(&n, &n, &n, error) && number_multiply(&n, &less, &n, error) &&
           number_divide(&squares, &n, &part, error) && number_sqrt(&part, ret_deviation, error);
}
