// SPDX-License-Identifier: Apache-2.0
// Points of a control chart, see control_chart.h. An ordinary point is a disc; a point that helped to form
// the pattern of a rule is a square; the point that completed it is a diamond, or a triangle for a warning,
// with the rule's name. Shapes, not colours, carry it.
#include "quality/control_chart_parts.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_SIZE = 96, LEVELS = 4, LETTER = 78, LEVEL_HEIGHT = 160 };

struct mark {
    bool rejects; // completes the pattern of a rule that rejects
    bool member;
    char names[NAMES_SIZE]; // of the rules that it completes
};

// A score is told by its value: what the sign means stands below.
static void name_score(const struct decimal *score, struct mark *mark)
{
    char text[DECIMAL_TEXT_SIZE];
    decimal_format(score, text, sizeof text);
    snprintf(mark->names, sizeof mark->names, "%.*s", NAMES_SIZE - 1, text);
}

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
    }
    if (chart->has_scores && *mark.names)
        name_score(&chart->points[at], &mark);
    return mark;
}

static void square(const struct chart_pen *pen, struct chart_place at, int half)
{
    const struct chart_place corners[] = {{at.x - half, at.y - half},
                                          {at.x + half, at.y - half},
                                          {at.x + half, at.y + half},
                                          {at.x - half, at.y + half}};
    const struct chart_stroke edge = {CHART_ACTION, 16, 0};
    pen->area(pen->state, corners, 4, CHART_MEMBER, &edge);
}

void control_chart_sign(const struct chart_pen *pen, struct chart_place at, bool rejects)
{
    enum { HALF = 82, UP = 80, DOWN = 56 };
    const struct chart_place diamond[] = {
        {at.x, at.y - HALF}, {at.x + HALF, at.y}, {at.x, at.y + HALF}, {at.x - HALF, at.y}};
    const struct chart_place triangle[] = {
        {at.x, at.y - UP}, {at.x + HALF, at.y + DOWN}, {at.x - HALF, at.y + DOWN}};
    const struct chart_stroke edge = {CHART_INK, 12, 0};
    if (rejects)
        pen->area(pen->state, diamond, 4, CHART_ACTION, &edge);
    else
        pen->area(pen->state, triangle, 3, CHART_WARNING, &edge);
}

void control_chart_cross(const struct chart_pen *pen, struct chart_place at)
{
    enum { HALF = 95 };
    const struct chart_place falling[] = {{at.x - HALF, at.y - HALF}, {at.x + HALF, at.y + HALF}};
    const struct chart_place rising[] = {{at.x - HALF, at.y + HALF}, {at.x + HALF, at.y - HALF}};
    const struct chart_stroke edge = {CHART_PAPER, 44, 0}, stroke = {CHART_INK, 22, 0};
    pen->line(pen->state, falling, 2, &edge);
    pen->line(pen->state, rising, 2, &edge);
    pen->line(pen->state, falling, 2, &stroke);
    pen->line(pen->state, rising, 2, &stroke);
}

// Where a run ends: between its last point and the next one's first.
static void draw_runs(const struct control_chart *chart, const struct control_chart_scale *scale,
                      const struct chart_pen *pen)
{
    const struct chart_stroke border = {CHART_LINE_ZONE, 8, 12};
    size_t borders = 0;
    for (size_t i = 1; chart->runs && i < chart->count; i++)
        borders += chart->runs[i] != chart->runs[i - 1];
    if (2 * borders > chart->count) // almost every point is a run of its own
        return;
    for (size_t i = 1; chart->runs && i < chart->count; i++) {
        int x = (control_chart_scale_x(scale, i) + control_chart_scale_x(scale, i - 1)) / 2;
        const struct chart_place ends[] = {{x, CHART_TOP}, {x, CHART_BOTTOM}};
        if (chart->runs[i] != chart->runs[i - 1])
            pen->line(pen->state, ends, 2, &border);
    }
}

// What names keep clear of: points, lines, and the names before.
struct shelf {
    const struct chart_place *points;
    size_t point_count;
    int lines[CONTROL_CHART_LINES];
    size_t line_count;
    struct {
        int left, right, line;
    } names[CONTROL_CHART_POINTS];
    size_t name_count;
};

