// SPDX-License-Identifier: Apache-2.0
// The most probable number by maximum likelihood, which is what the tables of GB 4789.3 annex B and FDA BAM
// appendix 2 print at two significant digits: the L for which
//     sum(p_i v_i / (1 - exp(-v_i L))) = sum(n_i v_i)
// with n tubes of the amount v of which p are positive. Nothing positive is "<" the number of one positive
// tube of the smallest amount, everything positive ">" the number with one negative tube there. Solved by
// halving.
#include "formula/functions.h"
#include "number/arithmetic.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <string.h>

#define LEVELS 10
#define TUBES 1000
#define HALVINGS 44       // of a decade: 5 * 10^-13 of the result, eleven digits more than are printed
#define WORKING_DIGITS 30 // of a bound, so that halving does not make it longer
#define DECADES 40

struct level {
    struct decimal amount;
    int tubes, positive;
};

struct tubes {
    struct level at[LEVELS];
    size_t count, smallest;
    struct decimal all; // sum(n v)
};

static bool scale(const struct decimal *number, int times, struct decimal *ret, struct ts_error *error)
{
    struct decimal factor;
    decimal_from_int(times, &factor);
    return number_multiply(number, &factor, ret, error);
}

// p v / (1 - exp(-v L)).
static bool term(const struct level *level, const struct decimal *number, struct decimal *ret_term,
                 struct ts_error *error)
{
    struct decimal power, one, limit;
    decimal_from_int(1, &one);
    decimal_from_int(200, &limit);
    if (!number_multiply(&level->amount, number, &power, error) ||
        !scale(&level->amount, level->positive, ret_term, error))
        return false;
    if (decimal_compare(&power, &limit) > 0) // exp(-200) is nothing beside 1
        return true;
    power.negative = power.count != 0;
    return number_exp(&power, &power, error) && number_subtract(&one, &power, &power, error) &&
           number_divide(ret_term, &power, ret_term, error);
}

// Whether the number is below the solution: the sum of terms falls as L grows.
static bool is_below(const struct tubes *tubes, const struct decimal *number, bool *ret_below,
                     struct ts_error *error)
{
    struct decimal sum, next;
    decimal_from_int(0, &sum);
    for (size_t i = 0; i < tubes->count; i++) {
        if (tubes->at[i].positive == 0)
            continue;
        if (!term(&tubes->at[i], number, &next, error) || !number_add(&sum, &next, &sum, error))
            return false;
    }
    *ret_below = decimal_compare(&sum, &tubes->all) > 0;
    return true;
}

// The decade the solution lies in: below 10 * ret_low and not below ret_low.
static bool find_decade(const struct tubes *tubes, struct decimal *ret_low, struct ts_error *error)
{
    const struct decimal *largest = &tubes->at[0].amount;
    for (size_t i = 1; i < tubes->count; i++)
        if (decimal_compare(&tubes->at[i].amount, largest) > 0)
            largest = &tubes->at[i].amount;
    int top = largest->count + largest->exponent;
    for (int decade = -top - 4; decade < -top + DECADES; decade++) {
        struct decimal high;
        bool below;
        decimal_from_int(1, &high);
        high.exponent = (int16_t)(decade + 1);
        if (!is_below(tubes, &high, &below, error))
            return false;
        if (!below) {
            *ret_low = high;
            ret_low->exponent--;
            return true;
        }
    }
    return functions_wrong(error, "the most probable number is too large.");
}

static bool solve(const struct tubes *tubes, struct decimal *ret_number, struct ts_error *error)
{
    struct decimal low, high, middle, half = {.count = 1, .exponent = -1, .digit = {5}};
    if (!find_decade(tubes, &low, error) || !scale(&low, 10, &high, error))
        return false;
    for (int i = 0; i < HALVINGS; i++) {
        bool below;
        if (!number_add(&low, &high, &middle, error) || !number_multiply(&middle, &half, &middle, error) ||
            !decimal_round_significant(&middle, WORKING_DIGITS, DECIMAL_HALF_EVEN, &middle, error) ||
            !is_below(tubes, &middle, &below, error))
            return false;
        *(below ? &low : &high) = middle;
    }
    return decimal_round_significant(&middle, 2, DECIMAL_HALF_EVEN, ret_number, error);
}

static bool take_level(const struct formula_value *lists, const struct formula_cell *cells, size_t index,
                       bool has_tubes, struct level *ret_level, struct ts_error *error)
{
    struct formula_value each[3];
    struct level level = {.tubes = 3}; // the table of three tubes
    for (size_t i = 0; i < 3; i++)
        each[i] = i == 2 && !has_tubes
                      ? (struct formula_value){0}
                      : space_number(&cells[lists[i].first + (lists[i].count == 1 ? 0 : index)].number);
    if (has_tubes && !functions_int(each, 2, 1, TUBES, &level.tubes, error))
        return false;
    if (!functions_int(each, 0, 0, level.tubes, &level.positive, error))
        return false;
    level.amount = each[1].number;
    if (level.amount.negative || decimal_is_zero(&level.amount))
        return functions_wrong(error, "argument 2: an amount is not above zero.");
    *ret_level = level;
    return true;
}

static bool read_tubes(struct formula_space *space, const struct formula_value *arguments, size_t count,
                       struct tubes *ret_tubes, struct ts_error *error)
{
    struct formula_value lists[3] = {{0}};
    struct decimal part;
    *ret_tubes = (struct tubes){0};
    for (size_t i = 0; i < count; i++)
        if (!functions_numbers(space, arguments, i, &lists[i], error))
            return false;
    ret_tubes->count = lists[0].count;
    if (lists[0].count == 0 || lists[0].count > LEVELS || lists[1].count != lists[0].count)
        return functions_wrong(error, "there should be as many amounts as counts of positive tubes, 1 to %d.",
                               LEVELS);
    if (count == 3 && lists[2].count != 1 && lists[2].count != lists[0].count)
        return functions_wrong(error, "argument 3 should be one number of tubes, or one for each amount.");
    for (size_t i = 0; i < ret_tubes->count; i++) {
        struct level *level = &ret_tubes->at[i];
        if (!take_level(lists, space->cells, i, count == 3, level, error) ||
            !scale(&level->amount, level->tubes, &part, error) ||
            !number_add(&ret_tubes->all, &part, &ret_tubes->all, error))
            return false;
        if (decimal_compare(&level->amount, &ret_tubes->at[ret_tubes->smallest].amount) < 0)
            ret_tubes->smallest = i;
    }
    return true;
}

FORMULA_CALL(mpn_call)
{
    struct tubes tubes;
    struct decimal number;
    char text[DECIMAL_TEXT_SIZE + 1] = "";
    int positive = 0, negative = 0;
    if (!read_tubes(space, arguments, count, &tubes, error) ||
        !space_work(space, tubes.count * (HALVINGS + DECADES) * 50, error))
        return false;
    for (size_t i = 0; i < tubes.count; i++) {
        positive += tubes.at[i].positive;
        negative += tubes.at[i].tubes - tubes.at[i].positive;
    }
    if (positive + negative < 2)
        return functions_wrong(error, "there are fewer than two tubes.");
    struct level *smallest = &tubes.at[tubes.smallest];
    smallest->positive += positive == 0 ? 1 : negative == 0 ? -1 : 0;
    if (!solve(&tubes, &number, error))
        return false;
    if (positive && negative) {
        *ret_value = space_number(&number);
        return true;
    }
    text[0] = positive ? '>' : '<';
    decimal_format(&number, text + 1, sizeof text - 1);
    return space_keep_text(space, text, ret_value, error);
}
