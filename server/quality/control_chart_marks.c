// SPDX-License-Identifier: Apache-2.0
// Points of a control chart, see control_chart.h. An ordinary point is a disc; a point that helped to form
// the pattern of a rule is a square; the point that completed it is a diamond, or a triangle for a warning,
// with the rule's name. Shapes, not colours, carry it.
#include "quality/control_chart_labels.h"
#include "quality/control_chart_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_FONT = 135, SIGN_EDGE = 23, MEMBER_REACH = 62, CROSS_REACH = 112, MEMBER_HALF = 52 };

struct mark {
    bool is_signal; // completes the pattern of a rule
    bool rejects;   // of one that rejects
    bool member;
    char names[CHART_NAMES_SIZE]; // of the rules that it completes
};

// What is drawn of the points; signs and names are worked out once.
struct plot {
    struct chart_place places[CONTROL_CHART_POINTS];
    struct control_chart_box signs[CONTROL_CHART_POINTS];
    int outside[CONTROL_CHART_POINTS];
    int halves[CONTROL_CHART_POINTS]; // of the signs of signals
    struct control_chart_labels labels;
};

// What the point at `at` is to the alarms.
static struct mark mark_of(const struct control_chart *chart, size_t at)
{
    struct mark mark = {.member = false};
    for (size_t i = 0; i < chart->alarm_count; i++) {
        const struct control_alarm *alarm = &chart->alarms[i];
        const struct control_rule *rule = &chart->set->rules[alarm->rule];
        size_t last = alarm->position - 1;
        if (last < at || last - at >= CONTROL_RULE_WINDOW)
            continue;
        mark.member |= alarm->members >> (last - at) & 1;
        if (last != at)
            continue;
        size_t length = strlen(mark.names);
        snprintf(mark.names + length, sizeof mark.names - length, "%s%s", length ? ", " : "", rule->name);
        mark.rejects |= rule->rejects;
        mark.is_signal = true;
    }
    return mark;
}

void control_chart_member(const struct chart_pen *pen, struct chart_place at)
{
    enum { half = MEMBER_HALF };
    const struct chart_place corners[] = {{at.x - half, at.y - half},
                                          {at.x + half, at.y - half},
                                          {at.x + half, at.y + half},
                                          {at.x - half, at.y + half}};
    const struct chart_stroke edge = {CHART_ACTION, 16, 0};
    pen->area(pen->state, corners, 4, CHART_MEMBER, &edge);
}

void control_chart_sign(const struct chart_pen *pen, struct chart_place at, bool rejects, int half)
{
    const int down = half * 7 / 10;
    const struct chart_place diamond[] = {
        {at.x, at.y - half}, {at.x + half, at.y}, {at.x, at.y + half}, {at.x - half, at.y}};
    const struct chart_place triangle[] = {
        {at.x, at.y - half}, {at.x + half, at.y + down}, {at.x - half, at.y + down}};
    const struct chart_stroke edge = {CHART_INK, 12, 0};
    if (rejects)
        pen->area(pen->state, diamond, 4, CHART_ACTION, &edge);
    else
        pen->area(pen->state, triangle, 3, CHART_WARNING, &edge);
}

// Four arms around whatever stands there, which stays to be seen.
void control_chart_cross(const struct chart_pen *pen, struct chart_place at)
{
    enum { INNER = 48, OUTER = 98 };
    static const int ACROSS[] = {-1, 1, 1, -1}, DOWN[] = {-1, -1, 1, 1};
    const struct chart_stroke edge = {CHART_PAPER, 44, 0}, stroke = {CHART_INK, 24, 0};
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 4; i++) {
            const struct chart_place arm[] = {{at.x + ACROSS[i] * INNER, at.y + DOWN[i] * INNER},
                                              {at.x + ACROSS[i] * OUTER, at.y + DOWN[i] * OUTER}};
            pen->line(pen->state, arm, 2, pass ? &stroke : &edge);
        }
}

// Borders of runs; none are drawn when almost every point is a run of its own.
bool control_chart_has_runs(const struct control_chart *chart)
{
    size_t borders = 0;
    for (size_t i = 1; chart->runs && i < chart->count; i++)
        borders += chart->runs[i] != chart->runs[i - 1];
    return borders > 0 && 2 * borders <= chart->count;
}

