// SPDX-License-Identifier: Apache-2.0
// What the files of the control chart share: where things stand, what they are drawn with, and the sentences
// of rules. Only for the files control_chart*.c, and for the sentences of rules worksheet_notes.c.
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
    CHART_TOP = 2340,
    CHART_BOTTOM = 6040,
    CHART_ARROW = 300, // from the edge to a point that lies beyond it
    CHART_FOOT = 200,  // below the last line of text
    CHART_RULE_TEXT_SIZE = 256,
    CHART_LINE_SIZE = 512, // a line of text, cut to what fits
    CHART_NAMES_SIZE = 96, // names at a point
    CHART_SIGN_HALF = 82,  // of a sign with room around it
    CHART_NUMBER_SIZE = DECIMAL_TEXT_SIZE + 2
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
#define CHART_TINT 0xE9EDF3u
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

// A number as it is printed: with the true minus sign. CHART_NUMBER_SIZE bytes.
void control_chart_number(const struct decimal *value, char *buffer);
// The width of text in tenths of a pixel, never less than the fonts make it.
int control_chart_text_width(const char *text, int size);
// The text cut to the room, with an ellipsis; CHART_LINE_SIZE bytes.
void control_chart_fit(const char *text, int size, int room, char *buffer);
// How many bytes of the text fill a line of this room: broken behind a blank or an ideogram. 0 at its end.
size_t control_chart_line(const char *text, int size, int room);
// A text with a subscript behind it: x, pt. Answers where the next one begins.
int control_chart_subscript(const struct chart_pen *pen, struct chart_place place,
                            const struct chart_words *how, const char *text, const char *below);
// The number that the point at `at` has on its chart, from 1.
size_t control_chart_point(const struct control_chart *chart, size_t at);

// Every other run on a tint, behind the lines. None when almost every point is a run of its own.
bool control_chart_has_runs(const struct control_chart *chart);
void control_chart_runs(const struct control_chart *chart, const struct control_chart_scale *scale,
                        const struct chart_pen *pen);
// What the legend explains when it stands on the picture.
struct control_chart_signs {
    bool members, outside;
};
// Points with their marks and names of rules.
bool control_chart_marks(const struct control_chart *chart, const struct control_chart_scale *scale,
                         const struct chart_pen *pen, struct ts_error *error);
bool control_chart_signs(const struct control_chart *chart, struct control_chart_signs *ret_signs,
                         struct ts_error *error);
// The sign of a point that only helped to form a pattern.
void control_chart_member(const struct chart_pen *pen, struct chart_place place);
// An arrow towards a point beyond the picture: up (1) or down (-1).
void control_chart_arrow(const struct chart_pen *pen, struct chart_place from, int to, int direction);
// The sign of a rule that fired: diamond when it rejects, triangle when it warns; half as wide as `half`.
void control_chart_sign(const struct chart_pen *pen, struct chart_place place, bool rejects, int half);
// The sign of a point that was left out when the limits were fixed: a cross over whatever it is.
void control_chart_cross(const struct chart_pen *pen, struct chart_place place);
// What fired, what was watched, what the signs mean, and remarks. Answers where its last line stands; without
// a pen it only measures.
int control_chart_legend(const struct control_chart *chart, const struct control_chart_signs *signs,
                         const struct chart_pen *pen);
// The numbers that scores come from; answers where its last line stands, or `y` when there is nothing to
// tell.
int control_chart_table(const struct control_chart *chart, const struct chart_pen *pen, int y);
// Whether the labels are days: then month and day stand in one line, and years below them.
bool control_chart_has_dates(const struct control_chart *chart);
// What the rule says, and for a rule that is not confirmed that it is not. CHART_RULE_TEXT_SIZE bytes.
void control_chart_rule_zh(const struct control_rule *rule, char *buffer);
void control_chart_rule_en(const struct control_rule *rule, char *buffer);
