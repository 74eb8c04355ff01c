// SPDX-License-Identifier: Apache-2.0
// Algorithm A of ISO 13528:2022 C.3.1, see proficiency.h: a mean and a standard deviation that outliers pull
// only as far as 1.5 s*. Works in the caller's scratch.
#include "quality/proficiency.h"

#include "number/arithmetic.h"
#include "wire/error.h"

#include <stdlib.h>

#define ROUNDS_MOST 1000

static const struct decimal MADE = {.count = 4, .exponent = -3, .digit = {3, 8, 4, 1}};
static const struct decimal REACH = {.count = 2, .exponent = -1, .digit = {5, 1}};
static const struct decimal CORRECTION = {.count = 4, .exponent = -3, .digit = {4, 3, 1, 1}};
static const struct decimal HALF = {.count = 1, .exponent = -1, .digit = {5}};
static const struct decimal TINY = {.count = 1, .exponent = -9, .digit = {1}};

static int by_value(const void *a, const void *b)
{
    return decimal_compare(a, b);
}

// Sorts what it is given.
static bool median(struct decimal *values, size_t count, struct decimal *ret_median, struct ts_error *error)
{
    qsort(values, count, sizeof *values, by_value);
    if (count % 2) {
        *ret_median = values[count / 2];
        return true;
    }
    struct decimal sum;
    return number_add(&values[count / 2 - 1], &values[count / 2], &sum, error) &&
           number_multiply(&sum, &HALF, ret_median, error);
}

static bool start(const struct decimal *results, size_t count, struct decimal *scratch,
                  struct proficiency_robust *robust, struct ts_error *error)
{
    struct decimal spread;
    for (size_t i = 0; i < count; i++)
        scratch[i] = results[i];
    if (!median(scratch, count, &robust->mean, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!number_subtract(&results[i], &robust->mean, &scratch[i], error))
            return false;
        decimal_absolute(&scratch[i], &scratch[i]);
    }
    if (!median(scratch, count, &spread, error) ||
        !number_multiply(&spread, &MADE, &robust->deviation, error))
        return false;
    return !decimal_is_zero(&spread) || number_deviation(results, count, &robust->deviation, error);
}

// One round: the next mean and deviation from the present ones.
static bool step(const struct decimal *results, size_t count, struct decimal *scratch,
                 const struct proficiency_robust *now, struct proficiency_robust *ret_next,
                 struct ts_error *error)
{
    struct decimal reach, low, high, deviation;
    if (!number_multiply(&now->deviation, &REACH, &reach, error) ||
        !number_subtract(&now->mean, &reach, &low, error) || !number_add(&now->mean, &reach, &high, error))
        return false;
    for (size_t i = 0; i < count; i++)
        scratch[i] = decimal_compare(&results[i], &low) < 0    ? low
                     : decimal_compare(&results[i], &high) > 0 ? high
                                                               : results[i];
    ret_next->rounds = now->rounds + 1;
    return number_mean(scratch, count, &ret_next->mean, error) &&
           number_deviation(scratch, count, &deviation, error) &&
           number_multiply(&deviation, &CORRECTION, &ret_next->deviation, error);
}

// |a - b| within 1e-9 and within `share`.
static bool is_near(const struct decimal *a, const struct decimal *b, const struct decimal *share,
                    bool *ret_near, struct ts_error *error)
{
    struct decimal move;
    if (!number_subtract(a, b, &move, error))
        return false;
    decimal_absolute(&move, &move);
    *ret_near = decimal_compare(&move, &TINY) <= 0 && decimal_compare(&move, share) <= 0;
    return true;
}

// Trace analysis has results below 1e-9, so nothing may move by 1e-9 of the first deviation either. Not of
// the present one: when most results are equal it shrinks towards zero for ever.
bool proficiency_algorithm_a(const struct decimal *results, size_t count, struct decimal *scratch,
                             struct proficiency_robust *ret_robust, struct ts_error *error)
{
    struct proficiency_robust now = {.rounds = 0}, next;
    struct decimal share;
    if (count < 2)
        return error_set(error, TS_INVALID_ARGUMENT, "PROFICIENCY_INPUT",
                         "Algorithm A needs at least two results.");
    if (!start(results, count, scratch, &now, error) ||
        !number_multiply(&now.deviation, &TINY, &share, error))
        return false;
    while (now.rounds < ROUNDS_MOST) {
        bool mean_near = false, deviation_near = false;
        if (!step(results, count, scratch, &now, &next, error) ||
            !is_near(&next.mean, &now.mean, &share, &mean_near, error) ||
            !is_near(&next.deviation, &now.deviation, &share, &deviation_near, error))
            return false;
        now = next;
        if (mean_near && deviation_near) {
            *ret_robust = now;
            return true;
        }
    }
    return error_set(error, TS_FAILED_PRECONDITION, "PROFICIENCY_DIVERGED",
                     "Algorithm A did not come to rest within %d rounds.", ROUNDS_MOST);
}
