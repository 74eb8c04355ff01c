// SPDX-License-Identifier: Apache-2.0
// The decision rules, see decision.h. A guard band is so many times U / divisor; instead of dividing, value
// and limits are multiplied by the divisor, so that u = U / k never has to be written down.
#include "judge/decision.h"

#include "number/normal.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <string.h>

enum { Z_PLACES = 17, BANDS_MOST = 3 };

// A guard band of hundredths/100 * U (or * U / k) inside the limits; negative is outside.
struct band {
    int hundredths;
    bool of_standard; // of u = U / k
};

struct rule {
    const char *name;
    bool uses_uncertainty;
    bool refuses_narrow; // no result could pass when the first band takes the whole interval
    // What a value inside the band's limits is called, the narrowest first; behind the last it fails.
    size_t band_count;
    struct band bands[BANDS_MOST];
    enum decision_outcome outcomes[BANDS_MOST];
};

static const struct rule rules[] = {
    [DECISION_SIMPLE] = {"simple", false, false, 1, {{0, false}}, {DECISION_PASS}},
    [DECISION_GUARD_ACCEPT_U] = {"guard_accept_U", true, true, 1, {{100, false}}, {DECISION_PASS}},
    [DECISION_GUARD_1P64U] = {"guard_1p64u", true, true, 1, {{164, true}}, {DECISION_PASS}},
    [DECISION_GUARD_REJECT_U] = {"guard_reject_U", true, false, 1, {{-100, false}}, {DECISION_PASS}},
    [DECISION_NONBINARY_U] = {"nonbinary_U",
                              true,
                              true,
                              3,
                              {{100, false}, {0, false}, {-100, false}},
                              {DECISION_PASS, DECISION_CONDITIONAL_PASS, DECISION_CONDITIONAL_FAIL}},
    [DECISION_PROB] = {"prob", true, false, 0, {{0, false}}, {DECISION_PASS}},
    [DECISION_PROB95] = {"prob95", true, false, 0, {{0, false}}, {DECISION_PASS}},
};

enum { RULES = sizeof rules / sizeof rules[0] };

// The value that 95 % of the normal distribution lie below, cut and one more in the last digit: it is no
// decimal, so a margin is never between the two but for a number made for it, and then it is inconclusive.
static const char z95_above[] = "1.644853626951472714863848907991632136084";

static bool wrong_input(struct ts_error *error, const char *why)
{
    return error_set(error, TS_INVALID_ARGUMENT, "DECISION_INPUT", "%s", why);
}

static void coverage_of(const struct decision_input *input, struct decimal *ret_coverage)
{
    struct decimal coverage = input->coverage;
    if (decimal_is_zero(&coverage))
        decimal_from_int(2, &coverage);
    *ret_coverage = coverage;
}

// What value and limits are multiplied with, and the guard band at that scale.
static bool scale_band(const struct decision_input *input, const struct band *band,
                       struct decimal *ret_divisor, struct decimal *ret_guard, struct ts_error *error)
{
    struct decimal guard = {0};
    decimal_from_int(1, ret_divisor);
    if (band->of_standard)
        coverage_of(input, ret_divisor);
    if (band->hundredths != 0 && !decimal_mul_int(&input->uncertainty, band->hundredths, &guard, error))
        return false;
    guard.exponent = (int16_t)(guard.exponent - 2);
    *ret_guard = guard;
    return true;
}

// Whether the value is not on the wrong side of one limit, which the guard band moves inwards.
static bool is_within(const struct decimal *value, int side, const struct decimal *limit, bool is_low,
                      bool included, const struct decimal *guard, bool *within, struct ts_error *error)
{
    struct decimal moved;
    bool moves = is_low ? decimal_add(limit, guard, &moved, error) : decimal_sub(limit, guard, &moved, error);
    if (!moves)
        return false;
    int order = is_low ? decimal_compare(value, &moved) : decimal_compare(&moved, value);
    if (order == 0)
        order = is_low ? side : -side;
    *within &= order > 0 || (order == 0 && included);
    return true;
}

static bool is_inside(const struct decision_input *input, const struct band *band, bool *ret_inside,
                      struct ts_error *error)
{
    struct decimal divisor, guard, value, limit;
    bool inside = true;
    if (!scale_band(input, band, &divisor, &guard, error) ||
        !decimal_mul(&input->value, &divisor, &value, error))
        return false;
    if (input->has_low &&
        (!decimal_mul(&input->low, &divisor, &limit, error) ||
         !is_within(&value, input->side, &limit, true, input->low_included, &guard, &inside, error)))
        return false;
    if (input->has_high &&
        (!decimal_mul(&input->high, &divisor, &limit, error) ||
         !is_within(&value, input->side, &limit, false, input->high_included, &guard, &inside, error)))
        return false;
    *ret_inside = inside;
    return true;
}

// ILAC-G8 4.2: guard bands from both sides must leave something of the interval.
static bool check_width(const struct decision_input *input, const struct rule *rule, struct ts_error *error)
{
    struct decimal divisor, guard, width;
    if (!rule->refuses_narrow || !input->has_low || !input->has_high)
        return true;
    if (!scale_band(input, &rule->bands[0], &divisor, &guard, error) ||
        !decimal_sub(&input->high, &input->low, &width, error) ||
        !decimal_mul(&width, &divisor, &width, error) || !decimal_mul_int(&guard, 2, &guard, error))
        return false;
    if (decimal_compare(&guard, &width) < 0)
        return true;
    return error_set(error, TS_FAILED_PRECONDITION, "DECISION_RULE_REFUSED",
                     "No result can pass by the rule %s: its guard bands take the whole tolerance interval.",
                     rule->name);
}

