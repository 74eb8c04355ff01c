// SPDX-License-Identifier: Apache-2.0
// The frame of a control chart, see control_chart.h: titles, lines with their values, the axis, and below it
// what fired. Points and their marks stand in control_chart_marks.c.
#include "quality/control_chart.h"

#include "quality/control_chart_parts.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

static const struct chart_words TITLE = {CHART_START, 210, true, CHART_INK};
static const struct chart_words SUBTITLE = {CHART_START, 140, false, CHART_LABEL};
static const struct chart_words NOTE = {CHART_START, 125, false, CHART_LABEL};
static const struct chart_words SIDE_NOTE = {CHART_END, 125, false, CHART_LABEL};
static const struct chart_words VALUE = {CHART_END, 125, false, CHART_INK};
static const struct chart_words NAME = {CHART_START, 125, true, CHART_INK};
static const struct chart_words TICK = {CHART_MIDDLE, 115, false, CHART_LABEL};

static const struct chart_stroke STROKES[] = {[CONTROL_CHART_CENTRE] = {CHART_ACCENT, 18, 0},
                                              [CONTROL_CHART_ZONE] = {CHART_LINE_ZONE, 10, 20},
                                              [CONTROL_CHART_WARNING] = {CHART_LINE_WARNING, 13, 70},
                                              [CONTROL_CHART_ACTION] = {CHART_LINE_ACTION, 18, 0}};

bool control_chart_from_limits(struct control_chart *chart, const struct control_limits *limits,
                               struct ts_error *error)
{
    static const struct {
        int sigmas;
        const char *name;
        enum control_chart_line_kind kind;
    } LINES[CONTROL_CHART_LINES] = {
        {3, "+3s", CONTROL_CHART_ACTION},  {2, "+2s", CONTROL_CHART_WARNING},
        {1, "+1s", CONTROL_CHART_ZONE},    {0, "CL", CONTROL_CHART_CENTRE},
        {-1, "−1s", CONTROL_CHART_ZONE},   {-2, "−2s", CONTROL_CHART_WARNING},
        {-3, "−3s", CONTROL_CHART_ACTION},
    };
    struct control_chart_line lines[CONTROL_CHART_LINES];
    for (size_t i = 0; i < CONTROL_CHART_LINES; i++) {
        lines[i] = (struct control_chart_line){.name = LINES[i].name, .kind = LINES[i].kind};
        if (!control_limits_line(limits, LINES[i].sigmas, &lines[i].value, error))
            return false;
    }
    memcpy(chart->lines, lines, sizeof lines);
    chart->line_count = CONTROL_CHART_LINES;
    chart->limits = *limits;
    return true;
}

bool control_chart_from_range_limits(struct control_chart *chart, const struct control_limits *limits,
                                     struct ts_error *error)
{
    struct control_chart_line upper = {.name = "UCL", .kind = CONTROL_CHART_ACTION};
    struct control_chart_line centre = {.name = "CL", .kind = CONTROL_CHART_CENTRE};
    struct control_chart_line lower = {.name = "LCL", .kind = CONTROL_CHART_ACTION};
    if (!control_limits_range_lines(limits, &centre.value, &upper.value, error))
        return false;
    chart->lines[0] = upper;
    chart->lines[1] = centre;
    chart->lines[2] = lower;
    chart->line_count = 3;
    chart->limits = *limits;
    return true;
}

void control_chart_from_scores(struct control_chart *chart, const struct control_limits *limits)
{
    static const struct {
        int z;
        const char *name;
        enum control_chart_line_kind kind;
    } LINES[] = {
        {3, "+3", CONTROL_CHART_ACTION},   {2, "+2", CONTROL_CHART_WARNING}, {0, "z", CONTROL_CHART_CENTRE},
        {-2, "−2", CONTROL_CHART_WARNING}, {-3, "−3", CONTROL_CHART_ACTION},
    };
    chart->line_count = sizeof LINES / sizeof *LINES;
    for (size_t i = 0; i < chart->line_count; i++) {
        chart->lines[i] = (struct control_chart_line){.name = LINES[i].name, .kind = LINES[i].kind};
        decimal_from_int(LINES[i].z, &chart->lines[i].value);
    }
    chart->limits = *limits;
}

// Places that lines are written with: one more than the points have, and enough for two digits of sigma.
static int places_of(const struct control_chart *chart)
{
    enum { MOST = 12 };
    const struct decimal *sigma = &chart->limits.sigma;
    if (chart->has_scores)
        return 0;
    int places = 0, fine = sigma->count ? 2 - sigma->count - sigma->exponent : 0;
    for (size_t i = 0; i < chart->count; i++)
        if (decimal_places(&chart->points[i]) > places)
            places = decimal_places(&chart->points[i]);
    places++;
    if (fine > places)
        places = fine;
    return places < MOST ? places : MOST;
}

