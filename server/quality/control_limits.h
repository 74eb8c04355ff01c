// SPDX-License-Identifier: Apache-2.0
// The lines of a control chart of single values: mean and standard deviation from the points themselves
// (individuals and moving range, GB/T 4091-2001 / ISO 7870-2), and limits that are frozen once there are
// enough points. Frozen limits are a value with a version; nothing here ever changes one: new points give a
// new version, by an act of a person. Pure; called by validate and the quality service.
#pragma once

#include "quality/control_rules.h"
#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

// Limits from fewer points than this are not frozen: their own uncertainty would be the largest part.
#define CONTROL_FREEZE_LEAST 20

struct ts_error;

// All rounded once to 50 significant digits where they do not end.
struct control_individuals {
    struct decimal mean;
    struct decimal range_mean; // of |x[i] - x[i-1]|
    struct decimal sigma;      // range_mean / 1.128, d2 for two
    struct decimal upper;      // mean + 3 sigma
    struct decimal lower;
    struct decimal range_upper; // 3.267 range_mean, D4 for two; the lower limit of ranges is 0
};

// At least two points: INVALID_ARGUMENT / CONTROL_TOO_FEW_POINTS.
bool control_limits_individuals(const struct decimal *points, size_t count,
                                struct control_individuals *ret_limits, struct ts_error *error);

// The points against their own mean and moving range for control_rules_evaluate, without any rounding: all
// is multiplied by 1.128 n (n - 1). `points` must live as long as the series. Fails as above.
bool control_limits_series(const struct decimal *points, size_t count, struct control_series *ret_series,
                           struct ts_error *error);

enum control_estimator {
    CONTROL_MOVING_RANGE,      // mean moving range / 1.128; sees no slow drift, as wanted
    CONTROL_STANDARD_DEVIATION // of the sample; usual for Westgard's rules
};

// What is stored and printed on the chart. Mean and sigma have at most 30 significant digits, so that their
// text is read back as the same number.
struct control_limits {
    struct decimal mean;
    struct decimal sigma;
    enum control_estimator estimator;
    size_t count;     // points that they come from
    unsigned version; // 1, 2, ...
};

// `begins[i]`: what came directly before points[i] was left out, so there is no moving range to it; NULL:
// nothing was. `previous` is the version before, NULL for the first. FAILED_PRECONDITION /
// CONTROL_TOO_FEW_POINTS below twenty points, INVALID_ARGUMENT / CONTROL_SIGMA when all points are equal or
// no two are neighbours.
bool control_limits_freeze(const struct decimal *points, const bool *begins, size_t count,
                           enum control_estimator estimator, const struct control_limits *previous,
                           struct control_limits *ret_limits, struct ts_error *error);
// mean + sigmas * sigma.
bool control_limits_line(const struct control_limits *limits, int sigmas, struct decimal *ret_line,
                         struct ts_error *error);

// For the chart of moving ranges: |points[i + 1] - points[i]|, one less than points (INVALID_ARGUMENT /
// CONTROL_TOO_FEW_POINTS below two), and its lines from frozen limits: centre 1.128 sigma, upper limit 3.267
// times that, lower limit 0.
bool control_limits_ranges(const struct decimal *points, size_t count, struct decimal *ret_ranges,
                           struct ts_error *error);
bool control_limits_range_lines(const struct control_limits *limits, struct decimal *ret_centre,
                                struct decimal *ret_upper, struct ts_error *error);
