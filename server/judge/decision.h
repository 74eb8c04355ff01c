// SPDX-License-Identifier: Apache-2.0
// Decision rules: a value, its uncertainty and its limits to pass, fail or what the rule has between them
// (ILAC-G8:09/2019 = CNAS-GL015:2022, JCGM 106:2012, ISO/IEC 17025:2017 7.8.6). Pure. All boundaries are
// compared exactly; only the probability of two limits is a floating number, and within its error bound
// nothing is decided. An acceptance interval is closed where the tolerance interval is: equality with an
// excluded limit, and with what a guard band makes of it, stands on the side that fails.
#pragma once

#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

struct ts_error;

enum decision_rule {
    DECISION_SIMPLE,         // "simple": acceptance limit = tolerance limit
    DECISION_GUARD_ACCEPT_U, // "guard_accept_U": guard band U inside the limit
    DECISION_GUARD_1P64U,    // "guard_1p64u": guard band 1.64 u inside the limit
    DECISION_GUARD_REJECT_U, // "guard_reject_U": U outside; fails only beyond doubt
    DECISION_NONBINARY_U,    // "nonbinary_U": four words
    DECISION_PROB,           // "prob": the probability of conformity itself, no verdict
    DECISION_PROB95          // "prob95": >= 0.95 passes, <= 0.05 fails
};

enum decision_outcome {
    DECISION_PASS,
    DECISION_FAIL,
    DECISION_CONDITIONAL_PASS, // inside the limit, not by the guard band
    DECISION_CONDITIONAL_FAIL, // outside the limit, not by the guard band
    DECISION_INCONCLUSIVE,
    DECISION_NO_VERDICT // only the probability is reported
};

struct decision_input {
    enum decision_rule rule;
    struct decimal value;
    int side; // of a value that was rounded already: the actual one is a little above (1) or below (-1)
    bool has_uncertainty;
    struct decimal uncertainty; // expanded, U
    struct decimal coverage;    // k; zero is 2. The standard uncertainty is U / k
    bool has_low, has_high;
    bool low_included, high_included; // false for a strict limit
    struct decimal low, high;
};

struct decision_result {
    enum decision_outcome outcome;
    bool has_probability; // of the two rules by probability
    struct decimal probability;
};

// FAILED_PRECONDITION / DECISION_NO_UNCERTAINTY when the rule uses U and it is missing or 0;
// FAILED_PRECONDITION / DECISION_RULE_REFUSED when guard bands leave nothing of the interval, so that no
// result can pass; INVALID_ARGUMENT / DECISION_INPUT for limits and numbers that make no sense; OUT_OF_RANGE.
bool decision_decide(const struct decision_input *input, struct decision_result *ret_result,
                     struct ts_error *error);
// The same refusals without a value: for the moment when the rule is agreed (ISO/IEC 17025:2017 7.1.3).
bool decision_check(const struct decision_input *input, struct ts_error *error);

bool decision_find_rule(const char *name, enum decision_rule *ret_rule);
const char *decision_rule_name(enum decision_rule rule);
// "pass", "fail", "conditional pass", "conditional fail", "inconclusive", "no verdict".
const char *decision_outcome_name(enum decision_outcome outcome);