static void write_value(const struct decimal *value, int places, char *buffer)
{
    struct decimal rounded = *value;
    decimal_round(value, -places, DECIMAL_HALF_EVEN, &rounded, NULL);
    decimal_format(&rounded, buffer, DECIMAL_TEXT_SIZE);
}

static void words(const struct chart_pen *pen, int x, int y, const struct chart_words *how, const char *text)
{
    pen->words(pen->state, (struct chart_place){x, y}, how, text);
}

// Cut to what fits: an ideogram is as wide as the font is high, any other character at most two thirds of it.
static void draw_title(const struct chart_pen *pen, int y, const struct chart_words *how, const char *title)
{
    char text[512];
    int room = CHART_WIDTH - 2 * CHART_MARGIN - how->size;
    size_t at = 0;
    while (title[at] && at < sizeof text - 8) {
        unsigned char lead = (unsigned char)title[at];
        size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
        room -= length >= 3 ? how->size : how->size * 2 / 3;
        if (room < 0 || strnlen(title + at, length) < length)
            break;
        memcpy(text + at, title + at, length);
        at += length;
    }
    snprintf(text + at, sizeof text - at, "%s", title[at] ? "…" : "");
    words(pen, CHART_MARGIN, y, how, text);
}

static void draw_score_notes(const struct control_chart *chart, const struct chart_pen *pen)
{
    const int right = CHART_WIDTH - CHART_MARGIN;
    char text[96];
    snprintf(text, sizeof text, "最近 %zu 轮 · The newest %zu rounds", chart->count, chart->count);
    words(pen, CHART_MARGIN, 980, &NOTE, text);
    words(pen, right, 980, &SIDE_NOTE,
          "|z| ≤ 2 满意 · 2 < |z| < 3 可疑 · |z| ≥ 3 不满意（ISO 13528:2015, 9.4）");
    words(pen, right, 1170, &SIDE_NOTE,
          "|z| ≤ 2 satisfactory · 2 < |z| < 3 questionable · |z| ≥ 3 unsatisfactory");
}

static void draw_notes(const struct control_chart *chart, const struct chart_pen *pen)
{
    char text[2 * DECIMAL_TEXT_SIZE + 128], mean[DECIMAL_TEXT_SIZE], sigma[DECIMAL_TEXT_SIZE];
    const struct control_limits *limits = &chart->limits;
    int right = CHART_WIDTH - CHART_MARGIN;
    write_value(&limits->mean, places_of(chart), mean);
    write_value(&limits->sigma, places_of(chart), sigma);
    snprintf(text, sizeof text, "规则集 Rule set: %s", chart->set_name);
    words(pen, CHART_MARGIN, 980, &NOTE, text);
    snprintf(text, sizeof text, "单位 Unit: %s", chart->unit);
    if (*chart->unit)
        words(pen, CHART_MARGIN, 1170, &NOTE, text);
    if (limits->version)
        snprintf(text, sizeof text,
                 "控制限第 %u 版，由 %zu 点冻结 · Limits version %u, frozen from %zu points", limits->version,
                 limits->count, limits->version, limits->count);
    else
        snprintf(text, sizeof text, "控制限由 %zu 点计算，未冻结 · Limits from %zu points, not frozen",
                 limits->count, limits->count);
    words(pen, right, 980, &SIDE_NOTE, text);
    snprintf(text, sizeof text, "均值 Mean %.40s · s %.40s · %s", mean, sigma,
             limits->estimator == CONTROL_MOVING_RANGE ? "s = 平均移动极差 mean moving range / 1.128"
                                                       : "s = 标准差 standard deviation");
    words(pen, right, 1170, &SIDE_NOTE, text);
}

static void draw_titles(const struct control_chart *chart, const struct chart_pen *pen)
{
    draw_title(pen, 480, &TITLE, chart->title_zh);
    draw_title(pen, 720, &SUBTITLE, chart->title_en);
    if (chart->has_scores)
        draw_score_notes(chart, pen);
    else
        draw_notes(chart, pen);
}

