// SPDX-License-Identifier: Apache-2.0
// Exponentials and logarithms, see arithmetic.h. Worked out with 75 places behind the point; every step is
// off by at most half of the last place. Exponential: the power of ten is split off, the rest divided by 256,
// its Taylor series summed and squared eight times: 40 steps doubled eight times stay below 10^-71.
// Logarithm: powers of ten and two are split off so that the rest lies in [0.75, 1.5), then twice the series
// of the inverse hyperbolic tangent: below 10^-72.
#include "number/arithmetic.h"

#include "number/wide.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <string.h>

#define PLACES (-75)
#define WORKING_DIGITS 75
#define WHOLE_POWER 1000000 // above that a power goes by the logarithm

// Natural logarithms of 2 and 10 to 79 places, in halves that decimal_parse takes, and the inverse of the
// latter.
static const char *const ln_2[2] = {"0.693147180559945309417232121458176568075",
                                    "5001343602552541206800094933936219696947"};
static const char *const ln_10[2] = {"2.302585092994045684017991454684364207601",
                                     "1014886287729760333279009675726096773524"};
static const char per_ln_10[] = "0.4342944819032518276511289";

static void constant(const char *const halves[2], struct decimal *ret_value)
{
    struct decimal low;
    decimal_parse(halves[0], strlen(halves[0]), ret_value, NULL);
    decimal_parse(halves[1], strlen(halves[1]), &low, NULL);
    low.exponent = -79;
    decimal_add(ret_value, &low, ret_value, NULL);
}

static void to_wide(const struct decimal *value, struct wide *ret_wide)
{
    ret_wide->negative = value->negative;
    ret_wide->has_rest = false;
    ret_wide->count = value->count;
    ret_wide->exponent = value->exponent;
    memcpy(ret_wide->digit, value->digit, value->count);
}

static void fix(const struct decimal *value, struct decimal *ret_value)
{
    struct wide wide;
    to_wide(value, &wide);
    wide_fix(&wide, PLACES, ret_value);
}

static void fixed_mul(const struct decimal *a, const struct decimal *b, struct decimal *ret_product)
{
    struct wide product;
    wide_product(a, b, &product);
    wide_fix(&product, PLACES, ret_product);
}

static void fixed_div(const struct decimal *a, int divisor, struct decimal *ret_quotient)
{
    struct decimal result = *a;
    int rest = 0;
    for (int i = a->count - 1; i >= 0; i--) {
        rest = rest * 10 + a->digit[i];
        result.digit[i] = (uint8_t)(rest / divisor);
        rest %= divisor;
    }
    while (result.count > 0 && result.digit[result.count - 1] == 0)
        result.count--;
    result.negative = a->negative && result.count;
    *ret_quotient = result;
}

// e^value for a value with |value| below 1.2, times 10^0.
static void small_exp(const struct decimal *value, struct decimal *ret_power)
{
    struct decimal part, term, sum;
    fixed_div(value, 256, &part);
    decimal_from_int(1, &sum);
    term = sum;
    for (int i = 1; i <= 60; i++) {
        fixed_mul(&term, &part, &term);
        fixed_div(&term, i, &term);
        if (decimal_is_zero(&term))
            break;
        decimal_add(&sum, &term, &sum, NULL);
    }
    for (int i = 0; i < 8; i++)
        fixed_mul(&sum, &sum, &sum);
    *ret_power = sum;
}

static bool out_of_range(struct ts_error *error)
{
    return error_set(error, TS_OUT_OF_RANGE, "NUMBER_OUT_OF_RANGE",
                     "The result is too large or too small to calculate with.");
}

static bool settle_inexact(const struct decimal *value, int shift, struct decimal *ret_value,
                           struct ts_error *error)
{
    struct wide wide;
    to_wide(value, &wide);
    wide.has_rest = true;
    wide.exponent += shift;
    return wide_settle(&wide, NUMBER_DIGITS, NUMBER_DIGITS, wide.exponent, ret_value, error);
}

static int small_int(const struct decimal *whole)
{
    int number = 0;
    for (int position = whole->count + whole->exponent - 1; position >= 0; position--) {
        int index = position - whole->exponent;
        number = number * 10 + (index >= 0 ? whole->digit[index] : 0);
    }
    return whole->negative ? -number : number;
}

// A working value with PLACES places.
static bool exp_fixed(const struct decimal *value, struct decimal *ret_power, struct ts_error *error)
{
    struct decimal ten, inverse, tens, rest;
    if (value->count + value->exponent > 3)
        return out_of_range(error);
    constant(ln_10, &ten);
    decimal_parse(per_ln_10, strlen(per_ln_10), &inverse, NULL);
    fixed_mul(value, &inverse, &tens);
    decimal_round(&tens, 0, DECIMAL_HALF_EVEN, &tens, NULL);
    fixed_mul(&tens, &ten, &rest);
    decimal_sub(value, &rest, &rest, NULL);
    small_exp(&rest, &rest);
    return settle_inexact(&rest, small_int(&tens), ret_power, error);
}

bool number_exp(const struct decimal *value, struct decimal *ret_power, struct ts_error *error)
{
    struct decimal fixed;
    if (value->count + value->exponent > 3)
        return out_of_range(error);
    if (decimal_is_zero(value)) {
        decimal_from_int(1, ret_power);
        return true;
    }
    fix(value, &fixed);
    return exp_fixed(&fixed, ret_power, error);
}