void control_chart_runs(const struct control_chart *chart, const struct control_chart_scale *scale,
                        const struct chart_pen *pen)
{
    enum { INSET = 8 };
    const struct chart_stroke none = {CHART_TINT, 1, 0};
    bool tinted = false;
    int from = CHART_LEFT + INSET;
    for (size_t i = 1; control_chart_has_runs(chart) && i <= chart->count; i++) {
        if (i < chart->count && chart->runs[i] == chart->runs[i - 1])
            continue;
        int to = i == chart->count
                     ? CHART_RIGHT - INSET
                     : (control_chart_scale_x(scale, i) + control_chart_scale_x(scale, i - 1)) / 2;
        const struct chart_place corners[] = {{from, CHART_TOP + INSET},
                                              {to, CHART_TOP + INSET},
                                              {to, CHART_BOTTOM - INSET},
                                              {from, CHART_BOTTOM - INSET}};
        if (tinted)
            pen->area(pen->state, corners, 4, CHART_TINT, &none);
        tinted = !tinted;
        from = to;
    }
}

// Smaller where they stand close.
static int radius_of(const struct plot *plot, size_t count)
{
    enum { LARGE = 40, SMALL = 20 };
    int step = count > 1 ? plot->places[1].x - plot->places[0].x : 2 * LARGE;
    return step > 2 * LARGE ? LARGE : step < 2 * SMALL ? SMALL : step / 2;
}

void control_chart_arrow(const struct chart_pen *pen, struct chart_place from, int tip, int direction)
{
    const struct chart_place shaft[] = {{from.x, from.y}, {from.x, tip}};
    const struct chart_place head[] = {
        {from.x - 45, tip + direction * 70}, {from.x, tip}, {from.x + 45, tip + direction * 70}};
    const struct chart_stroke stroke = {CHART_INK, 18, 0};
    pen->line(pen->state, shaft, 2, &stroke);
    pen->line(pen->state, head, 3, &stroke);
}

// The value that the chart cannot show, and names in brackets: "1.01 (1-3s)"; a score always tells its value.
static void label_of(const struct control_chart *chart, size_t at, int outside, const struct mark *mark,
                     char *text)
{
    char value[CHART_NUMBER_SIZE];
    control_chart_number(&chart->points[at], value);
    if (chart->has_scores || (outside && !mark->is_signal))
        snprintf(text, CHART_LINE_SIZE, "%s", value);
    else if (outside)
        snprintf(text, CHART_LINE_SIZE, "%s (%s)", value, mark->names);
    else
        snprintf(text, CHART_LINE_SIZE, "%s", mark->names);
}

// The name broken behind each comma: "1-2s," over "2-2s".
static int break_names(char *text, const char **lines, int most)
{
    int count = 1;
    lines[0] = text;
    for (char *at = text; (at = strstr(at, ", ")) && count < most; at++) {
        at[1] = '\0';
        lines[count++] = at + 2;
    }
    return count;
}

// In one line, else in as many as there are names. What finds no place is left to the list below the chart.
static bool draw_label(const struct control_chart *chart, struct plot *plot, size_t at,
                       const struct mark *mark, const struct chart_pen *pen)
{
    enum { LINES = 4 };
    const struct chart_words how = {CHART_MIDDLE, NAME_FONT, mark->is_signal || plot->outside[at],
                                    mark->rejects ? CHART_ACTION : CHART_INK};
    const struct chart_stroke leader = {CHART_LABEL, 9, 0};
    struct control_chart_label label;
    char text[CHART_LINE_SIZE];
    const char *lines[LINES] = {text};
    int count = 1, width = 0;
    label_of(chart, at, plot->outside[at], mark, text);
    if (!control_chart_labels_take(&plot->labels, at, control_chart_text_width(text, how.size), 1, how.size,
                                   &label)) {
        count = break_names(text, lines, LINES);
        for (int i = 0; i < count; i++)
            if (control_chart_text_width(lines[i], how.size) > width)
                width = control_chart_text_width(lines[i], how.size);
        if (count == 1 || !control_chart_labels_take(&plot->labels, at, width, count, how.size, &label))
            return false;
    }
    if (label.has_leader)
        pen->line(pen->state, label.leader, 2, &leader);
    for (int i = 0; i < count; i++, label.place.y += label.line_height)
        pen->words(pen->state, label.place, &how, lines[i]);
    return true;
}

// Signals first, so that an ordinary score never takes the place of one. Names that are those of the point
// before, and stand there, are not written again.
static void draw_labels(const struct control_chart *chart, struct plot *plot, const struct chart_pen *pen)
{
    char written[CHART_NAMES_SIZE] = "";
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < chart->count; i++) {
            struct mark mark = mark_of(chart, i);
            bool is_first = mark.is_signal || plot->outside[i];
            bool repeats = !chart->has_scores && !plot->outside[i] && strcmp(mark.names, written) == 0;
            if (repeats || (round == 0 ? !is_first : is_first || !chart->has_scores)) {
                snprintf(written, sizeof written, "%s", mark.names);
                continue;
            }
            bool stands = draw_label(chart, plot, i, &mark, pen);
            snprintf(written, sizeof written, "%s", stands ? mark.names : "");
        }
}