static bool is_free(const struct shelf *shelf, int left, int right, int line)
{
    enum { HEIGHT = 110, MARK = 85 };
    if (line < CHART_TOP + HEIGHT + 20 || line > CHART_BOTTOM - 40)
        return false;
    for (size_t i = 0; i < shelf->line_count; i++)
        if (shelf->lines[i] > line - HEIGHT && shelf->lines[i] < line + 20)
            return false;
    for (size_t i = 0; i < shelf->point_count; i++) {
        struct chart_place at = shelf->points[i];
        if (at.x + MARK > left && at.x - MARK < right && at.y + MARK > line - HEIGHT && at.y - MARK < line)
            return false;
    }
    for (size_t i = 0; i < shelf->name_count; i++)
        if (shelf->names[i].right > left && shelf->names[i].left < right &&
            shelf->names[i].line > line - LEVEL_HEIGHT && shelf->names[i].line < line + LEVEL_HEIGHT)
            return false;
    return true;
}

static void take(struct shelf *shelf, int left, int right, int line)
{
    shelf->names[shelf->name_count].left = left;
    shelf->names[shelf->name_count].right = right;
    shelf->names[shelf->name_count++].line = line;
}

// The nearest free base line on this side of the point, taken; 0 when there is none.
static int take_place(struct shelf *shelf, bool above, int y, int left, int right)
{
    for (int level = 0; level < LEVELS; level++) {
        int line = above ? y - 130 - level * LEVEL_HEIGHT : y + 230 + level * LEVEL_HEIGHT;
        if (!is_free(shelf, left, right, line))
            continue;
        take(shelf, left, right, line);
        return line;
    }
    return 0;
}

// Where the value of a point outside the chart stands: beside it, where it is free, or in a row further in.
static struct chart_place take_beside(struct shelf *shelf, struct chart_place at, int direction, int width,
                                      enum chart_anchor *ret_anchor)
{
    enum { GAP = 130 };
    int row = at.y + 40 - direction * 40;
    for (int i = 0; i < 2 * LEVELS; i++) {
        bool is_right = i % 2 == 0;
        int left = is_right ? at.x + GAP : at.x - GAP - width,
            line = row + direction * (i / 2) * LEVEL_HEIGHT;
        if (left < CHART_LEFT || left + width > CHART_RIGHT || !is_free(shelf, left, left + width, line))
            continue;
        take(shelf, left, left + width, line);
        *ret_anchor = is_right ? CHART_START : CHART_END;
        return (struct chart_place){is_right ? left : left + width, line};
    }
    bool fits = at.x + GAP + width < CHART_RIGHT;
    *ret_anchor = fits ? CHART_START : CHART_END;
    return (struct chart_place){at.x + (fits ? GAP : -GAP), row};
}

// An arrow from the point to the edge that it lies beyond, and beside it its value, which the chart cannot
// show, with the names in brackets: "1.01 (1-3s)".
static void draw_outside(const struct chart_pen *pen, struct chart_place at, const struct decimal *value,
                         int direction, const struct mark *mark, struct shelf *shelf)
{
    int tip = direction > 0 ? CHART_TOP + 20 : CHART_BOTTOM - 20;
    const struct chart_place shaft[] = {{at.x, at.y}, {at.x, tip}};
    const struct chart_place head[] = {
        {at.x - 45, tip + direction * 70}, {at.x, tip}, {at.x + 45, tip + direction * 70}};
    const struct chart_stroke stroke = {CHART_INK, 18, 0};
    struct chart_words how = {CHART_START, 135, true, mark->rejects ? CHART_ACTION : CHART_INK};
    char text[DECIMAL_TEXT_SIZE + NAMES_SIZE + 4];
    size_t length = decimal_format(value, text, DECIMAL_TEXT_SIZE);
    if (*mark->names && strcmp(mark->names, text) != 0)
        snprintf(text + length, sizeof text - length, " (%s)", mark->names);
    struct chart_place place = take_beside(shelf, at, direction, (int)strlen(text) * LETTER, &how.anchor);
    pen->line(pen->state, shaft, 2, &stroke);
    pen->line(pen->state, head, 3, &stroke);
    pen->words(pen->state, place, &how, text);
}