static bool draw_lines(const struct control_chart *chart, const struct control_chart_scale *scale,
                       const struct chart_pen *pen, struct ts_error *error)
{
    const struct chart_place corners[] = {{CHART_LEFT, CHART_TOP},
                                          {CHART_RIGHT, CHART_TOP},
                                          {CHART_RIGHT, CHART_BOTTOM},
                                          {CHART_LEFT, CHART_BOTTOM}};
    const struct chart_stroke edge = {CHART_LINE_ZONE, 10, 0};
    pen->area(pen->state, corners, 4, CHART_PAPER, &edge);
    for (size_t i = 0; i < chart->line_count; i++) {
        const struct control_chart_line *line = &chart->lines[i];
        char value[DECIMAL_TEXT_SIZE];
        int y = 0, outside = 0;
        if (!control_chart_scale_y(scale, &line->value, &y, &outside, error))
            return false;
        const struct chart_place ends[] = {{CHART_LEFT, y}, {CHART_RIGHT, y}};
        pen->line(pen->state, ends, 2, &STROKES[line->kind]);
        write_value(&line->value, places_of(chart), value);
        words(pen, CHART_LEFT - 90, y + 45, &VALUE, value);
        words(pen, CHART_RIGHT + 100, y + 45, &NAME, line->name);
    }
    return true;
}

// Of 1, 2, 5, 10, 20 ...: every how many points one is numbered, so that numbers keep `room` apart.
static size_t stride(const struct control_chart_scale *scale, int room)
{
    size_t steps[] = {1, 2, 5}, tens = 1;
    int width = control_chart_scale_x(scale, scale->count - 1) - control_chart_scale_x(scale, 0);
    for (size_t i = 0;; i++) {
        size_t step = steps[i % 3] * tens;
        if (scale->count < 2 || (size_t)width * step / (scale->count - 1) >= (size_t)room)
            return step;
        if (i % 3 == 2)
            tens *= 10;
    }
}

// The first, and every step-th unless it comes too close to the first.
static bool is_told(size_t at, size_t step)
{
    return at == 0 || ((at + 1) % step == 0 && 10 * at >= 8 * step);
}

static void draw_axis(const struct control_chart *chart, const struct control_chart_scale *scale,
                      const struct chart_pen *pen)
{
    enum { NUMBER_ROOM = 260, LABEL_ROOM = 850 };
    const struct chart_stroke tick = {CHART_LABEL, 10, 0};
    size_t numbers = stride(scale, NUMBER_ROOM), labels = stride(scale, LABEL_ROOM);
    char text[32];
    for (size_t i = 0; i < chart->count; i++) {
        int x = control_chart_scale_x(scale, i);
        const struct chart_place ends[] = {{x, CHART_BOTTOM}, {x, CHART_BOTTOM + 40}};
        bool is_numbered = is_told(i, numbers);
        snprintf(text, sizeof text, "%zu", i + 1);
        if (is_numbered)
            pen->line(pen->state, ends, 2, &tick);
        if (is_numbered)
            words(pen, x, CHART_BOTTOM + 190, &TICK, text);
        if (chart->labels && is_told(i, labels))
            words(pen, x, CHART_BOTTOM + 370, &TICK, chart->labels[i]);
    }
}

// "3、4、12" of the positions where the rule fired; the first eight.
static void list_positions(const struct control_chart *chart, size_t rule, const char *between, char *buffer,
                           size_t size)
{
    enum { LISTED = 8 };
    size_t seen = 0, length = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < chart->alarm_count && seen <= LISTED; i++) {
        char number[24] = "…";
        if (chart->alarms[i].rule != rule)
            continue;
        if (seen < LISTED)
            snprintf(number, sizeof number, "%zu", chart->alarms[i].position);
        length += (size_t)snprintf(buffer + length, size - length, "%s%s", seen ? between : "", number);
        seen++;
    }
}

static bool fired(const struct control_chart *chart, size_t rule)
{
    for (size_t i = 0; i < chart->alarm_count; i++)
        if (chart->alarms[i].rule == rule)
            return true;
    return false;
}

