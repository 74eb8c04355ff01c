// SPDX-License-Identifier: Apache-2.0
// Sampling plans n, c, m, M of the food standards (GB 4789.1, GB 29921): any unit above M fails, more than c
// units above m fail, fewer than n units get no verdict. Without M the plan has two classes. A unit may be a
// non-detect (ND, 未检出, <10) or a presence (检出, >300000).
#include "formula/functions.h"
#include "wire/error.h"

#include <string.h>

#define UNITS 1000

enum place { PLACE_BELOW, PLACE_ABOVE, PLACE_UNKNOWN };

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

// "<10" is not above 10 and may be above 5; ">10" is above 10 and may be above 20.
static enum place place_qualified(const char *text, const struct decimal *limit)
{
    struct decimal number;
    const char *digits = text + 1 + strspn(text + 1, " ");
    if (!decimal_parse(digits, strlen(digits), &number, NULL))
        return PLACE_UNKNOWN;
    int order = decimal_compare(&number, limit);
    if (*text == '<')
        return order <= 0 ? PLACE_BELOW : PLACE_UNKNOWN;
    return order >= 0 ? PLACE_ABOVE : PLACE_UNKNOWN;
}

static enum place place_of(const struct formula_cell *cell, const struct decimal *limit)
{
    static const char *const absent[] = {"ND", "nd", "未检出", "not detected", "absent"};
    static const char *const present[] = {"检出", "detected", "present"};
    if (!cell->text)
        return decimal_compare(&cell->number, limit) > 0 ? PLACE_ABOVE : PLACE_BELOW;
    if (is_one_of(cell->text, absent, sizeof absent / sizeof *absent))
        return PLACE_BELOW;
    if (is_one_of(cell->text, present, sizeof present / sizeof *present))
        return decimal_is_zero(limit) ? PLACE_ABOVE : PLACE_UNKNOWN;
    return *cell->text == '<' || *cell->text == '>' ? place_qualified(cell->text, limit) : PLACE_UNKNOWN;
}

static bool count_above(const struct formula_space *space, const struct formula_value *results,
                        const struct decimal *limit, int *ret_above, struct ts_error *error)
{
    int above = 0;
    for (size_t i = 0; i < results->count; i++) {
        const struct formula_cell *cell = &space->cells[results->first + i];
        enum place place = place_of(cell, limit);
        if (place == PLACE_UNKNOWN)
            return functions_wrong(error, "unit %zu, \"%.40s\", cannot be compared with the limit.", i + 1,
                                   cell->text);
        above += place == PLACE_ABOVE;
    }
    *ret_above = above;
    return true;
}

static bool check_units(const struct formula_value *results, int n, int c, struct ts_error *error)
{
    if (results->kind != FORMULA_LIST)
        return functions_wrong(error, "argument 1 should be the list of the units' results.");
    if (results->count > (size_t)n)
        return functions_wrong(error, "there are %zu units, but the plan has n = %d.", results->count, n);
    return c <= n || functions_wrong(error, "c = %d is more than n = %d.", c, n);
}

FORMULA_CALL(plan_call)
{
    int n, c, above_m, above_top = 0;
    struct decimal m, top;
    if (!functions_int(arguments, 1, 1, UNITS, &n, error) ||
        !functions_int(arguments, 2, 0, UNITS, &c, error) || !functions_number(arguments, 3, &m, error) ||
        !check_units(&arguments[0], n, c, error) || !space_work(space, arguments[0].count, error))
        return false;
    if (count == 5 && !functions_number(arguments, 4, &top, error))
        return false;
    if (count == 5 && decimal_compare(&top, &m) < 0)
        return functions_wrong(error, "M is below m.");
    if (arguments[0].count < (size_t)n) {
        *ret_value = space_text("no verdict");
        return true;
    }
    if ((count == 5 && !count_above(space, &arguments[0], &top, &above_top, error)) ||
        !count_above(space, &arguments[0], &m, &above_m, error))
        return false;
    *ret_value = space_text(above_top > 0 || above_m > c ? "fail" : "pass");
    return true;
}
