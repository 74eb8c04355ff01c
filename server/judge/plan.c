// SPDX-License-Identifier: Apache-2.0
// Sampling plans, see plan.h.
#include "judge/plan.h"

#include "wire/error.h"

#include <string.h>

static bool read_number(const char *text, const char *name, struct decimal *ret_value, struct ts_error *error)
{
    struct ts_error why = {0};
    if (decimal_parse(text, strlen(text), ret_value, &why))
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT", "The %s of the sampling plan %s.", name,
                     why.detail);
}

struct unit {
    enum judge_qualifier qualifier;
    bool is_known; // false for "not detected" without a limit of detection
    struct decimal value;
};

static bool read_unit(const struct plan_unit *unit, struct unit *ret_unit, struct ts_error *error)
{
    const char *text = unit->qualifier == JUDGE_NOT_DETECTED ? unit->lod : unit->value;
    *ret_unit = (struct unit){.qualifier = unit->qualifier, .is_known = *text != '\0'};
    if (!ret_unit->is_known && unit->qualifier == JUDGE_NOT_DETECTED)
        return true;
    return read_number(text, "unit", &ret_unit->value, error);
}

// Counts a unit as above the limit, as perhaps above it, or not at all.
static void count_unit(const struct unit *unit, const struct decimal *limit, int *above, int *open)
{
    int order = unit->is_known ? decimal_compare(&unit->value, limit) : 0;
    switch (unit->qualifier) {
    case JUDGE_ORDINARY:
        *above += order > 0;
        break;
    case JUDGE_GREATER_THAN:
        *above += order >= 0;
        *open += order < 0;
        break;
    case JUDGE_LESS_THAN:
        *open += order > 0;
        break;
    case JUDGE_NOT_DETECTED:
        // "Absent in 25 g" against m = 0 is how presence is reported: there is nothing to be above it.
        *open += unit->is_known && order > 0 && !decimal_is_zero(limit);
        break;
    }
}

static void conclude(const struct plan_row *row, struct plan_result *result)
{
    result->outcome = RULING_FAIL;
    result->reason = result->above_big_m > 0 ? PLAN_ABOVE_BIG_M : PLAN_BY_COUNT;
    if (result->above_big_m > 0 || result->above_m > row->c)
        return;
    bool open = result->open_big_m > 0 || result->above_m + result->open_m > row->c;
    result->outcome = open ? RULING_INCONCLUSIVE : RULING_PASS;
    result->reason = open ? PLAN_UNITS_OPEN : PLAN_BY_COUNT;
}

static bool check_plan(const struct plan_row *row, size_t count, struct ts_error *error)
{
    if (row->n < 1 || row->c < 0 || row->c >= row->n)
        return error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT",
                         "The sampling plan n = %d, c = %d is none.", row->n, row->c);
    return count <= PLAN_UNITS ||
           error_set(error, TS_INVALID_ARGUMENT, "JUDGE_INPUT", "There are more than %d units.", PLAN_UNITS);
}

bool plan_decide(const struct plan_row *row, const struct plan_unit *units, size_t count, bool is_one_batch,
                 struct plan_result *ret_result, struct ts_error *error)
{
    struct decimal m, big_m;
    struct plan_result result = {.outcome = RULING_NOT_JUDGED};
    bool has_big_m = *row->big_m != '\0';
    if (!check_plan(row, count, error) || !read_number(row->m, "m", &m, error) ||
        (has_big_m && !read_number(row->big_m, "M", &big_m, error)))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct unit unit;
        if (!read_unit(&units[i], &unit, error))
            return false;
        count_unit(&unit, &m, &result.above_m, &result.open_m);
        if (has_big_m)
            count_unit(&unit, &big_m, &result.above_big_m, &result.open_big_m);
    }
    if (count < (size_t)row->n)
        result.reason = PLAN_TOO_FEW_UNITS;
    else if (!is_one_batch)
        result.reason = PLAN_MIXED_BATCHES;
    else
        conclude(row, &result);
    *ret_result = result;
    return true;
}

const char *plan_reason_name(enum plan_reason reason)
{
    static const char *const names[] = {"BY_COUNT", "ABOVE_BIG_M", "TOO_FEW_UNITS", "MIXED_BATCHES",
                                        "UNITS_OPEN"};
    return (size_t)reason < sizeof names / sizeof names[0] ? names[reason] : "";
}
