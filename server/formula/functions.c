// SPDX-License-Identifier: Apache-2.0
// The table of functions and those that any method may need: sums, extremes, roots, rounding, lists. See
// functions.h; the functions of one group of methods stand in files of their own.
#include "formula/functions.h"

#include "number/arithmetic.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool functions_wrong(struct ts_error *error, const char *format, ...)
{
    char why[160];
    va_list rest;
    va_start(rest, format);
    vsnprintf(why, sizeof why, format, rest);
    va_end(rest);
    return error_set(error, TS_INVALID_ARGUMENT, "FORMULA_VALUE", "%s", why);
}

bool functions_number(const struct formula_value *arguments, size_t index, struct decimal *ret_number,
                      struct ts_error *error)
{
    const struct formula_value *value = &arguments[index];
    if (value->kind != FORMULA_NUMBER)
        return functions_wrong(error, "argument %zu should be a number, but is %s%s%.40s.", index + 1,
                               space_kind_name(value->kind), value->kind == FORMULA_TEXT ? ": " : "",
                               value->kind == FORMULA_TEXT ? value->text : "");
    *ret_number = value->number;
    return true;
}

bool functions_int(const struct formula_value *arguments, size_t index, int least, int most, int *ret_number,
                   struct ts_error *error)
{
    struct decimal number, low, high, whole;
    decimal_from_int(least, &low);
    decimal_from_int(most, &high);
    if (!functions_number(arguments, index, &number, error))
        return false;
    if (decimal_compare(&number, &low) < 0 || decimal_compare(&number, &high) > 0 ||
        !decimal_round(&number, 0, DECIMAL_HALF_EVEN, &whole, NULL) || decimal_compare(&whole, &number) != 0)
        return functions_wrong(error, "argument %zu should be a whole number from %d to %d.", index + 1,
                               least, most);
    int result = 0;
    for (int i = whole.count - 1; i >= 0; i--)
        result = result * 10 + whole.digit[i];
    *ret_number = whole.negative ? -result : result;
    return true;
}

bool functions_text(const struct formula_value *arguments, size_t index, const char **ret_text,
                    struct ts_error *error)
{
    if (arguments[index].kind != FORMULA_TEXT)
        return functions_wrong(error, "argument %zu should be a text, but is %s.", index + 1,
                               space_kind_name(arguments[index].kind));
    *ret_text = arguments[index].text;
    return true;
}

bool functions_numbers(struct formula_space *space, const struct formula_value *arguments, size_t index,
                       struct formula_value *ret_list, struct ts_error *error)
{
    struct formula_value list = arguments[index];
    if (list.kind == FORMULA_NUMBER) {
        if (!space_list(space, 1, &list, error))
            return false;
        space->cells[list.first] = (struct formula_cell){.number = arguments[index].number};
    }
    if (list.kind != FORMULA_LIST)
        return functions_wrong(error, "argument %zu should be a list, but is %s.", index + 1,
                               space_kind_name(list.kind));
    for (size_t i = 0; i < list.count; i++)
        if (space->cells[list.first + i].text)
            return functions_wrong(error, "value %zu is the text \"%.40s\", not a number.", i + 1,
                                   space->cells[list.first + i].text);
    if (!space_work(space, list.count, error))
        return false;
    *ret_list = list;
    return true;
}