bool decision_check(const struct decision_input *input, struct ts_error *error)
{
    const struct rule *rule = &rules[input->rule];
    if (!input->has_low && !input->has_high)
        return wrong_input(error, "There is no limit.");
    if (input->has_low && input->has_high && decimal_compare(&input->low, &input->high) > 0)
        return wrong_input(error, "The lower limit is above the upper one.");
    if (input->coverage.negative)
        return wrong_input(error, "The coverage factor is negative.");
    if (input->has_uncertainty && input->uncertainty.negative)
        return wrong_input(error, "The expanded uncertainty is negative.");
    if (rule->uses_uncertainty && (!input->has_uncertainty || decimal_is_zero(&input->uncertainty)))
        return error_set(error, TS_FAILED_PRECONDITION, "DECISION_NO_UNCERTAINTY",
                         "The rule %s uses the expanded uncertainty, and it is missing%s.", rule->name,
                         input->has_uncertainty ? " (it is 0)" : "");
    return check_width(input, rule, error);
}

// (limit - value) * k / U: how many standard uncertainties the limit is above the value.
static bool standardise(const struct decision_input *input, const struct decimal *limit,
                        struct decimal *ret_z, struct ts_error *error)
{
    struct decimal coverage, distance;
    coverage_of(input, &coverage);
    return decimal_sub(limit, &input->value, &distance, error) &&
           decimal_mul(&distance, &coverage, &distance, error) &&
           decimal_round_quotient(&distance, &input->uncertainty, -Z_PLACES, DECIMAL_HALF_EVEN, ret_z, error);
}

static bool find_probability(const struct decision_input *input, struct decimal *ret_probability,
                             struct ts_error *error)
{
    struct decimal low, high;
    if ((input->has_low && !standardise(input, &input->low, &low, error)) ||
        (input->has_high && !standardise(input, &input->high, &high, error)))
        return false;
    normal_between(input->has_low ? &low : NULL, input->has_high ? &high : NULL, ret_probability);
    return true;
}

// One limit: Pc >= 0.95 is the same as margin * k >= z95 * U, which needs no floating point.
static bool decide_by_margin(const struct decision_input *input, enum decision_outcome *ret_outcome,
                             struct ts_error *error)
{
    struct decimal coverage, margin, needed, against;
    coverage_of(input, &coverage);
    bool moves = input->has_high ? decimal_sub(&input->high, &input->value, &margin, error)
                                 : decimal_sub(&input->value, &input->low, &margin, error);
    if (!moves || !decimal_parse(z95_above, sizeof z95_above - 1, &needed, error) ||
        !decimal_mul(&margin, &coverage, &margin, error) ||
        !decimal_mul(&needed, &input->uncertainty, &needed, error) ||
        !decimal_mul_int(&needed, -1, &against, error))
        return false;
    *ret_outcome = decimal_compare(&margin, &needed) >= 0    ? DECISION_PASS
                   : decimal_compare(&margin, &against) <= 0 ? DECISION_FAIL
                                                             : DECISION_INCONCLUSIVE;
    return true;
}

// Two limits: by the probability, and what its error bound leaves open is inconclusive.
static enum decision_outcome decide_by_probability(const struct decimal *probability)
{
    struct decimal passes = {.count = 2, .exponent = -2, .digit = {5, 9}};
    struct decimal fails = {.count = 1, .exponent = -2, .digit = {5}};
    const struct decimal bound = {.count = 1, .exponent = NORMAL_BOUND_EXPONENT, .digit = {1}};
    decimal_add(&passes, &bound, &passes, NULL); // of 14 places: neither can fail
    decimal_sub(&fails, &bound, &fails, NULL);
    return decimal_compare(probability, &passes) >= 0  ? DECISION_PASS
           : decimal_compare(probability, &fails) <= 0 ? DECISION_FAIL
                                                       : DECISION_INCONCLUSIVE;
}

static bool decide_probable(const struct decision_input *input, struct decision_result *result,
                            struct ts_error *error)
{
    result->has_probability = true;
    if (!find_probability(input, &result->probability, error))
        return false;
    result->outcome = DECISION_NO_VERDICT;
    if (input->rule == DECISION_PROB)
        return true;
    if (input->has_low != input->has_high)
        return decide_by_margin(input, &result->outcome, error);
    result->outcome = decide_by_probability(&result->probability);
    return true;
}

bool decision_decide(const struct decision_input *input, struct decision_result *ret_result,
                     struct ts_error *error)
{
    const struct rule *rule = &rules[input->rule];
    struct decision_result result = {.outcome = DECISION_FAIL};
    if (!decision_check(input, error))
        return false;
    if (rule->band_count == 0 && !decide_probable(input, &result, error))
        return false;
    bool inside = false;
    for (size_t i = 0; i < rule->band_count && !inside; i++) {
        if (!is_inside(input, &rule->bands[i], &inside, error))
            return false;
        if (inside)
            result.outcome = rule->outcomes[i];
    }
    *ret_result = result;
    return true;
}

bool decision_find_rule(const char *name, enum decision_rule *ret_rule)
{
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(rules[i].name, name) == 0) {
            *ret_rule = (enum decision_rule)i;
            return true;
        }
    return false;
}

const char *decision_rule_name(enum decision_rule rule)
{
    return (size_t)rule < RULES ? rules[rule].name : "";
}

const char *decision_outcome_name(enum decision_outcome outcome)
{
    static const char *const names[] = {"pass",         "fail",      "conditional pass", "conditional fail",
                                        "inconclusive", "no verdict"};
    return (size_t)outcome < sizeof names / sizeof names[0] ? names[outcome] : "";
}