static void draw_rule(const struct control_chart *chart, size_t which, int y, const struct chart_pen *pen)
{
    const struct chart_words name = {CHART_START, 140, true, CHART_INK};
    const struct chart_words zh = {CHART_START, 140, false, CHART_INK};
    const struct chart_words en = {CHART_START, 120, false, CHART_LABEL};
    const struct control_rule *rule = &chart->set->rules[which];
    const int x = CHART_MARGIN + (chart->has_scores ? 1600 : 900); // behind the longest name
    char what[CHART_RULE_TEXT_SIZE], at[256], text[CHART_RULE_TEXT_SIZE + 384];
    control_chart_sign(pen, (struct chart_place){CHART_MARGIN + 80, y - 50}, rule->rejects);
    words(pen, CHART_MARGIN + 260, y, &name, rule->name);
    list_positions(chart, which, "、", at, sizeof at);
    control_chart_rule_zh(rule, what);
    if (chart->has_scores)
        snprintf(text, sizeof text, "%s（第 %s 点）",
                 rule->rejects ? "行动信号：|z| ≥ 3，结果不满意" : "警戒信号：2 < |z| < 3，结果可疑", at);
    else
        snprintf(text, sizeof text, "%s：%s（第 %s 点）", rule->rejects ? "失控" : "警告", what, at);
    words(pen, x, y, &zh, text);
    list_positions(chart, which, ", ", at, sizeof at);
    control_chart_rule_en(rule, what);
    if (chart->has_scores)
        snprintf(text, sizeof text, "%s (at %s)",
                 rule->rejects ? "Action signal: |z| ≥ 3, unsatisfactory"
                               : "Warning signal: 2 < |z| < 3, questionable",
                 at);
    else
        snprintf(text, sizeof text, "%s: %s (at %s)", rule->rejects ? "Out of control" : "Warning", what, at);
    words(pen, x, y + 175, &en, text);
}

// How many points of the picture were left out, and which, as list_positions; `buffer` may be NULL.
static size_t list_left_out(const struct control_chart *chart, const char *between, char *buffer, size_t size)
{
    enum { LISTED = 20 };
    size_t seen = 0, length = 0;
    for (size_t i = 0; chart->left_out && i < chart->count; i++) {
        if (!chart->left_out[i])
            continue;
        if (buffer && seen < LISTED)
            length += (size_t)snprintf(buffer + length, size - length, "%s%zu", seen ? between : "", i + 1);
        else if (buffer && seen == LISTED)
            length += (size_t)snprintf(buffer + length, size - length, "%s…", between);
        seen++;
    }
    return seen;
}

static void draw_left_out(const struct control_chart *chart, int y, const struct chart_pen *pen)
{
    const struct chart_words zh = {CHART_START, 140, false, CHART_INK};
    const struct chart_words en = {CHART_START, 120, false, CHART_LABEL};
    char at[256], text[512];
    control_chart_cross(pen, (struct chart_place){CHART_MARGIN + 80, y - 50});
    list_left_out(chart, "、", at, sizeof at);
    snprintf(text, sizeof text, "剔除：冻结控制限时未计入（第 %s 点）", at);
    words(pen, CHART_MARGIN + 900, y, &zh, text);
    list_left_out(chart, ", ", at, sizeof at);
    snprintf(text, sizeof text, "Left out when the limits were frozen (at %s)", at);
    words(pen, CHART_MARGIN + 900, y + 175, &en, text);
}

static void draw_legend(const struct control_chart *chart, const struct chart_pen *pen)
{
    const struct chart_words good = {CHART_START, 150, true, CHART_GOOD};
    int y = CHART_LEGEND;
    for (size_t i = 0; i < chart->set->count; i++)
        if (fired(chart, i)) {
            draw_rule(chart, i, y, pen);
            y += CHART_LEGEND_ROW;
        }
    if (y == CHART_LEGEND) {
        words(pen, CHART_MARGIN, y, &good,
              chart->has_scores ? "全部满意  All satisfactory"
                                : "受控：没有规则报警  In control: no rule fired");
        y += CHART_LEGEND_ROW;
    }
    if (list_left_out(chart, "", NULL, 0) > 0)
        draw_left_out(chart, y, pen);
}

int control_chart_height(const struct control_chart *chart)
{
    int rows = 0;
    for (size_t i = 0; i < chart->set->count; i++)
        rows += fired(chart, i);
    bool has_second_line = rows > 0; // the row "in control" has no second one
    rows += rows == 0;
    if (list_left_out(chart, "", NULL, 0) > 0) {
        rows++;
        has_second_line = true;
    }
    return (CHART_LEGEND + (rows - 1) * CHART_LEGEND_ROW + (has_second_line ? 175 : 0) + CHART_FOOT) / 10;
}

bool control_chart_draw(const struct control_chart *chart, const struct chart_pen *pen,
                        struct ts_error *error)
{
    struct control_chart_scale scale;
    if (!control_chart_scale_init(chart, &scale, error) || !draw_lines(chart, &scale, pen, error) ||
        !control_chart_marks(chart, &scale, pen, error))
        return false;
    draw_titles(chart, pen);
    draw_axis(chart, &scale, pen);
    draw_legend(chart, pen);
    return true;
}
