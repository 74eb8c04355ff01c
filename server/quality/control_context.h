// SPDX-License-Identifier: Apache-2.0
// A stretch of a control chart as the database tells it (touchstone.internal.v1.ControlContext), made ready
// for the engine: numbers, runs, rules and frozen limits. Of a chart of moving ranges the points are the
// ranges. Pure; called by the steps of the quality service, and whatever draws a chart. Everything is in the
// arena.
#pragma once

#include "quality/control_chart.h"
#include "quality/control_limits.h"
#include "quality/control_rules.h"
#include "touchstone/internal/v1/control.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_CONTEXT_VALUES (CONTROL_CHART_POINTS + 1) // more are refused

struct arena;
struct ts_error;

struct control_context {
    struct control_rule_set set;
    struct control_series series; // of the frozen limits; without them of the points' own
    struct control_limits limits; // version 0: not frozen, the points' own
    const char **labels;
    const char **days;    // "" but for scores
    const char **remarks; // "" for none
    struct control_chart_score *scores;
    const bool *left_out; // of the points: the limits do not come from them
    struct control_alarm *alarms;
    size_t alarm_count;
    bool has_ranges; // the points are moving ranges
    bool has_scores; // z-scores: the verdicts come with them, nothing is judged
};

// Judges every point. INVALID_ARGUMENT / CONTROL_TOO_FEW_POINTS when there are no frozen limits and not two
// points; OUT_OF_RANGE / CONTROL_CONTEXT above the ceiling.
bool control_context_read(const Touchstone__Internal__V1__ControlContext *message, struct arena *arena,
                          struct control_context *ret_context, struct ts_error *error);

// The next version of the limits, from all values of the message that are not left out. As
// control_limits_freeze.
bool control_context_freeze(const Touchstone__Internal__V1__ControlContext *message, struct arena *arena,
                            struct control_limits *ret_limits, struct ts_error *error);

// The picture of it; points into both. Fails as control_chart_from_limits.
bool control_context_chart(const Touchstone__Internal__V1__ControlContext *message,
                           const struct control_context *context, struct control_chart *ret_chart,
                           struct ts_error *error);
