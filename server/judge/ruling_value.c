// SPDX-License-Identifier: Apache-2.0
// An ordinary number against its limits: by comparison for the simple rule, by the decision rules for all
// others, and the figure that is printed for it (GB/T 8170-2008 4.3; ILAC-G8:09/2019).
#include "judge/ruling_parts.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

enum { DIGITS_MORE = 60 };

struct verdict {
    enum ruling_outcome outcome;
    enum ruling_reason reason;
    struct decimal compared;
    bool has_probability;
    struct decimal probability;
};

static enum ruling_outcome outcome_of(enum decision_outcome outcome)
{
    static const enum ruling_outcome outcomes[] = {
        [DECISION_PASS] = RULING_PASS,
        [DECISION_FAIL] = RULING_FAIL,
        [DECISION_CONDITIONAL_PASS] = RULING_CONDITIONAL_PASS,
        [DECISION_CONDITIONAL_FAIL] = RULING_CONDITIONAL_FAIL,
        [DECISION_INCONCLUSIVE] = RULING_INCONCLUSIVE,
        [DECISION_NO_VERDICT] = RULING_NOT_JUDGED,
    };
    return outcomes[outcome];
}

// |value| <= limit is the interval from -limit to limit.
static void fill_decision(const struct ruling_case *it, const struct rounded *value,
                          struct decision_input *input)
{
    const struct comparison_operator *relation = it->limits.relation;
    *input = (struct decision_input){
        .rule = it->rule,
        .value = value->value,
        .side = rounding_compare(value, &value->value),
        .has_uncertainty = it->has_uncertainty,
        .uncertainty = it->uncertainty,
        .coverage = it->coverage,
        .has_low = relation->has_low || relation->is_absolute,
        .has_high = relation->has_high,
        .low_included = relation->low_included || relation->is_absolute,
        .high_included = relation->high_included,
        .low = it->limits.low,
        .high = it->limits.high,
    };
    if (relation->is_absolute) {
        input->low = it->limits.high;
        input->low.negative = !decimal_is_zero(&input->low);
    }
}

// What a rule refuses is no error here but a reason not to judge.
static bool decide_by_rule(const struct ruling_case *it, const struct rounded *value,
                           struct verdict *ret_verdict, struct ts_error *error)
{
    struct decision_input input;
    struct decision_result result;
    struct ts_error why = {0};
    *ret_verdict = (struct verdict){.outcome = RULING_NOT_JUDGED, .compared = value->value};
    fill_decision(it, value, &input);
    if (decision_decide(&input, &result, &why)) {
        ret_verdict->outcome = outcome_of(result.outcome);
        ret_verdict->reason = result.outcome == DECISION_NO_VERDICT ? RULING_PROBABILITY : RULING_BY_VALUE;
        ret_verdict->has_probability = result.has_probability;
        ret_verdict->probability = result.probability;
        return true;
    }
    if (why.status != TS_FAILED_PRECONDITION) {
        if (error)
            *error = why;
        return false;
    }
    bool missing = strcmp(why.reason, "DECISION_NO_UNCERTAINTY") == 0;
    ret_verdict->reason = missing ? RULING_NO_UNCERTAINTY : RULING_RULE_REFUSED;
    return true;
}

static bool decide(const struct ruling_case *it, const struct rounded *value, struct verdict *ret_verdict,
                   struct ts_error *error)
{
    struct comparison_outcome outcome;
    if (it->rule != DECISION_SIMPLE)
        return decide_by_rule(it, value, ret_verdict, error);
    if (!comparison_compare(value, &it->limits, &outcome, error))
        return false;
    *ret_verdict = (struct verdict){.outcome = outcome.conforms ? RULING_PASS : RULING_FAIL,
                                    .reason = RULING_BY_VALUE,
                                    .compared = outcome.compared};
    return true;
}

static bool is_near(const struct ruling_case *it, const struct decimal *value, const struct decimal *limit,
                    bool *near, struct ts_error *error)
{
    struct decimal distance;
    if (!decimal_sub(value, limit, &distance, error))
        return false;
    decimal_absolute(&distance, &distance);
    *near |= decimal_compare(&distance, &it->uncertainty) <= 0;
    return true;
}