// The numbers of one list, or of several arguments, as a list.
static bool gather(struct formula_space *space, const struct formula_value *arguments, size_t count,
                   struct formula_value *ret_list, struct ts_error *error)
{
    if (count == 1)
        return functions_numbers(space, arguments, 0, ret_list, error);
    if (!space_list(space, count, ret_list, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct formula_cell *cell = &space->cells[ret_list->first + i];
        cell->text = NULL;
        if (!functions_number(arguments, i, &cell->number, error))
            return false;
    }
    return true;
}

static bool gather_some(struct formula_space *space, const struct formula_value *arguments, size_t count,
                        struct formula_value *ret_list, struct ts_error *error)
{
    if (!gather(space, arguments, count, ret_list, error))
        return false;
    return ret_list->count > 0 || functions_wrong(error, "the list is empty.");
}

static bool add_up(const struct formula_space *space, const struct formula_value *list,
                   struct decimal *ret_sum, struct ts_error *error)
{
    struct decimal sum;
    decimal_from_int(0, &sum);
    for (size_t i = 0; i < list->count; i++)
        if (!number_add(&sum, &space->cells[list->first + i].number, &sum, error))
            return false;
    *ret_sum = sum;
    return true;
}

static FORMULA_CALL(call_sum)
{
    struct formula_value list;
    struct decimal sum;
    if (!gather(space, arguments, count, &list, error) || !add_up(space, &list, &sum, error))
        return false;
    *ret_value = space_number(&sum);
    return true;
}

static FORMULA_CALL(call_mean)
{
    struct formula_value list;
    struct decimal sum, divisor;
    if (!gather_some(space, arguments, count, &list, error) || !add_up(space, &list, &sum, error))
        return false;
    decimal_from_int((int64_t)list.count, &divisor);
    if (!number_divide(&sum, &divisor, &sum, error))
        return false;
    *ret_value = space_number(&sum);
    return true;
}

// The same sums as number_deviation, over cells: count * value - sum is exact, so nothing cancels.
static FORMULA_CALL(call_sd)
{
    struct formula_value list;
    struct decimal sum, n, less, squares, part;
    if (!gather(space, arguments, count, &list, error) || !add_up(space, &list, &sum, error))
        return false;
    if (list.count < 2)
        return functions_wrong(error, "a standard deviation needs at least two values.");
    decimal_from_int((int64_t)list.count, &n);
    decimal_from_int((int64_t)list.count - 1, &less);
    decimal_from_int(0, &squares);
    for (size_t i = 0; i < list.count; i++)
        if (!number_multiply(&space->cells[list.first + i].number, &n, &part, error) ||
            !number_subtract(&part, &sum, &part, error) || !number_multiply(&part, &part, &part, error) ||
            !number_add(&squares, &part, &squares, error))
            return false;
    if (!number_multiply(&n, &n, &n, error) || !number_multiply(&n, &less, &n, error) ||
        !number_divide(&squares, &n, &part, error) || !number_sqrt(&part, &part, error))
        return false;
    *ret_value = space_number(&part);
    return true;
}

static bool extreme(struct formula_space *space, const struct formula_value *arguments, size_t count,
                    int sign, struct decimal *ret_number, struct ts_error *error)
{
    struct formula_value list;
    if (!gather_some(space, arguments, count, &list, error))
        return false;
    const struct formula_cell *cells = space->cells + list.first, *best = cells;
    for (size_t i = 1; i < list.count; i++)
        if (decimal_compare(&cells[i].number, &best->number) * sign > 0)
            best = &cells[i];
    *ret_number = best->number;
    return true;
}

static FORMULA_CALL(call_min)
{
    struct decimal number;
    if (!extreme(space, arguments, count, -1, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

static FORMULA_CALL(call_max)
{
    struct decimal number;
    if (!extreme(space, arguments, count, 1, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

static FORMULA_CALL(call_range)
{
    struct decimal low, high;
    if (!extreme(space, arguments, count, -1, &low, error) ||
        !extreme(space, arguments, count, 1, &high, error) || !number_subtract(&high, &low, &high, error))
        return false;
    *ret_value = space_number(&high);
    return true;
}

static FORMULA_CALL(call_count)
{
    struct decimal number;
    (void)space, (void)count;
    if (arguments[0].kind != FORMULA_LIST && arguments[0].kind != FORMULA_MAP)
        return functions_wrong(error, "argument 1 should be a list, but is %s.",
                               space_kind_name(arguments[0].kind));
    decimal_from_int((int64_t)arguments[0].count, &number);
    *ret_value = space_number(&number);
    return true;
}

static FORMULA_CALL(call_item)
{
    int index;
    if (arguments[0].kind != FORMULA_LIST || arguments[0].count == 0)
        return functions_wrong(error, "argument 1 should be a list with values.");
    if (!functions_int(arguments, 1, 1, (int)arguments[0].count, &index, error))
        return false;
    (void)count;
    const struct formula_cell *cell = &space->cells[arguments[0].first + (size_t)index - 1];
    *ret_value = cell->text ? space_text(cell->text) : space_number(&cell->number);
    return true;
}

static FORMULA_CALL(call_list)
{
    return gather(space, arguments, count, ret_value, error);
}

// Non-detects (texts such as ND, 未检出, <0.005) count as the number: domain practice differs, so the formula
// states it.
static FORMULA_CALL(call_substitute)
{
    struct formula_value list;
    struct decimal number;
    (void)count;
    if (arguments[0].kind != FORMULA_LIST)
        return functions_wrong(error, "argument 1 should be a list.");
    if (!functions_number(arguments, 1, &number, error) ||
        !space_list(space, arguments[0].count, &list, error) || !space_work(space, list.count, error))
        return false;
    static const char *const words[] = {"ND", "nd", "未检出", "not detected"};
    for (size_t i = 0; i < list.count; i++) {
        struct formula_cell cell = space->cells[arguments[0].first + i];
        bool known = cell.text && cell.text[0] == '<';
        for (size_t k = 0; cell.text && k < sizeof words / sizeof *words; k++)
            known |= strcmp(cell.text, words[k]) == 0;
        if (cell.text && !known)
            return functions_wrong(error, "value %zu, \"%.40s\", is neither a number nor a non-detect.",
                                   i + 1, cell.text);
        space->cells[list.first + i] = cell.text ? (struct formula_cell){.number = number} : cell;
    }
    *ret_value = list;
    return true;
}

typedef bool one_argument(const struct decimal *value, struct decimal *ret_result, struct ts_error *error);

static bool absolute(const struct decimal *value, struct decimal *ret_result, struct ts_error *error)
{
    (void)error;
    decimal_absolute(value, ret_result);
    return true;
}

// On a number or on each value of a list.
static bool map(struct formula_space *space, const struct formula_value *argument, one_argument *function,
                struct formula_value *ret_value, struct ts_error *error)
{
    struct formula_value from, list;
    struct decimal number;
    if (argument->kind == FORMULA_NUMBER) {
        if (!function(&argument->number, &number, error))
            return false;
        *ret_value = space_number(&number);
        return true;
    }
    if (!functions_numbers(space, argument, 0, &from, error) || !space_list(space, from.count, &list, error))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        struct formula_cell *cell = &space->cells[list.first + i];
        cell->text = NULL;
        if (!function(&space->cells[from.first + i].number, &cell->number, error))
            return false;
    }
    *ret_value = list;
    return true;
}

static FORMULA_CALL(call_abs)
{
    (void)count;
    return map(space, arguments, absolute, ret_value, error);
}

static FORMULA_CALL(call_sqrt)
{
    (void)count;
    return map(space, arguments, number_sqrt, ret_value, error);
}

static FORMULA_CALL(call_ln)
{
    (void)count;
    return map(space, arguments, number_ln, ret_value, error);
}

static FORMULA_CALL(call_exp)
{
    (void)count;
    return map(space, arguments, number_exp, ret_value, error);
}

static FORMULA_CALL(call_log10)
{
    (void)count;
    return map(space, arguments, number_log10, ret_value, error);
}

// What the five forms of rounding share: the number, and the digits or places within bounds.
static bool take_rounding(const struct formula_value *arguments, int least, int most,
                          struct decimal *ret_number, int *ret_digits, struct ts_error *error)
{
    return functions_number(arguments, 0, ret_number, error) &&
           functions_int(arguments, 1, least, most, ret_digits, error);
}

static bool round_places(const struct formula_value *arguments, enum decimal_mode mode,
                         struct formula_value *ret_value, struct ts_error *error)
{
    struct decimal number;
    int places;
    if (!take_rounding(arguments, -40, 40, &number, &places, error) ||
        !decimal_round(&number, -places, mode, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

static bool round_digits(const struct formula_value *arguments, enum decimal_mode mode,
                         struct formula_value *ret_value, struct ts_error *error)
{
    struct decimal number;
    int digits;
    if (!take_rounding(arguments, 1, 40, &number, &digits, error) ||
        !decimal_round_significant(&number, digits, mode, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

static bool round_part(const struct formula_value *arguments, int parts, struct formula_value *ret_value,
                       struct ts_error *error)
{
    struct decimal number;
    int places;
    if (!take_rounding(arguments, -40, 40, &number, &places, error) ||
        !decimal_round_part(&number, -places, parts, DECIMAL_HALF_EVEN, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

static FORMULA_CALL(call_round)
{
    (void)space, (void)count;
    return round_places(arguments, DECIMAL_HALF_EVEN, ret_value, error);
}

static FORMULA_CALL(call_round_half_up)
{
    (void)space, (void)count;
    return round_places(arguments, DECIMAL_HALF_UP, ret_value, error);
}

static FORMULA_CALL(call_significant)
{
    (void)space, (void)count;
    return round_digits(arguments, DECIMAL_HALF_EVEN, ret_value, error);
}

static FORMULA_CALL(call_significant_half_up)
{
    (void)space, (void)count;
    return round_digits(arguments, DECIMAL_HALF_UP, ret_value, error);
}

// GB/T 8170-2008 3.4: the 0.5 and 0.2 units of a digit.
static FORMULA_CALL(call_round_half_unit)
{
    (void)space, (void)count;
    return round_part(arguments, 2, ret_value, error);
}

static FORMULA_CALL(call_round_fifth_unit)
{
    (void)space, (void)count;
    return round_part(arguments, 5, ret_value, error);
}

static FORMULA_CALL(call_round_to)
{
    struct decimal number, interval;
    (void)space, (void)count;
    if (!functions_number(arguments, 0, &number, error) || !functions_number(arguments, 1, &interval, error))
        return false;
    if (decimal_is_zero(&interval) || interval.negative)
        return functions_wrong(error, "argument 2, the interval, should be above zero.");
    if (!decimal_round_quotient(&number, &interval, 0, DECIMAL_HALF_EVEN, &number, error) ||
        !number_multiply(&number, &interval, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}

// check(condition, value, 'why'): the value, or the formula fails with the text.
static FORMULA_CALL(call_check)
{
    const char *why;
    (void)space, (void)count;
    if (arguments[0].kind != FORMULA_TRUTH)
        return functions_wrong(error, "argument 1 should be yes or no.");
    if (!functions_text(arguments, 2, &why, error))
        return false;
    if (!arguments[0].truth)
        return functions_wrong(error, "%.150s", why);
    *ret_value = arguments[1];
    return true;
}

const struct formula_function functions_table[] = {
    {"abs", 1, 1, call_abs},
    {"check", 3, 3, call_check},
    {"convert", 3, 3, convert_call},
    {"correlation", 2, 2, line_correlation},
    {"count", 1, 1, call_count},
    {"exp", 1, 1, call_exp},
    {"intercept", 2, 2, line_intercept},
    {"interpolate", 3, 3, line_interpolate},
    {"item", 2, 2, call_item},
    {"list", 1, 8, call_list},
    {"ln", 1, 1, call_ln},
    {"log10", 1, 1, call_log10},
    {"max", 1, 8, call_max},
    {"mean", 1, 8, call_mean},
    {"min", 1, 8, call_min},
    {"mpn", 2, 3, mpn_call},
    {"plan", 4, 5, plan_call},
    {"plate_count", 1, 1, plate_count},
    {"plate_report", 1, 1, plate_report},
    {"range", 1, 8, call_range},
    {"residual_sd", 2, 2, line_residual_sd},
    {"round", 2, 2, call_round},
    {"round_fifth_unit", 2, 2, call_round_fifth_unit},
    {"round_half_unit", 2, 2, call_round_half_unit},
    {"round_half_up", 2, 2, call_round_half_up},
    {"round_to", 2, 2, call_round_to},
    {"sd", 1, 8, call_sd},
    {"significant", 2, 2, call_significant},
    {"significant_half_up", 2, 2, call_significant_half_up},
    {"slope", 2, 2, line_slope},
    {"sqrt", 1, 1, call_sqrt},
    {"substitute", 2, 2, call_substitute},
    {"sum", 1, 8, call_sum},
};
const size_t functions_count = sizeof functions_table / sizeof *functions_table;

bool functions_find(const char *name, size_t length, size_t *ret_index)
{
    for (size_t i = 0; i < functions_count; i++)
        if (strlen(functions_table[i].name) == length && memcmp(functions_table[i].name, name, length) == 0) {
            *ret_index = i;
            return true;
        }
    return false;
}
