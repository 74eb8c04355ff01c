// SPDX-License-Identifier: Apache-2.0
// Comparing a value with its limits: GB/T 8170-2008 4.3, full-value (4.3.2) and rounded-value (4.3.3). Pure.
// Which of the two is no choice of the moment: the standard of the product says it, and is silent for full.
#pragma once

#include "number/rounding.h"

enum comparison_method {
    COMPARISON_FULL,   // the value as it is; a rounded one carries its mark
    COMPARISON_ROUNDED // rounded once to the digits of the limit as written, then compared
};

// What a name of an operator means. Ends that do not exist are not looked at.
struct comparison_operator {
    const char *name;
    bool has_low, has_high;
    bool low_included, high_included;
    bool is_absolute; // |value| against the high limit
};

// le lt ge gt between abs_le, and the intervals of a limit with deviations: closed open closed_open
// open_closed (4.2.2.2: the ends belong to it unless "not included" is said). NULL when there is none of this
// name.
const struct comparison_operator *comparison_find(const char *name);

struct comparison_limits {
    const struct comparison_operator *relation;
    struct decimal low, high;
    enum comparison_method method;
    enum decimal_mode mode; // of the rounding
    // What to round to; 0 is the last digit of the limits as written, the finer of the two.
    struct decimal interval;
};

struct comparison_outcome {
    bool conforms;
    struct decimal compared; // what was compared: the value, or the rounded one
};

// OUT_OF_RANGE / DECIMAL_TOO_LONG; nothing else fails.
bool comparison_compare(const struct rounded *value, const struct comparison_limits *limits,
                        struct comparison_outcome *ret_outcome, struct ts_error *error);
