// SPDX-License-Identifier: Apache-2.0
// Comparison with limits, see comparison.h.
#include "judge/comparison.h"

#include <string.h>

// name, has low, has high, low included, high included, absolute
static const struct comparison_operator operators[] = {
    {"le", false, true, false, true, false},         {"lt", false, true, false, false, false},
    {"ge", true, false, true, false, false},         {"gt", true, false, false, false, false},
    {"between", true, true, true, true, false},      {"closed", true, true, true, true, false},
    {"open", true, true, false, false, false},       {"closed_open", true, true, true, false, false},
    {"open_closed", true, true, false, true, false}, {"abs_le", false, true, false, true, true},
};

const struct comparison_operator *comparison_find(const char *name)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (strcmp(operators[i].name, name) == 0)
            return &operators[i];
    return NULL;
}

// The digits of the limits as written: 0.10 and 0.1 differ (4.3.3).
static void limit_interval(const struct comparison_limits *limits, struct decimal *ret_interval)
{
    const struct comparison_operator *relation = limits->relation;
    struct decimal interval = {.count = 1, .digit = {1}};
    if (relation->has_low && relation->has_high)
        interval.exponent =
            limits->low.exponent < limits->high.exponent ? limits->low.exponent : limits->high.exponent;
    else
        interval.exponent = relation->has_low ? limits->low.exponent : limits->high.exponent;
    *ret_interval = interval;
}

static bool round_value(const struct rounded *value, const struct comparison_limits *limits,
                        struct rounded *ret_value, struct ts_error *error)
{
    struct decimal interval = limits->interval;
    if (decimal_is_zero(&interval))
        limit_interval(limits, &interval);
    if (!rounding_round(value, &interval, limits->mode, ret_value, error))
        return false;
    ret_value->mark = DECIMAL_MARK_EXACT; // the rounded value itself is what is compared
    return true;
}

bool comparison_compare(const struct rounded *value, const struct comparison_limits *limits,
                        struct comparison_outcome *ret_outcome, struct ts_error *error)
{
    const struct comparison_operator *relation = limits->relation;
    struct rounded compared = *value;
    if (limits->method == COMPARISON_ROUNDED && !round_value(value, limits, &compared, error))
        return false;
    struct comparison_outcome outcome = {.conforms = true, .compared = compared.value};
    if (relation->is_absolute)
        compared.value.negative = false; // the mark speaks of the magnitude already
    if (relation->has_low) {
        int order = rounding_compare(&compared, &limits->low);
        outcome.conforms &= order > 0 || (order == 0 && relation->low_included);
    }
    if (relation->has_high) {
        int order = rounding_compare(&compared, &limits->high);
        outcome.conforms &= order < 0 || (order == 0 && relation->high_included);
    }
    *ret_outcome = outcome;
    return true;
}
