// SPDX-License-Identifier: Apache-2.0
// Results below or above what a method measures: "not detected", "< 0.01", "> 1100". They decide only where
// what is known about the value is enough; a value is never put in their place, least of all 0.
#include "judge/ruling_parts.h"

#include <string.h>

// What is known: the value is below `bound`, or not below it.
struct knowledge {
    bool is_known;
    bool is_below;
    struct decimal bound;
};

static struct knowledge knowledge_of(const struct ruling_case *it)
{
    bool by_loq = it->result->judges_by_loq;
    switch (it->result->qualifier) {
    case JUDGE_LESS_THAN:
        return (struct knowledge){it->has_value, true, it->value.value};
    case JUDGE_GREATER_THAN:
        return (struct knowledge){it->has_value, false, it->value.value};
    default:
        return by_loq ? (struct knowledge){it->has_loq, true, it->loq}
                      : (struct knowledge){it->has_lod, true, it->lod};
    }
}

enum side { SIDE_MEETS, SIDE_OPEN, SIDE_MISSES };

// What is strictly below a bound that is not above the limit is below the limit too, whether that is included
// or not; the same upwards.
static enum side against_high(const struct knowledge *known, const struct decimal *limit)
{
    int order = decimal_compare(&known->bound, limit);
    if (known->is_below)
        return order <= 0 ? SIDE_MEETS : SIDE_OPEN;
    return order >= 0 ? SIDE_MISSES : SIDE_OPEN;
}

static enum side against_low(const struct knowledge *known, const struct decimal *limit, bool is_detected)
{
    int order = decimal_compare(&known->bound, limit);
    if (!known->is_below)
        return order >= 0 ? SIDE_MEETS : SIDE_OPEN;
    // Where something must be there, not finding it fails, whatever the method sees.
    return order <= 0 || !is_detected ? SIDE_MISSES : SIDE_OPEN;
}

static void set(struct ruling *ruling, enum ruling_outcome outcome, enum ruling_reason reason)
{
    ruling->outcome = outcome;
    ruling->reason = reason;
}

void ruling_censored(const struct ruling_case *it, struct ruling *ruling)
{
    const struct comparison_operator *relation = it->limits.relation;
    const struct knowledge known = knowledge_of(it);
    bool is_detected = it->result->qualifier != JUDGE_NOT_DETECTED;
    if (it->rule != DECISION_SIMPLE) {
        set(ruling, RULING_NOT_JUDGED, RULING_RULE_NEEDS_VALUE);
        return;
    }
    if (!known.is_known) {
        bool misses = relation->has_low && !is_detected;
        set(ruling, misses ? RULING_FAIL : RULING_NOT_JUDGED,
            misses ? RULING_BY_CENSORING : RULING_NO_DETECTION_LIMIT);
        return;
    }
    enum side low = relation->has_low ? against_low(&known, &it->limits.low, is_detected) : SIDE_MEETS;
    enum side high = relation->has_high ? against_high(&known, &it->limits.high) : SIDE_MEETS;
    if (low == SIDE_MISSES || high == SIDE_MISSES)
        set(ruling, RULING_FAIL, RULING_BY_CENSORING);
    else if (low == SIDE_OPEN || high == SIDE_OPEN)
        set(ruling, RULING_INCONCLUSIVE, RULING_METHOD_UNFIT);
    else
        set(ruling, RULING_PASS, RULING_BY_CENSORING);
}

void ruling_detection(const struct ruling_case *it, bool needs_confirmation, struct ruling *ruling)
{
    enum judge_qualifier qualifier = it->result->qualifier;
    if (qualifier == JUDGE_NOT_DETECTED) {
        // Whoever sees less far than the method should has not shown that nothing is there.
        bool is_unfit = it->has_lod && it->has_method_lod && decimal_compare(&it->lod, &it->method_lod) > 0;
        set(ruling, is_unfit ? RULING_INCONCLUSIVE : RULING_PASS,
            is_unfit ? RULING_METHOD_UNFIT : RULING_BY_DETECTION);
        return;
    }
    bool below_lod = it->has_lod && it->has_value &&
                     (qualifier == JUDGE_LESS_THAN
                          ? decimal_compare(&it->value.value, &it->lod) <= 0
                          : qualifier == JUDGE_ORDINARY && rounding_compare(&it->value, &it->lod) < 0);
    if (below_lod)
        set(ruling, RULING_PASS, RULING_BY_DETECTION);
    else if (qualifier == JUDGE_LESS_THAN)
        set(ruling, RULING_INCONCLUSIVE, RULING_REPEAT);
    else if (!it->has_loq)
        set(ruling, RULING_NOT_JUDGED, RULING_NO_DETECTION_LIMIT);
    else if (rounding_compare(&it->value, &it->loq) < 0)
        set(ruling, RULING_INCONCLUSIVE, RULING_REPEAT);
    else if (needs_confirmation && !it->result->is_confirmed)
        set(ruling, RULING_INCONCLUSIVE, RULING_UNCONFIRMED);
    else
        set(ruling, RULING_FAIL, RULING_BY_DETECTION);
}
