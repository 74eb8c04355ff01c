// SPDX-License-Identifier: Apache-2.0
// Means, moving ranges and frozen limits, see control_limits.h. Sums are exact; what is divided is divided
// last.
#include "quality/control_limits.h"

#include "number/arithmetic.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#define FROZEN_DIGITS 30

// GB/T 4091-2001, table 2, for ranges of two: d2 and D4 with three places, as the table gives them.
static const struct decimal D2 = {.count = 4, .exponent = -3, .digit = {8, 2, 1, 1}};
static const struct decimal D4 = {.count = 4, .exponent = -3, .digit = {7, 6, 2, 3}};

static bool is_enough(size_t count, struct ts_error *error)
{
    return count >= 2 || error_set(error, TS_INVALID_ARGUMENT, "CONTROL_TOO_FEW_POINTS",
                                   "A control chart of single values needs at least two points.");
}

static bool range_between(const struct decimal *before, const struct decimal *after,
                          struct decimal *ret_range, struct ts_error *error)
{
    struct decimal step;
    if (!number_subtract(after, before, &step, error))
        return false;
    decimal_absolute(&step, ret_range);
    return true;
}

// The sums of the points and of the ranges between them.
static bool add_up(const struct decimal *points, size_t count, struct decimal *ret_sum,
                   struct decimal *ret_ranges, struct ts_error *error)
{
    struct decimal ranges = {0}, range;
    if (!is_enough(count, error))
        return false;
    for (size_t i = 1; i < count; i++)
        if (!range_between(&points[i - 1], &points[i], &range, error) ||
            !number_add(&ranges, &range, &ranges, error))
            return false;
    if (!number_sum(points, count, ret_sum, error))
        return false;
    *ret_ranges = ranges;
    return true;
}

bool control_limits_ranges(const struct decimal *points, size_t count, struct decimal *ret_ranges,
                           struct ts_error *error)
{
    if (!is_enough(count, error))
        return false;
    for (size_t i = 1; i < count; i++)
        if (!range_between(&points[i - 1], &points[i], &ret_ranges[i - 1], error))
            return false;
    return true;
}

static bool line(const struct decimal *mean, const struct decimal *sigma, int sigmas,
                 struct decimal *ret_line, struct ts_error *error)
{
    struct decimal factor, reach;
    decimal_from_int(sigmas, &factor);
    return number_multiply(sigma, &factor, &reach, error) && number_add(mean, &reach, ret_line, error);
}

// range_mean / 1.128 from the sum, so that it is rounded once.
static bool sigma_of(const struct decimal *ranges, const struct decimal *steps, struct decimal *ret_sigma,
                     struct ts_error *error)
{
    struct decimal divisor;
    return number_multiply(steps, &D2, &divisor, error) && number_divide(ranges, &divisor, ret_sigma, error);
}

bool control_limits_individuals(const struct decimal *points, size_t count,
                                struct control_individuals *ret_limits, struct ts_error *error)
{
    struct control_individuals limits;
    struct decimal sum, ranges, number, steps, reach;
    if (!add_up(points, count, &sum, &ranges, error))
        return false;
    decimal_from_int((int64_t)count, &number);
    decimal_from_int((int64_t)count - 1, &steps);
    if (!number_divide(&sum, &number, &limits.mean, error) ||
        !number_divide(&ranges, &steps, &limits.range_mean, error) ||
        !sigma_of(&ranges, &steps, &limits.sigma, error) ||
        !line(&limits.mean, &limits.sigma, 3, &limits.upper, error) ||
        !line(&limits.mean, &limits.sigma, -3, &limits.lower, error) ||
        !number_multiply(&ranges, &D4, &reach, error) ||
        !number_divide(&reach, &steps, &limits.range_upper, error))
        return false;
    *ret_limits = limits;
    return true;
}

bool control_limits_series(const struct decimal *points, size_t count, struct control_series *ret_series,
                           struct ts_error *error)
{
    struct control_series series = {.points = points, .count = count};
    struct decimal sum, ranges, number, steps, share;
    if (!add_up(points, count, &sum, &ranges, error))
        return false;
    decimal_from_int((int64_t)count, &number);
    decimal_from_int((int64_t)count - 1, &steps);
    // mean = sum / n and sigma = ranges / (1.128 (n - 1)), times 1.128 n (n - 1)
    if (!number_multiply(&steps, &D2, &share, error) ||
        !number_multiply(&share, &number, &series.scale, error) ||
        !number_multiply(&share, &sum, &series.mean, error) ||
        !number_multiply(&ranges, &number, &series.sigma, error))
        return false;
    *ret_series = series;
    return true;
}

// The mean range of neighbours, / 1.128. A range over a gap would say how the process moved in longer time.
static bool sigma_of_neighbours(const struct decimal *points, const bool *begins, size_t count,
                                struct decimal *ret_sigma, struct ts_error *error)
{
    struct decimal ranges = {0}, range, steps;
    int64_t neighbours = 0;
    for (size_t i = 1; i < count; i++) {
        if (begins && begins[i])
            continue;
        neighbours++;
        if (!range_between(&points[i - 1], &points[i], &range, error) ||
            !number_add(&ranges, &range, &ranges, error))
            return false;
    }
    decimal_from_int(neighbours, &steps);
    if (neighbours == 0)
        return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_SIGMA",
                         "No two of the points that remain are neighbours: there is no moving range.");
    return sigma_of(&ranges, &steps, ret_sigma, error);
}

// What has more digits than are kept is rounded; what has fewer stays as it is.
static bool keep(struct decimal *value, struct ts_error *error)
{
    return value->count <= FROZEN_DIGITS ||
           decimal_round_significant(value, FROZEN_DIGITS, DECIMAL_HALF_EVEN, value, error);
}

bool control_limits_freeze(const struct decimal *points, const bool *begins, size_t count,
                           enum control_estimator estimator, const struct control_limits *previous,
                           struct control_limits *ret_limits, struct ts_error *error)
{
    struct control_limits limits = {
        .estimator = estimator, .count = count, .version = previous ? previous->version + 1 : 1};
    if (count < CONTROL_FREEZE_LEAST)
        return error_set(error, TS_FAILED_PRECONDITION, "CONTROL_TOO_FEW_POINTS",
                         "Limits are frozen from at least %d points; there are %zu.", CONTROL_FREEZE_LEAST,
                         count);
    if (!number_mean(points, count, &limits.mean, error) ||
        !(estimator == CONTROL_STANDARD_DEVIATION
              ? number_deviation(points, count, &limits.sigma, error)
              : sigma_of_neighbours(points, begins, count, &limits.sigma, error)) ||
        !keep(&limits.mean, error) || !keep(&limits.sigma, error))
        return false;
    if (decimal_is_zero(&limits.sigma))
        return error_set(error, TS_INVALID_ARGUMENT, "CONTROL_SIGMA",
                         "The points do not differ, so there are no limits to freeze.");
    *ret_limits = limits;
    return true;
}

bool control_limits_line(const struct control_limits *limits, int sigmas, struct decimal *ret_line,
                         struct ts_error *error)
{
    return line(&limits->mean, &limits->sigma, sigmas, ret_line, error);
}

bool control_limits_range_lines(const struct control_limits *limits, struct decimal *ret_centre,
                                struct decimal *ret_upper, struct ts_error *error)
{
    struct decimal centre, upper;
    if (!number_multiply(&limits->sigma, &D2, &centre, error) ||
        !number_multiply(&centre, &D4, &upper, error))
        return false;
    *ret_centre = centre;
    *ret_upper = upper;
    return true;
}
