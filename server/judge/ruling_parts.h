// SPDX-License-Identifier: Apache-2.0
// What the files of a ruling share: the numbers read from its texts, and the steps. Internal to the folder.
#pragma once

#include "judge/ruling.h"

struct ruling_case {
    const struct ruling_requirement *requirement;
    const struct ruling_result *result;
    enum decision_rule rule;
    struct comparison_limits limits; // relation NULL: the operator compares no numbers
    struct rounded value;            // when the result is a number
    bool has_value, has_lod, has_loq, has_method_lod, has_uncertainty;
    struct decimal lod, loq, method_lod, uncertainty, coverage;
};

// Reads a number that may be missing. JUDGE_INPUT names it.
bool ruling_read_number(const char *text, const char *name, bool *ret_given, struct decimal *ret_value,
                        struct ts_error *error);

// In ruling_censored.c: a result that is not an ordinary number, against limits.
void ruling_censored(const struct ruling_case *it, struct ruling *ruling);
// not_detected and not_permitted.
void ruling_detection(const struct ruling_case *it, bool needs_confirmation, struct ruling *ruling);

// In ruling_value.c: an ordinary number against limits, by the decision rule, and its printed figure.
bool ruling_value(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error);

// In ruling_sentence.c: both sentences; everything else is already there.
void ruling_sentence_write(const struct ruling_case *it, struct ruling *ruling);