// Smaller near a line, so that a sign never seems to reach what its point does not.
static int half_of(const struct plot *plot, struct chart_place at)
{
    enum { LEAST = 36, CLEAR = 32 };
    int half = CHART_SIGN_HALF;
    for (size_t i = 0; i < plot->labels.line_count; i++) {
        int away = abs(plot->labels.lines[i] - at.y);
        if (away > 0 && away - CLEAR < half)
            half = away - CLEAR;
    }
    return half > LEAST ? half : LEAST;
}

// The room that the sign at a point takes, with the arrow of one that lies outside.
static void reserve(const struct control_chart *chart, struct plot *plot)
{
    for (size_t i = 0; i < chart->count; i++) {
        struct mark mark = mark_of(chart, i);
        struct chart_place at = plot->places[i];
        int reach = radius_of(plot, chart->count) + 10;
        plot->halves[i] = half_of(plot, at);
        if (mark.is_signal)
            reach = plot->halves[i] + SIGN_EDGE;
        else if (mark.member)
            reach = MEMBER_REACH;
        if (chart->left_out && chart->left_out[i] && reach < CROSS_REACH)
            reach = CROSS_REACH;
        plot->signs[i] = (struct control_chart_box){at.x - reach, at.y - reach, at.x + reach, at.y + reach};
        if (plot->outside[i] > 0)
            plot->signs[i].top = CHART_TOP;
        if (plot->outside[i] < 0)
            plot->signs[i].bottom = CHART_BOTTOM;
    }
}

static void draw_sign(struct plot *plot, size_t at, const struct mark *mark, const struct chart_pen *pen)
{
    int outside = plot->outside[at];
    if (outside)
        control_chart_arrow(pen, plot->places[at], outside > 0 ? CHART_TOP + 20 : CHART_BOTTOM - 20, outside);
    if (mark->is_signal)
        control_chart_sign(pen, plot->places[at], mark->rejects, plot->halves[at]);
    else if (mark->member)
        control_chart_member(pen, plot->places[at]);
}

// Signs on top of all discs, and names on top of all signs.
static void draw_marks(const struct control_chart *chart, struct plot *plot, const struct chart_pen *pen)
{
    const struct chart_stroke edge = {CHART_PAPER, 8, 0};
    struct mark mark;
    for (size_t i = 0; i < chart->count; i++) {
        mark = mark_of(chart, i);
        if (!mark.is_signal && !mark.member)
            pen->disc(pen->state, plot->places[i], radius_of(plot, chart->count), CHART_ACCENT, &edge);
    }
    for (size_t i = 0; i < chart->count; i++) {
        mark = mark_of(chart, i);
        draw_sign(plot, i, &mark, pen);
    }
    for (size_t i = 0; chart->left_out && i < chart->count; i++)
        if (chart->left_out[i])
            control_chart_cross(pen, plot->places[i]);
    draw_labels(chart, plot, pen);
}

bool control_chart_signs(const struct control_chart *chart, struct control_chart_signs *ret_signs,
                         struct ts_error *error)
{
    struct control_chart_signs signs = {.members = false};
    struct control_chart_scale scale;
    if (!control_chart_scale_init(chart, &scale, error))
        return false;
    for (size_t i = 0; i < chart->count; i++) {
        struct mark mark = mark_of(chart, i);
        signs.members |= mark.member && !mark.is_signal;
        signs.outside |= decimal_compare(&chart->points[i], &scale.high) > 0 ||
                         decimal_compare(&chart->points[i], &scale.low) < 0;
    }
    *ret_signs = signs;
    return true;
}

bool control_chart_marks(const struct control_chart *chart, const struct control_chart_scale *scale,
                         const struct chart_pen *pen, struct ts_error *error)
{
    struct plot plot;
    int unused;
    const struct chart_stroke stroke = {CHART_LABEL, 12, 0};
    for (size_t i = 0; i < chart->line_count; i++)
        if (!control_chart_scale_y(scale, &chart->lines[i].value, &plot.labels.lines[i], &unused, error))
            return false;
    for (size_t i = 0; i < chart->count; i++) {
        plot.places[i].x = control_chart_scale_x(scale, i);
        if (!control_chart_scale_y(scale, &chart->points[i], &plot.places[i].y, &plot.outside[i], error))
            return false;
    }
    plot.labels.points = plot.places;
    plot.labels.signs = plot.signs;
    plot.labels.count = chart->count;
    plot.labels.line_count = chart->line_count;
    reserve(chart, &plot);
    plot.labels.box_count = plot.labels.leader_count = 0;
    pen->line(pen->state, plot.places, chart->count, &stroke);
    draw_marks(chart, &plot, pen);
    return true;
}
