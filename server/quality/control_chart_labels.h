// SPDX-License-Identifier: Apache-2.0
// Where the names at points stand, so that none misleads: on the same side of every line as its point, and
// clear of lines, strokes, signs, the frame and each other. What has no place beside its point stands further
// away with a leader. Pure, integers; for control_chart_marks.c.
#pragma once

#include "quality/chart_pen.h"
#include "quality/control_chart.h"

#include <stdbool.h>
#include <stddef.h>

// Tenths of a pixel; right and bottom belong to it.
struct control_chart_box {
    int left, top, right, bottom;
};

struct control_chart_labels {
    const struct chart_place *points;      // from left to right, joined by strokes
    const struct control_chart_box *signs; // what is drawn at each point
    size_t count;
    int lines[CONTROL_CHART_LINES];
    size_t line_count;
    struct control_chart_box boxes[CONTROL_CHART_POINTS]; // taken
    size_t box_count;
    struct chart_place leaders[CONTROL_CHART_POINTS][2];
    size_t leader_count;
};

struct control_chart_label {
    struct chart_place place; // the middle of its first base line
    int line_height;
    struct chart_place leader[2];
    bool has_leader;
};

// Takes a place for a name of so many lines, this width and font size at a point. False when there is none:
// then it is told below the chart.
bool control_chart_labels_take(struct control_chart_labels *labels, size_t at, int width, int lines, int size,
                               struct control_chart_label *ret_label);