// Twice the inverse hyperbolic tangent of (m - 1) / (m + 1), which is the logarithm of m.
static void series(const struct decimal *m, struct decimal *ret_logarithm)
{
    struct decimal one, above, below, t, square, term, sum, part;
    struct wide quotient;
    decimal_from_int(1, &one);
    decimal_sub(m, &one, &above, NULL);
    decimal_add(m, &one, &below, NULL);
    wide_quotient(&above, &below, WORKING_DIGITS + 5, &quotient);
    wide_fix(&quotient, PLACES, &t);
    fixed_mul(&t, &t, &square);
    term = sum = t;
    for (int i = 3; i < 400; i += 2) {
        fixed_mul(&term, &square, &term);
        if (decimal_is_zero(&term))
            break;
        fixed_div(&term, i, &part);
        decimal_add(&sum, &part, &sum, NULL);
    }
    decimal_mul_int(&sum, 2, ret_logarithm, NULL);
}

// The logarithm of a number above zero, with PLACES places.
static void ln_fixed(const struct decimal *value, struct decimal *ret_logarithm)
{
    struct decimal two, ten, low, m = *value;
    int tens = value->count + value->exponent, twos = 0;
    decimal_parse("0.75", 4, &low, NULL);
    m.exponent = (int16_t)-value->count;
    fix(&m, &m);
    for (; decimal_compare(&m, &low) < 0; twos++)
        decimal_mul_int(&m, 2, &m, NULL);
    series(&m, ret_logarithm);
    constant(ln_2, &two);
    constant(ln_10, &ten);
    decimal_mul_int(&two, -twos, &two, NULL);
    decimal_mul_int(&ten, tens, &ten, NULL);
    decimal_add(&two, &ten, &two, NULL);
    decimal_add(ret_logarithm, &two, ret_logarithm, NULL);
    fix(ret_logarithm, ret_logarithm);
}

static bool is_one(const struct decimal *value)
{
    struct decimal one;
    decimal_from_int(1, &one);
    return decimal_compare(value, &one) == 0;
}

static bool require_positive(const struct decimal *value, struct ts_error *error)
{
    if (!decimal_is_zero(value) && !value->negative)
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "NUMBER_LOGARITHM",
                     "The logarithm of a number that is not above zero.");
}

bool number_ln(const struct decimal *value, struct decimal *ret_logarithm, struct ts_error *error)
{
    struct decimal logarithm;
    if (!require_positive(value, error))
        return false;
    if (is_one(value)) {
        decimal_from_int(0, ret_logarithm);
        return true;
    }
    ln_fixed(value, &logarithm);
    return settle_inexact(&logarithm, 0, ret_logarithm, error);
}

bool number_log10(const struct decimal *value, struct decimal *ret_logarithm, struct ts_error *error)
{
    struct decimal logarithm, ten;
    struct wide quotient;
    if (!require_positive(value, error))
        return false;
    int zeros = 0;
    while (zeros < value->count && value->digit[zeros] == 0)
        zeros++;
    if (zeros == value->count - 1 && value->digit[zeros] == 1) {
        decimal_from_int(value->exponent + zeros, ret_logarithm);
        return true;
    }
    ln_fixed(value, &logarithm);
    constant(ln_10, &ten);
    wide_quotient(&logarithm, &ten, NUMBER_DIGITS + 2, &quotient);
    return wide_settle(&quotient, NUMBER_DIGITS, NUMBER_DIGITS, quotient.exponent, ret_logarithm, error);
}

static bool working_mul(const struct decimal *a, const struct decimal *b, struct decimal *ret_product,
                        struct ts_error *error)
{
    struct wide product;
    wide_product(a, b, &product);
    return wide_settle(&product, WORKING_DIGITS, WORKING_DIGITS, product.exponent, ret_product, error);
}

static bool whole_power(const struct decimal *base, int exponent, struct decimal *ret_power,
                        struct ts_error *error)
{
    struct decimal result, square = *base, one;
    struct wide wide;
    decimal_from_int(1, &one);
    result = one;
    for (int rest = exponent < 0 ? -exponent : exponent; rest; rest /= 2) {
        if (rest % 2 && !working_mul(&result, &square, &result, error))
            return false;
        if (rest > 1 && !working_mul(&square, &square, &square, error))
            return false;
    }
    if (exponent < 0)
        return number_divide(&one, &result, ret_power, error);
    to_wide(&result, &wide);
    return wide_settle(&wide, NUMBER_DIGITS, NUMBER_DIGITS, wide.exponent, ret_power, error);
}

static bool wrong_power(struct ts_error *error, const char *why)
{
    return error_set(error, TS_INVALID_ARGUMENT, "NUMBER_POWER", "%s", why);
}

bool number_power(const struct decimal *base, const struct decimal *exponent, struct decimal *ret_power,
                  struct ts_error *error)
{
    struct decimal whole, limit, power;
    decimal_from_int(WHOLE_POWER, &limit);
    if (decimal_is_zero(base) && exponent->negative)
        return wrong_power(error, "Zero to a negative power.");
    if (exponent->count + exponent->exponent > 20 && !is_one(base))
        return out_of_range(error);
    bool is_whole = exponent->count + exponent->exponent <= 20 &&
                    decimal_round(exponent, 0, DECIMAL_HALF_EVEN, &whole, NULL) &&
                    decimal_compare(&whole, exponent) == 0;
    decimal_absolute(exponent, &power);
    if (is_whole && decimal_compare(&power, &limit) <= 0)
        return whole_power(base, small_int(exponent), ret_power, error);
    if (decimal_is_zero(base) || is_one(base)) {
        *ret_power = *base;
        return true;
    }
    if (base->negative)
        return wrong_power(error, "A negative number to a power that is not whole.");
    ln_fixed(base, &whole);
    fix(exponent, &power);
    fixed_mul(&whole, &power, &power);
    return exp_fixed(&power, ret_power, error);
}
