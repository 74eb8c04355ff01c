// SPDX-License-Identifier: Apache-2.0
// One result against one requirement of the catalogue, whatever its kind: an outcome with its reason, what
// was compared, the figure to print and one sentence in two languages. Pure, and the general form of judge.h,
// which judges the readings of a screening method. What is not known is never guessed: the outcome is then
// "not judged", and the reason says what is missing.
#pragma once

#include "judge/comparison.h"
#include "judge/decision.h"
#include "judge/judge.h"

#define RULING_SENTENCE_SIZE 1536
#define RULING_TEXT_SIZE (DECIMAL_TEXT_SIZE + 8)

enum ruling_outcome {
    RULING_PASS,
    RULING_FAIL,
    RULING_CONDITIONAL_PASS,
    RULING_CONDITIONAL_FAIL,
    RULING_INCONCLUSIVE,
    RULING_NOT_JUDGED
};

enum ruling_reason {
    RULING_BY_VALUE,     // compared with the limit, by the decision rule
    RULING_BY_GRADE,     // by the place in the scale
    RULING_BY_TEXT,      // equal to what is required or not
    RULING_BY_DETECTION, // not detected, or at least at the limit of quantification
    RULING_BY_CENSORING, // "less than", "more than" or "not detected" was enough to know
    RULING_METHOD_UNFIT, // inconclusive: it was not, because the method does not see far enough
    RULING_REPEAT,       // inconclusive: seen, but below the limit of quantification
    RULING_UNCONFIRMED,  // inconclusive: a banned substance that one determination found
    RULING_NEAR_LIMIT,   // inconclusive: screening, within U of a limit: the reference method decides
    RULING_PROBABILITY,  // not judged: the rule reports a probability only
    RULING_NO_LIMIT,     // not judged from here on
    RULING_NO_RESULT,
    RULING_NO_UNCERTAINTY, // the rule or the screening method uses it
    RULING_NO_DETECTION_LIMIT,
    RULING_CHECK,        // the limit's row is not confirmed against the standard
    RULING_RULE_REFUSED, // guard bands that leave nothing, or that a statutory verdict must not have
    RULING_RULE_NEEDS_VALUE,
    RULING_GRADE_UNKNOWN,
    RULING_RULE_UNKNOWN
};

// Texts are never NULL; "" is "not given".
struct ruling_requirement {
    const char *operator_name; // of limits.csv: le lt ge gt between abs_le grade_ge eq not_permitted ...
    const char *low, *high;    // as written there; a grade or a text stands in low
    const char *comparison;    // full, default-full, rounded
    const char *confidence;    // verified, certain, check
    bool is_signed_off;        // a check row that the manager has confirmed
    bool is_statutory;         // judged simple and by the full value
    const char *scale;         // of grade_ge: the grades from worst to best, "1|1-2|2"
    const char *text;          // as printed, with its unit: "≤ 0.08 mg/m³"
    const char *standard;
    const char *text_en, *standard_en; // of the English sentence, where they differ; may be NULL
};

struct ruling_result {
    const char *value; // a number (40 digits, with its mark), a grade or a text; behind < and > the number
    enum judge_qualifier qualifier;
    const char *lod, *loq;
    const char *method_lod;  // as far as the catalogue says that the method sees; "" is not known
    bool judges_by_loq;      // a report-limit method: what is not detected is below its LOQ, not its LOD
    bool is_confirmed;       // a second determination found the same
    const char *uncertainty; // expanded
    const char *coverage;    // "" is 2
    const char
        *round_rule; // of parameters.csv: decimals, sigfig, interval; "" is a digit more than the limit
    const char *round_value;
    enum decimal_mode mode; // of the method
    bool is_screening;
    const char *unit, *name_zh, *name_en;
    const char *unit_en; // where it differs; may be NULL
};

struct ruling {
    enum ruling_outcome outcome;
    enum ruling_reason reason;
    bool is_by_probability;
    struct decimal probability;
    // The trace: what came in, what is printed, what was compared with what. The printed figure never
    // contradicts the outcome: it gets more digits until it stands where the exact one does.
    char calculated[RULING_TEXT_SIZE];
    char reported[RULING_TEXT_SIZE];
    char compared[RULING_TEXT_SIZE];
    char rule[24];
    char sentence_zh[RULING_SENTENCE_SIZE];
    char sentence_en[RULING_SENTENCE_SIZE];
};

// `rule` is a name of judge/decision.h; "" is simple. False only for what a checked catalogue and a checked
// request cannot hold: a limit or a result that is no number where one must be.
bool ruling_decide(const struct ruling_requirement *requirement, const struct ruling_result *result,
                   const char *rule, struct ruling *ret_ruling, struct ts_error *error);

// "pass", "conditional_pass", "not_judged" and so on; 符合 / 不符合 and their English.
const char *ruling_outcome_name(enum ruling_outcome outcome);
const char *ruling_outcome_zh(enum ruling_outcome outcome);
const char *ruling_outcome_en(enum ruling_outcome outcome);
// "METHOD_UNFIT" and so on.
const char *ruling_reason_name(enum ruling_reason reason);