// GB/T 18043 by its scope: a screening method decides only further from every limit than U.
static bool screen(const struct ruling_case *it, const struct decimal *value, struct verdict *verdict,
                   struct ts_error *error)
{
    const struct comparison_operator *relation = it->limits.relation;
    struct decimal size = *value;
    bool near = false;
    if (!it->result->is_screening || verdict->outcome == RULING_NOT_JUDGED)
        return true;
    if (!it->has_uncertainty || decimal_is_zero(&it->uncertainty)) {
        verdict->outcome = RULING_NOT_JUDGED;
        verdict->reason = RULING_NO_UNCERTAINTY;
        return true;
    }
    if (relation->is_absolute)
        decimal_absolute(&size, &size);
    if ((relation->has_low && !is_near(it, &size, &it->limits.low, &near, error)) ||
        (relation->has_high && !is_near(it, &size, &it->limits.high, &near, error)))
        return false;
    if (near) {
        verdict->outcome = RULING_INCONCLUSIVE;
        verdict->reason = RULING_NEAR_LIMIT;
    }
    return true;
}

static bool rule(const struct ruling_case *it, const struct rounded *value, struct verdict *ret_verdict,
                 struct ts_error *error)
{
    return decide(it, value, ret_verdict, error) && screen(it, &value->value, ret_verdict, error);
}

// The parameter's own rounding; without one, a digit more than the limit has.
static bool round_to_report(const struct ruling_case *it, struct rounded *ret_value, struct ts_error *error)
{
    const struct ruling_result *result = it->result;
    const struct comparison_operator *relation = it->limits.relation;
    struct decimal interval = {.count = 1, .digit = {1}};
    int number = 0;
    sscanf(result->round_value, "%3d", &number);
    if (strcmp(result->round_rule, "sigfig") == 0 && number > 0)
        return rounding_significant(&it->value, number, result->mode, ret_value, error);
    if (strcmp(result->round_rule, "interval") == 0)
        return rounding_interval(result->round_value, strlen(result->round_value), 1, &interval, error) &&
               rounding_round(&it->value, &interval, result->mode, ret_value, error);
    if (strcmp(result->round_rule, "decimals") == 0)
        interval.exponent = (int16_t)-number;
    else
        interval.exponent =
            (int16_t)((relation->has_high ? &it->limits.high : &it->limits.low)->exponent - 1);
    return rounding_round(&it->value, &interval, result->mode, ret_value, error);
}

// 749.96 against "at least 750" fails, and 750.0 beside that would read as a contradiction: then the figure
// gets as many digits as it takes, always from the exact value.
static bool find_reported(const struct ruling_case *it, const struct verdict *exact,
                          struct rounded *ret_value, struct ts_error *error)
{
    struct rounded reported, plain;
    struct verdict verdict;
    if (it->limits.method == COMPARISON_ROUNDED && it->rule == DECISION_SIMPLE) {
        *ret_value = (struct rounded){.value = exact->compared};
        return true;
    }
    if (!round_to_report(it, &reported, error))
        return false;
    for (int more = 0; more < DIGITS_MORE; more++) {
        struct decimal interval = {.count = 1, .digit = {1}};
        plain = (struct rounded){.value = reported.value};
        if (!rule(it, &plain, &verdict, error))
            return false;
        if (verdict.outcome == exact->outcome || reported.value.exponent <= it->value.value.exponent)
            break;
        interval.exponent = (int16_t)(reported.value.exponent - 1);
        if (!rounding_round(&it->value, &interval, it->result->mode, &reported, error))
            return false;
    }
    // Of what was rounded already no further digit is known.
    *ret_value = it->value.mark != DECIMAL_MARK_EXACT && reported.value.exponent <= it->value.value.exponent
                     ? it->value
                     : (struct rounded){.value = reported.value};
    return true;
}

static void write_compared(const struct ruling_case *it, const struct verdict *verdict, struct ruling *ruling)
{
    char number[DECIMAL_TEXT_SIZE];
    decimal_format(&verdict->compared, number, sizeof number);
    snprintf(ruling->compared, sizeof ruling->compared, "%s%s", number,
             it->limits.method == COMPARISON_ROUNDED ? "" : rounding_mark_text(it->value.mark));
}

bool ruling_value(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error)
{
    struct verdict verdict;
    struct rounded reported;
    char number[DECIMAL_TEXT_SIZE];
    if (!rule(it, &it->value, &verdict, error) || !find_reported(it, &verdict, &reported, error))
        return false;
    ruling->outcome = verdict.outcome;
    ruling->reason = verdict.reason;
    ruling->is_by_probability = verdict.has_probability;
    ruling->probability = verdict.probability;
    decimal_format(&reported.value, number, sizeof number);
    snprintf(ruling->reported, sizeof ruling->reported, "%s%s", number, rounding_mark_text(reported.mark));
    write_compared(it, &verdict, ruling);
    return true;
}