// Names that are those of the point before are not written again, and those that find no place are left to
// the list below the chart.
static void draw_names(const struct chart_pen *pen, struct chart_place at, const struct mark *mark,
                       struct shelf *shelf)
{
    const struct chart_words how = {CHART_MIDDLE, 135, true, mark->rejects ? CHART_ACTION : CHART_INK};
    int half = (int)strlen(mark->names) * LETTER / 2 + 20;
    bool above = at.y < (CHART_TOP + CHART_BOTTOM) / 2;
    int line = take_place(shelf, above, at.y, at.x - half, at.x + half);
    if (!line)
        line = take_place(shelf, !above, at.y, at.x - half, at.x + half);
    if (line)
        pen->words(pen->state, (struct chart_place){at.x, line}, &how, mark->names);
}

// Smaller where they stand close.
static int radius_of(const struct shelf *shelf)
{
    enum { LARGE = 40, SMALL = 20 };
    int step = shelf->point_count > 1 ? shelf->points[1].x - shelf->points[0].x : 2 * LARGE;
    return step > 2 * LARGE ? LARGE : step < 2 * SMALL ? SMALL : step / 2;
}

static void draw_sign(const struct control_chart *chart, struct shelf *shelf, size_t at, int outside,
                      const struct mark *mark, const struct chart_pen *pen)
{
    if (outside)
        draw_outside(pen, shelf->points[at], &chart->points[at], outside, mark, shelf);
    if (*mark->names)
        control_chart_sign(pen, shelf->points[at], mark->rejects);
    else if (mark->member)
        square(pen, shelf->points[at], 52);
}

// Signs on top of all discs, and names on top of all signs.
static void draw_marks(const struct control_chart *chart, struct shelf *shelf, const int *outside,
                       const struct chart_pen *pen)
{
    const struct chart_stroke edge = {CHART_PAPER, 8, 0};
    struct mark mark, before = {.member = false};
    for (size_t i = 0; i < chart->count; i++) {
        mark = mark_of(chart, i);
        if (!*mark.names && !mark.member)
            pen->disc(pen->state, shelf->points[i], radius_of(shelf), CHART_ACCENT, &edge);
    }
    for (size_t i = 0; i < chart->count; i++) {
        mark = mark_of(chart, i);
        draw_sign(chart, shelf, i, outside[i], &mark, pen);
    }
    for (size_t i = 0; chart->left_out && i < chart->count; i++)
        if (chart->left_out[i])
            control_chart_cross(pen, shelf->points[i]);
    for (size_t i = 0; i < chart->count; i++) {
        mark = mark_of(chart, i);
        if (!outside[i] && *mark.names && strcmp(mark.names, before.names) != 0)
            draw_names(pen, shelf->points[i], &mark, shelf);
        before = mark;
    }
}

bool control_chart_marks(const struct control_chart *chart, const struct control_chart_scale *scale,
                         const struct chart_pen *pen, struct ts_error *error)
{
    struct chart_place places[CONTROL_CHART_POINTS];
    int outside[CONTROL_CHART_POINTS], unused;
    struct shelf shelf = {.points = places, .point_count = chart->count, .line_count = chart->line_count};
    const struct chart_stroke stroke = {CHART_LABEL, 12, 0};
    for (size_t i = 0; i < chart->line_count; i++)
        if (!control_chart_scale_y(scale, &chart->lines[i].value, &shelf.lines[i], &unused, error))
            return false;
    for (size_t i = 0; i < chart->count; i++) {
        places[i].x = control_chart_scale_x(scale, i);
        if (!control_chart_scale_y(scale, &chart->points[i], &places[i].y, &outside[i], error))
            return false;
    }
    draw_runs(chart, scale, pen);
    pen->line(pen->state, places, chart->count, &stroke);
    draw_marks(chart, &shelf, outside, pen);
    return true;
}
