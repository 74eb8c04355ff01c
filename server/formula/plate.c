// SPDX-License-Identifier: Apache-2.0
// Plate counts by GB 4789.2-2022: which dilutions are counted, the formula, and the report, which rounds
// half up (四舍五入), not by GB/T 8170. Input: a map from the dilution (0.01 is 1 in 100) to the counts of
// its plates. A plate that cannot be counted is written as TNTC, 多不可计 or >300.
#include "formula/functions.h"
#include "number/arithmetic.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

#define LEAST 30 // colonies that a plate must have to be counted, and may have at most
#define MOST 300

struct dilution {
    struct decimal factor, sum, mean, in_sum;
    int plates, in_range, above; // counted plates; of them within LEAST to MOST; all plates above MOST
    int total;                   // plates, those without a number too
    bool uncountable;            // has a plate without a number
};

struct dilutions {
    struct dilution at[FORMULA_ENTRIES]; // lowest dilution first
    size_t count;
};

static int compare_int(const struct decimal *value, int number)
{
    struct decimal other;
    decimal_from_int(number, &other);
    return decimal_compare(value, &other);
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

static bool add_plate(const struct formula_cell *cell, struct dilution *dilution, struct ts_error *error)
{
    static const char *const above[] = {"TNTC", "tntc", "多不可计", ">300", "> 300"};
    static const char *const spread[] = {"SPR", "spr", "蔓延"};
    if (cell->text && is_one_of(cell->text, above, sizeof above / sizeof *above)) {
        dilution->uncountable = true;
        dilution->above++;
        return true;
    }
    if (cell->text && is_one_of(cell->text, spread, sizeof spread / sizeof *spread)) {
        dilution->total--; // as if it were not there: 片状菌落 are not counted
        return true;
    }
    if (cell->text)
        return functions_wrong(error, "the count \"%.40s\" is neither a number nor TNTC nor SPR.",
                               cell->text);
    if (cell->number.negative)
        return functions_wrong(error, "a count is below zero.");
    dilution->plates++;
    dilution->above += compare_int(&cell->number, MOST) > 0;
    if (compare_int(&cell->number, LEAST) >= 0 && compare_int(&cell->number, MOST) <= 0) {
        dilution->in_range++;
        if (!number_add(&dilution->in_sum, &cell->number, &dilution->in_sum, error))
            return false;
    }
    return number_add(&dilution->sum, &cell->number, &dilution->sum, error);
}

static bool read_dilution(const struct formula_space *space, const struct formula_entry *entry,
                          struct dilution *ret_dilution, struct ts_error *error)
{
    struct dilution dilution = {.factor = entry->key, .total = (int)entry->count};
    struct decimal plates;
    if (decimal_is_zero(&entry->key) || entry->key.negative)
        return functions_wrong(error, "a dilution is not above zero.");
    if (compare_int(&entry->key, 1) > 0)
        return functions_wrong(error, "a dilution is above 1: write 0.01 for 1 in 100.");
    if (entry->count == 0)
        return functions_wrong(error, "a dilution has no plates.");
    for (size_t i = 0; i < entry->count; i++)
        if (!add_plate(&space->cells[entry->first + i], &dilution, error))
            return false;
    decimal_from_int(dilution.plates, &plates);
    if (dilution.plates && !number_divide(&dilution.sum, &plates, &dilution.mean, error))
        return false;
    *ret_dilution = dilution;
    return true;
}

// Reads all and puts them in order, the largest factor first.
static bool read_dilutions(struct formula_space *space, const struct formula_value *map,
                           struct dilutions *ret_dilutions, struct ts_error *error)
{
    ret_dilutions->count = 0;
    if (map->kind != FORMULA_MAP || map->count == 0)
        return functions_wrong(error, "argument 1 should be a map from dilutions to counts.");
    for (size_t i = 0; i < map->count; i++) {
        struct dilution next;
        if (!read_dilution(space, &space->entries[map->first + i], &next, error) ||
            !space_work(space, space->entries[map->first + i].count, error))
            return false;
        size_t place = ret_dilutions->count++;
        for (; place > 0 && decimal_compare(&ret_dilutions->at[place - 1].factor, &next.factor) < 0; place--)
            ret_dilutions->at[place] = ret_dilutions->at[place - 1];
        ret_dilutions->at[place] = next;
    }
    return true;
}

// N = sum C / ((n1 + 0.1 n2) d), with the plates within range; 0.1 is the step between the two dilutions.
static bool two_dilutions(const struct dilution *first, const struct dilution *second, struct decimal *ret_n,
                          struct ts_error *error)
{
    struct decimal sum, below, part, plates;
    decimal_from_int(first->in_range, &plates);
    if (!number_add(&first->in_sum, &second->in_sum, &sum, error) ||
        !number_multiply(&plates, &first->factor, &below, error))
        return false;
    decimal_from_int(second->in_range, &plates);
    return number_multiply(&plates, &second->factor, &part, error) &&
           number_add(&below, &part, &below, error) && number_divide(&sum, &below, ret_n, error);
}

static bool one_dilution(const struct dilution *dilution, struct decimal *ret_n, struct ts_error *error)
{
    if (dilution->plates == 0)
        return functions_wrong(error, "the dilution that decides has no plate that was counted.");
    return number_divide(&dilution->mean, &dilution->factor, ret_n, error);
}

// How far a mean is from 30 or 300.
static void distance(const struct decimal *mean, struct decimal *ret_distance)
{
    struct decimal bound;
    decimal_from_int(compare_int(mean, LEAST) < 0 ? LEAST : MOST, &bound);
    decimal_from_int(0, ret_distance);
    if (compare_int(mean, LEAST) < 0 || compare_int(mean, MOST) > 0)
        number_subtract(mean, &bound, ret_distance, NULL);
    ret_distance->negative = false;
}

// Some above and some below the range: the mean nearest to 30 or 300.
static bool nearest(const struct dilutions *dilutions, struct decimal *ret_n, struct ts_error *error)
{
    const struct dilution *best = NULL;
    struct decimal least, next;
    for (size_t i = 0; i < dilutions->count; i++) {
        const struct dilution *dilution = &dilutions->at[i];
        if (dilution->uncountable || dilution->plates == 0)
            continue;
        distance(&dilution->mean, &next);
        if (!best || decimal_compare(&next, &least) < 0) {
            best = dilution;
            least = next;
        }
    }
    if (!best)
        return functions_wrong(error, "no dilution was counted.");
    return one_dilution(best, ret_n, error);
}

// Which dilutions decide, by clause 8 of the standard. ret_none: nothing grew at all.
static bool choose(const struct dilutions *dilutions, struct decimal *ret_n, bool *ret_none,
                   struct ts_error *error)
{
    bool all_above = true, none_above = true, none = true;
    *ret_none = false;
    for (size_t i = 0; i < dilutions->count; i++) {
        const struct dilution *dilution = &dilutions->at[i];
        if (dilution->total == 0)
            continue;
        if (dilution->in_range && i + 1 < dilutions->count && dilutions->at[i + 1].in_range)
            return two_dilutions(dilution, &dilutions->at[i + 1], ret_n, error);
        if (dilution->in_range)
            return one_dilution(dilution, ret_n, error);
        all_above = all_above && dilution->above == dilution->total;
        none_above = none_above && dilution->above == 0;
        none = none && !dilution->uncountable && decimal_is_zero(&dilution->sum);
    }
    if (all_above)
        return one_dilution(&dilutions->at[dilutions->count - 1], ret_n, error);
    *ret_none = none;
    if (none_above)
        return one_dilution(&dilutions->at[0], ret_n, error);
    return nearest(dilutions, ret_n, error);
}

// Below 100 whole colonies, from 100 on two significant digits, both half up.
static bool report(const struct decimal *number, struct decimal *ret_number, struct ts_error *error)
{
    if (compare_int(number, 100) < 0)
        return decimal_round(number, 0, DECIMAL_HALF_UP, ret_number, error);
    return decimal_round_significant(number, 2, DECIMAL_HALF_UP, ret_number, error);
}

static bool less_than_one(struct formula_space *space, const struct decimal *factor,
                          struct formula_value *ret_value, struct ts_error *error)
{
    char text[DECIMAL_TEXT_SIZE + 1] = "<";
    struct decimal one, least;
    decimal_from_int(1, &one);
    if (!number_divide(&one, factor, &least, error))
        return false;
    decimal_format(&least, text + 1, sizeof text - 1);
    return space_keep_text(space, text, ret_value, error);
}

FORMULA_CALL(plate_count)
{
    struct dilutions dilutions;
    struct decimal n;
    bool none;
    (void)count;
    if (!read_dilutions(space, arguments, &dilutions, error) || !choose(&dilutions, &n, &none, error))
        return false;
    if (none)
        return less_than_one(space, &dilutions.at[0].factor, ret_value, error);
    if (!report(&n, &n, error))
        return false;
    // Nothing on the plates that decide, whatever grew on others: that is no 0.
    if (decimal_is_zero(&n))
        return less_than_one(space, &dilutions.at[0].factor, ret_value, error);
    *ret_value = space_number(&n);
    return true;
}

FORMULA_CALL(plate_report)
{
    struct decimal number;
    (void)space, (void)count;
    if (!functions_number(arguments, 0, &number, error))
        return false;
    if (number.negative)
        return functions_wrong(error, "a count is below zero.");
    if (!report(&number, &number, error))
        return false;
    *ret_value = space_number(&number);
    return true;
}
