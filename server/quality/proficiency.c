// SPDX-License-Identifier: Apache-2.0
// Scores and the expected standard deviations, see proficiency.h. Algorithm A stands in algorithm_a.c.
#include "quality/proficiency.h"

#include "number/arithmetic.h"
#include "wire/error.h"

// Constants of Horwitz and Thompson, lowest digit first.
static const struct decimal FACTOR_HORWITZ = {.count = 1, .exponent = -2, .digit = {2}};
static const struct decimal POWER_HORWITZ = {.count = 4, .exponent = -4, .digit = {5, 9, 4, 8}};
static const struct decimal FACTOR_LOW = {.count = 2, .exponent = -2, .digit = {2, 2}};
static const struct decimal FACTOR_HIGH = {.count = 1, .exponent = -2, .digit = {1}};
static const struct decimal BOUND_LOW = {.count = 2, .exponent = -8, .digit = {2, 1}};
static const struct decimal BOUND_HIGH = {.count = 3, .exponent = -3, .digit = {8, 3, 1}};
static const struct decimal ONE = {.count = 1, .digit = {1}};

static bool wrong(const char *why, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "PROFICIENCY_INPUT", "%s", why);
}

// |distance| against `times` * reach, both as they are or both as squares.
static bool order(const struct decimal *distance, const struct decimal *reach, int64_t times, int *ret_order,
                  struct ts_error *error)
{
    struct decimal factor, bound, size;
    decimal_from_int(times, &factor);
    decimal_absolute(distance, &size);
    if (!number_multiply(reach, &factor, &bound, error))
        return false;
    *ret_order = decimal_compare(&size, &bound);
    return true;
}

// <= 2, < 3 and beyond; `two` and `three` are squares where reach is one.
static bool grade(const struct decimal *distance, const struct decimal *reach, int64_t two, int64_t three,
                  enum proficiency_verdict *ret_verdict, struct ts_error *error)
{
    int at_two = 0, at_three = 0;
    if (!order(distance, reach, two, &at_two, error) || !order(distance, reach, three, &at_three, error))
        return false;
    *ret_verdict = at_two <= 0    ? PROFICIENCY_SATISFACTORY
                   : at_three < 0 ? PROFICIENCY_QUESTIONABLE
                                  : PROFICIENCY_UNSATISFACTORY;
    return true;
}

bool proficiency_z(const struct decimal *x, const struct decimal *assigned, const struct decimal *sigma,
                   struct proficiency_score *ret_score, struct ts_error *error)
{
    struct proficiency_score score;
    struct decimal distance;
    if (decimal_is_zero(sigma) || sigma->negative)
        return wrong("The standard deviation for proficiency must be above zero.", error);
    if (!number_subtract(x, assigned, &distance, error) ||
        !number_divide(&distance, sigma, &score.value, error) ||
        !grade(&distance, sigma, 2, 3, &score.verdict, error))
        return false;
    *ret_score = score;
    return true;
}

// distance, its square, a^2 + b^2 and distance / sqrt(a^2 + b^2).
static bool combine(const struct decimal *x, const struct decimal *reference, const struct decimal *a,
                    const struct decimal *b, struct decimal *ret_square, struct decimal *ret_sum,
                    struct decimal *ret_score, struct ts_error *error)
{
    struct decimal distance, square_a, square_b, root;
    if (a->negative || b->negative)
        return wrong("An uncertainty is negative.", error);
    if (decimal_is_zero(a) && decimal_is_zero(b))
        return wrong("Both uncertainties are zero.", error);
    return number_subtract(x, reference, &distance, error) &&
           number_multiply(&distance, &distance, ret_square, error) &&
           number_multiply(a, a, &square_a, error) && number_multiply(b, b, &square_b, error) &&
           number_add(&square_a, &square_b, ret_sum, error) && number_sqrt(ret_sum, &root, error) &&
           number_divide(&distance, &root, ret_score, error);
}

bool proficiency_zeta(const struct decimal *x, const struct decimal *reference, const struct decimal *a,
                      const struct decimal *b, struct proficiency_score *ret_score, struct ts_error *error)
{
    struct proficiency_score score;
    struct decimal square, sum;
    if (!combine(x, reference, a, b, &square, &sum, &score.value, error) ||
        !grade(&square, &sum, 4, 9, &score.verdict, error))
        return false;
    *ret_score = score;
    return true;
}

bool proficiency_en(const struct decimal *x, const struct decimal *reference, const struct decimal *a,
                    const struct decimal *b, struct proficiency_score *ret_score, struct ts_error *error)
{
    struct proficiency_score score;
    struct decimal square, sum;
    if (!combine(x, reference, a, b, &square, &sum, &score.value, error))
        return false;
    score.verdict =
        decimal_compare(&square, &sum) <= 0 ? PROFICIENCY_SATISFACTORY : PROFICIENCY_UNSATISFACTORY;
    *ret_score = score;
    return true;
}

const char *proficiency_verdict_name(enum proficiency_verdict verdict)
{
    static const char *const NAMES[] = {[PROFICIENCY_SATISFACTORY] = "satisfactory",
                                        [PROFICIENCY_QUESTIONABLE] = "questionable",
                                        [PROFICIENCY_UNSATISFACTORY] = "unsatisfactory"};
    return NAMES[verdict];
}

static bool is_fraction(const struct decimal *mass_fraction, struct ts_error *error)
{
    if (decimal_is_zero(mass_fraction) || mass_fraction->negative || decimal_compare(mass_fraction, &ONE) > 0)
        return wrong("A mass fraction must be above 0 and at most 1.", error);
    return true;
}

bool proficiency_horwitz(const struct decimal *mass_fraction, struct decimal *ret_sigma,
                         struct ts_error *error)
{
    struct decimal power;
    return is_fraction(mass_fraction, error) && number_power(mass_fraction, &POWER_HORWITZ, &power, error) &&
           number_multiply(&power, &FACTOR_HORWITZ, ret_sigma, error);
}

bool proficiency_thompson(const struct decimal *mass_fraction, struct decimal *ret_sigma,
                          struct ts_error *error)
{
    struct decimal root;
    if (!is_fraction(mass_fraction, error))
        return false;
    if (decimal_compare(mass_fraction, &BOUND_LOW) < 0)
        return number_multiply(mass_fraction, &FACTOR_LOW, ret_sigma, error);
    if (decimal_compare(mass_fraction, &BOUND_HIGH) <= 0)
        return proficiency_horwitz(mass_fraction, ret_sigma, error);
    return number_sqrt(mass_fraction, &root, error) && number_multiply(&root, &FACTOR_HIGH, ret_sigma, error);
}
