// SPDX-License-Identifier: Apache-2.0
// The ruling, see ruling.h: first what forbids a judgement, then the kind of the requirement's operator.
#include "judge/ruling.h"

#include "judge/ruling_parts.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

static void set(struct ruling *ruling, enum ruling_outcome outcome, enum ruling_reason reason)
{
    ruling->outcome = outcome;
    ruling->reason = reason;
}

bool ruling_read_number(const char *text, const char *name, bool *ret_given, struct decimal *ret_value,
                        struct ts_error *error)
{
    struct ts_error why = {0};
    *ret_given = *text != '\0';
    if (!*ret_given || decimal_parse(text, strlen(text), ret_value, &why))
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT", "The %s %s.", name, why.detail);
}

// How far up the scale a grade stands; -1 for one it does not have.
static int place_of(const char *scale, const char *grade)
{
    size_t length = strlen(grade);
    for (int place = 0; length > 0; place++) {
        size_t step = strcspn(scale, "|");
        if (step == length && memcmp(scale, grade, length) == 0)
            return place;
        if (scale[step] == '\0')
            break;
        scale += step + 1;
    }
    return -1;
}

static bool rule_grade(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error)
{
    (void)error;
    const char *scale = it->requirement->scale;
    int least = place_of(scale, it->requirement->low), place = place_of(scale, it->result->value);
    if (least < 0 || place < 0)
        set(ruling, RULING_NOT_JUDGED, RULING_GRADE_UNKNOWN);
    else
        set(ruling, place >= least ? RULING_PASS : RULING_FAIL, RULING_BY_GRADE);
    return true;
}

static bool rule_text(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error)
{
    (void)error;
    bool equal = strcmp(it->requirement->low, it->result->value) == 0;
    set(ruling, equal ? RULING_PASS : RULING_FAIL, RULING_BY_TEXT);
    return true;
}

static bool rule_not_permitted(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error)
{
    (void)error;
    ruling_detection(it, false, ruling);
    return true;
}

static bool rule_not_detected(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error)
{
    (void)error;
    ruling_detection(it, true, ruling);
    return true;
}

static bool rule_limits(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error)
{
    if (it->result->qualifier == JUDGE_ORDINARY)
        return ruling_value(it, ruling, error);
    ruling_censored(it, ruling);
    return true;
}

// The operators that comparison.h does not have.
struct kind {
    const char *name;
    bool is_number;
    bool needs_limit;
    bool (*rule)(const struct ruling_case *it, struct ruling *ruling, struct ts_error *error);
};

static const struct kind kinds[] = {
    {"grade_ge", false, true, rule_grade},
    {"eq", false, true, rule_text},
    {"not_permitted", true, false, rule_not_permitted},
    {"not_detected", true, false, rule_not_detected},
};
static const struct kind limits_kind = {"", true, true, rule_limits};

static const struct kind *find_kind(const struct ruling_case *it)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, it->requirement->operator_name) == 0)
            return &kinds[i];
    return it->limits.relation ? &limits_kind : NULL;
}

static bool read_limits(struct ruling_case *it, bool *ret_given, struct ts_error *error)
{
    const struct ruling_requirement *requirement = it->requirement;
    bool has_low, has_high;
    if (!it->limits.relation) {
        *ret_given = *requirement->low != '\0';
        return true;
    }
    if (!ruling_read_number(requirement->low, "lower limit", &has_low, &it->limits.low, error) ||
        !ruling_read_number(requirement->high, "upper limit", &has_high, &it->limits.high, error))
        return false;
    *ret_given = (has_low || !it->limits.relation->has_low) && (has_high || !it->limits.relation->has_high);
    return true;
}

static bool read_result(struct ruling_case *it, bool is_number, struct ts_error *error)
{
    const struct ruling_result *result = it->result;
    struct ts_error why = {0};
    bool has_coverage;
    it->has_value = *result->value != '\0' && result->qualifier != JUDGE_NOT_DETECTED;
    if (is_number && it->has_value && !rounding_parse(result->value, strlen(result->value), &it->value, &why))
        return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT", "The result %s.", why.detail);
    return ruling_read_number(result->lod, "limit of detection", &it->has_lod, &it->lod, error) &&
           ruling_read_number(result->loq, "limit of quantification", &it->has_loq, &it->loq, error) &&
           ruling_read_number(result->method_lod ? result->method_lod : "", "method's limit of detection",
                              &it->has_method_lod, &it->method_lod, error) &&
           ruling_read_number(result->uncertainty, "expanded uncertainty", &it->has_uncertainty,
                              &it->uncertainty, error) &&
           ruling_read_number(result->coverage, "coverage factor", &has_coverage, &it->coverage, error);
}

// What forbids a judgement by the requirement and the rule alone; RULING_BY_VALUE when nothing does.
static enum ruling_reason find_obstacle(const struct ruling_case *it, const struct kind *kind, bool has_limit,
                                        bool knows_rule)
{
    const struct ruling_requirement *requirement = it->requirement;
    const char *comparison = requirement->comparison;
    bool is_rounded = strcmp(comparison, "rounded") == 0;
    if (*requirement->operator_name == '\0' || (kind && kind->needs_limit && !has_limit))
        return RULING_NO_LIMIT;
    if (!it->has_value && it->result->qualifier != JUDGE_NOT_DETECTED)
        return RULING_NO_RESULT;
    if (strcmp(requirement->confidence, "verified") != 0 && strcmp(requirement->confidence, "certain") != 0 &&
        !requirement->is_signed_off)
        return RULING_CHECK;
    if (!kind || !knows_rule ||
        !(is_rounded || strcmp(comparison, "full") == 0 || strcmp(comparison, "default-full") == 0))
        return RULING_RULE_UNKNOWN;
    // A guard band must not override a statutory verdict, and there is none around rounded values.
    if (it->rule != DECISION_SIMPLE && (requirement->is_statutory || is_rounded))
        return RULING_RULE_REFUSED;
    return RULING_BY_VALUE;
}

bool ruling_decide(const struct ruling_requirement *requirement, const struct ruling_result *result,
                   const char *rule, struct ruling *ret_ruling, struct ts_error *error)
{
    struct ruling_case it = {.requirement = requirement, .result = result, .rule = DECISION_SIMPLE};
    struct ruling ruling = {.outcome = RULING_NOT_JUDGED};
    bool has_limit = false, knows_rule = *rule == '\0' || decision_find_rule(rule, &it.rule);
    it.limits.relation = comparison_find(requirement->operator_name);
    it.limits.mode = result->mode;
    if (strcmp(requirement->comparison, "rounded") == 0)
        it.limits.method = COMPARISON_ROUNDED;
    const struct kind *kind = find_kind(&it);
    if (!read_limits(&it, &has_limit, error) || !read_result(&it, kind && kind->is_number, error))
        return false;
    snprintf(ruling.calculated, sizeof ruling.calculated, "%.300s", result->value);
    snprintf(ruling.reported, sizeof ruling.reported, "%.300s", result->value);
    snprintf(ruling.compared, sizeof ruling.compared, "%.300s", result->value);
    snprintf(ruling.rule, sizeof ruling.rule, "%s", knows_rule ? decision_rule_name(it.rule) : "");
    ruling.reason = find_obstacle(&it, kind, has_limit, knows_rule);
    if (ruling.reason == RULING_BY_VALUE && !kind->rule(&it, &ruling, error))
        return false;
    ruling_sentence_write(&it, &ruling);
    *ret_ruling = ruling;
    return true;
}
