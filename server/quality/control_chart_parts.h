// SPDX-License-Identifier: Apache-2.0
// What the files of the control chart share: where things stand, what they are drawn with, and the sentences
// of rules. Only for control_chart.c, control_chart_marks.c and control_chart_words.c.
#pragma once

#include "quality/chart_pen.h"
#include "quality/control_chart.h"
#include "wire/decimal.h"

#include <stdbool.h>
#include <stddef.h>

// Tenths of a pixel.
enum {
    CHART_WIDTH = CONTROL_CHART_WIDTH * 10,
    CHART_MARGIN = 400,
    CHART_LEFT = 1000,
    CHART_RIGHT = CHART_WIDTH - 950,
    CHART_TOP = 1360,
    CHART_BOTTOM = 5060,
    CHART_ARROW = 300,      // from the edge to a point that lies beyond it
    CHART_LEGEND = 5820,    // base line of its first row
    CHART_LEGEND_ROW = 420, // two lines of text
    CHART_FOOT = 160,       // below the last row
    CHART_RULE_TEXT_SIZE = 256
};

// Dark enough apart to differ in grey: luminance 10, 30, 55, 75 and 93 %.
#define CHART_INK 0x171A21u
#define CHART_LABEL 0x4A525Fu
#define CHART_ACCENT 0x12335Cu
#define CHART_ACTION 0xB81C1Cu
#define CHART_WARNING 0xE0A21Bu
#define CHART_MEMBER 0xF6D9C8u
#define CHART_LINE_ACTION 0x8C1C1Cu
#define CHART_LINE_WARNING 0x9A7420u
#define CHART_LINE_ZONE 0xAEB6C2u
#define CHART_GOOD 0x176638u
#define CHART_TINT 0xF3F5F8u
#define CHART_PAPER 0xFFFFFFu

// From values to places.
struct control_chart_scale {
    struct decimal low, high; // at the bottom and the top of the plot
    size_t count;
};

bool control_chart_scale_init(const struct control_chart *chart, struct control_chart_scale *ret_scale,
                              struct ts_error *error);
int control_chart_scale_x(const struct control_chart_scale *scale, size_t at);
// Held inside the plot, an arrow from its edge; ret_outside is -1 below it, 1 above it, 0 inside.
bool control_chart_scale_y(const struct control_chart_scale *scale, const struct decimal *value, int *ret_y,
                           int *ret_outside, struct ts_error *error);

// Points with their marks and names of rules; run borders.
bool control_chart_marks(const struct control_chart *chart, const struct control_chart_scale *scale,
                         const struct chart_pen *pen, struct ts_error *error);
// The sign of a rule that fired: diamond when it rejects, triangle when it warns.
void control_chart_sign(const struct chart_pen *pen, struct chart_place place, bool rejects);
// The sign of a point that was left out when the limits were frozen: a cross over whatever it is.
void control_chart_cross(const struct chart_pen *pen, struct chart_place place);
// What the rule says, and for a rule that is not confirmed that it is not. CHART_RULE_TEXT_SIZE bytes.
void control_chart_rule_zh(const struct control_rule *rule, char *buffer);
void control_chart_rule_en(const struct control_rule *rule, char *buffer);
