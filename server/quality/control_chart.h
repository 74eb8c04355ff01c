// SPDX-License-Identifier: Apache-2.0
// A control chart as a picture: centre line and limits with their values, points, the points of every rule
// that fired marked by shape and colour with the rule's name, the version of the limits, and below one
// sentence per rule in Chinese and English, those that did not fire included. Shapes and dashes carry
// everything that colours do, so it can be printed in grey. Draws with any pen (chart_pen.h); pure, owns
// nothing. docs/quality.md tells how to read it.
#pragma once

#include "quality/control_limits.h"
#include "quality/control_rules.h"
#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_CHART_POINTS 400 // more are refused: choose a window
#define CONTROL_CHART_LINES 7
#define CONTROL_CHART_WIDTH 1000 // pixels

struct chart_pen;
struct ts_error;

enum control_chart_line_kind {
    CONTROL_CHART_CENTRE,
    CONTROL_CHART_ZONE,
    CONTROL_CHART_WARNING,
    CONTROL_CHART_ACTION
};

struct control_chart_line {
    struct decimal value;
    const char *name; // "+3s"
    enum control_chart_line_kind kind;
};

// What a z-score was calculated from, as it was reported.
struct control_chart_score {
    const char *measured, *assigned, *sigma_pt;
};

struct control_chart {
    const char *title_zh; // chart, parameter, method
    const char *title_en;
    const char *institute; // this and all texts of the paper: NULL or "" when not known
    const char *form_no, *edition;
    const char *drawn_by, *drawn_at, *time_zone; // drawn_at in that zone
    bool specimen;                               // of demonstration data
    const char *material;
    const char *unit; // "" for none
    const struct decimal *points;
    const char *const *labels;  // below the points: days, rounds; NULL for none
    const char *const *days;    // a second line of them; NULL for none
    const char *const *remarks; // told below the chart, in lines; NULL for none, "" for a point without
    const struct control_chart_score *scores; // of z-scores; NULL: not told
    const unsigned long *runs;                // as in struct control_series; NULL: not known
    const bool *left_out;                     // the limits do not come from these points; NULL: from all
    size_t count;
    size_t first; // the number of the first point on its chart; 0 is 1
    struct control_chart_line lines[CONTROL_CHART_LINES];
    size_t line_count;            // at least two that differ
    struct control_limits limits; // as printed; version 0 is "not fixed"
    const char *frozen_by;        // "name (log-in)"; "" when not known
    const char *frozen_on;        // a day
    const char *laboratory;       // "" when not known
    const char *providers;        // of proficiency tests
    const char *set_name;
    long rules_revision; // of the catalogue; 0: they came with the program; below 0: of none
    const struct control_rule_set *set;
    const struct control_alarm *alarms; // of control_rules_evaluate
    size_t alarm_count;
    bool has_ranges; // moving ranges: the value axis says so
    bool has_scores; // z-scores of proficiency tests: verdicts and their lines instead of rules and limits
};

// The centre line and the limits at 1, 2 and 3 sigma, and `limits` itself.
bool control_chart_from_limits(struct control_chart *chart, const struct control_limits *limits,
                               struct ts_error *error);
// The same for the chart of moving ranges: centre line, upper limit, and 0.
bool control_chart_from_range_limits(struct control_chart *chart, const struct control_limits *limits,
                                     struct ts_error *error);

// Lines of z-scores: 0, 2 and 3 to both sides (ISO 13528:2022, 9.4).
void control_chart_from_scores(struct control_chart *chart, const struct control_limits *limits);

// In pixels; depends on how many rules fired.
int control_chart_height(const struct control_chart *chart);
// INVALID_ARGUMENT / CONTROL_CHART for no points, too many, or lines that do not differ.
bool control_chart_draw(const struct control_chart *chart, const struct chart_pen *pen,
                        struct ts_error *error);
