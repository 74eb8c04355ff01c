// SPDX-License-Identifier: Apache-2.0
// The frame of a control chart, see control_chart.h: titles, notes, lines with their values, and the axes.
// Points and their marks stand in control_chart_marks.c, what is told below in control_chart_legend.c.
#include "quality/control_chart.h"

#include "quality/control_chart_parts.h"
#include "wire/decimal_round.h"
#include "wire/error.h"

#include <stdio.h>
#include <string.h>

static const struct chart_words TITLE = {CHART_START, 210, true, CHART_INK};
static const struct chart_words SUBTITLE = {CHART_START, 140, false, CHART_LABEL};
static const struct chart_words HOUSE = {CHART_START, 125, true, CHART_LABEL};
static const struct chart_words SPECIMEN = {CHART_END, 135, true, CHART_ACTION};
static const struct chart_words NOTE = {CHART_START, 125, false, CHART_LABEL};
static const struct chart_words AXIS = {CHART_START, 125, true, CHART_INK};
static const struct chart_words AXIS_BELOW = {CHART_MIDDLE, 115, true, CHART_LABEL};
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
        {3, "+3", CONTROL_CHART_ACTION},   {2, "+2", CONTROL_CHART_WARNING}, {0, "0", CONTROL_CHART_CENTRE},
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
    control_chart_number(&rounded, buffer);
}

size_t control_chart_point(const struct control_chart *chart, size_t at)
{
    return at + (chart->first ? chart->first : 1);
}

// Cut to its room.
static void words(const struct chart_pen *pen, int x, int y, const struct chart_words *how, const char *text,
                  int room)
{
    char fitted[CHART_LINE_SIZE];
    control_chart_fit(text, how->size, room, fitted);
    pen->words(pen->state, (struct chart_place){x, y}, how, fitted);
}

enum { ROOM = CHART_WIDTH - 2 * CHART_MARGIN, FIRST_NOTE = 1270, NOTE_LINE = 185 };

static void draw_note(const struct chart_pen *pen, int line, const char *text)
{
    words(pen, CHART_MARGIN, FIRST_NOTE + line * NOTE_LINE, &NOTE, text, ROOM);
}

// x and sigma with their index, as ISO 13528 writes them.
static void draw_formula(const struct chart_pen *pen)
{
    struct chart_place at = {CHART_MARGIN, FIRST_NOTE + 2 * NOTE_LINE};
    at.x = control_chart_subscript(pen, at, &NOTE, "z = (x − x", "pt");
    at.x = control_chart_subscript(pen, at, &NOTE, ") / σ", "pt");
    words(pen, at.x, at.y, &NOTE,
          "  · ISO 13528:2022, 9.4 · |z| ≤ 2 满意 satisfactory · 2 < |z| < 3 可疑 questionable · |z| ≥ 3 "
          "不满意 unsatisfactory",
          CHART_WIDTH - CHART_MARGIN - at.x);
}

static void draw_score_notes(const struct control_chart *chart, const struct chart_pen *pen)
{
    char text[CHART_LINE_SIZE];
    snprintf(text, sizeof text, "提供者 Provider: %s", chart->providers);
    if (*chart->providers)
        draw_note(pen, 1, text);
    draw_formula(pen);
    snprintf(text, sizeof text, "最近 %zu 轮 · The newest %zu rounds", chart->count, chart->count);
    draw_note(pen, 3, text);
}

static void write_frozen(const struct control_chart *chart, char *text, size_t size)
{
    const struct control_limits *limits = &chart->limits;
    if (limits->version == 0)
        snprintf(text, size, "控制限由 %zu 点计算，未固定 · Limits from %zu points, not fixed", limits->count,
                 limits->count);
    else if (!*chart->frozen_on || !*chart->frozen_by)
        snprintf(text, size, "控制限第 %u 版，按 %zu 点固定 · Limits version %u, fixed from %zu points",
                 limits->version, limits->count, limits->version, limits->count);
    else
        snprintf(text, size,
                 "控制限第 %u 版，由 %s 于 %s 按 %zu 点固定 · Limits version %u, fixed from %zu points by "
                 "%s on %s",
                 limits->version, chart->frozen_by, chart->frozen_on, limits->count, limits->version,
                 limits->count, chart->frozen_by, chart->frozen_on);
}

static void draw_notes(const struct control_chart *chart, const struct chart_pen *pen)
{
    char text[CHART_LINE_SIZE], mean[CHART_NUMBER_SIZE], sigma[CHART_NUMBER_SIZE];
    const struct control_limits *limits = &chart->limits;
    write_frozen(chart, text, sizeof text);
    draw_note(pen, 2, text);
    write_value(&limits->mean, places_of(chart) + 1, mean); // one more than the lines that are made of them
    write_value(&limits->sigma, places_of(chart) + 1, sigma);
    snprintf(text, sizeof text,
             "均值 Mean %.44s · s %.44s · %s · 各线由未修约的均值和 s 计算 lines from unrounded mean and s",
             mean, sigma,
             limits->estimator == CONTROL_MOVING_RANGE ? "s = 平均移动极差 mean moving range / 1.128"
                                                       : "s = 标准差 standard deviation");
    draw_note(pen, 3, text);
}

// The sets that come with the program by the names of their sources.
static const char *shown_name(const char *set)
{
    static const struct {
        const char *set, *shown;
    } SETS[] = {{"westgard", "Westgard"}, {"nelson8", "Nelson 8"}, {"iso7870_2", "ISO 7870-2"}};
    for (size_t i = 0; i < sizeof SETS / sizeof *SETS; i++)
        if (strcmp(set, SETS[i].set) == 0)
            return SETS[i].shown;
    return set;
}

static void draw_rule_set(const struct control_chart *chart, const struct chart_pen *pen)
{
    char text[CHART_LINE_SIZE];
    if (chart->rules_revision > 0)
        snprintf(text, sizeof text, "规则集 Rule set: %s · 目录第 %ld 版 catalogue revision %ld",
                 shown_name(chart->set_name), chart->rules_revision, chart->rules_revision);
    else
        snprintf(text, sizeof text, "规则集 Rule set: %s%s", shown_name(chart->set_name),
                 chart->rules_revision ? "" : " · 随程序提供 as delivered with the program");
    draw_note(pen, 4, text);
}

static bool is_known(const char *text)
{
    return text && *text;
}

// Whose paper it is, on which form, and that it shows no real samples.
static void draw_house(const struct control_chart *chart, const struct chart_pen *pen)
{
    enum { FIRST = 310, SECOND = 505, SPECIMEN_ROOM = 4200 };
    char text[CHART_LINE_SIZE];
    if (is_known(chart->institute))
        words(pen, CHART_MARGIN, FIRST, &HOUSE, chart->institute, ROOM);
    if (chart->specimen)
        words(pen, CHART_WIDTH - CHART_MARGIN, SECOND, &SPECIMEN,
              "样张，演示数据 Specimen: demonstration data", SPECIMEN_ROOM);
    if (!is_known(chart->form_no))
        return;
    snprintf(text, sizeof text, "表格编号 Form No. %.120s · 版次 Edition %.60s", chart->form_no,
             is_known(chart->edition) ? chart->edition : "—");
    words(pen, CHART_MARGIN, SECOND, &NOTE, text, ROOM - SPECIMEN_ROOM);
}

static void draw_titles(const struct control_chart *chart, const struct chart_pen *pen)
{
    char text[CHART_LINE_SIZE];
    draw_house(chart, pen);
    words(pen, CHART_MARGIN, 800, &TITLE, chart->title_zh, ROOM);
    words(pen, CHART_MARGIN, 1035, &SUBTITLE, chart->title_en, ROOM);
    snprintf(text, sizeof text, "实验室 Laboratory: %s", chart->laboratory);
    if (*chart->laboratory)
        draw_note(pen, 0, text);
    if (chart->has_scores) {
        draw_score_notes(chart, pen);
        return;
    }
    snprintf(text, sizeof text, "质控样 Control material: %.400s",
             is_known(chart->material) ? chart->material : "");
    if (is_known(chart->material))
        draw_note(pen, 1, text);
    draw_notes(chart, pen);
    draw_rule_set(chart, pen);
}

static void draw_frame(const struct chart_pen *pen)
{
    const struct chart_place corners[] = {{CHART_LEFT, CHART_TOP},
                                          {CHART_RIGHT, CHART_TOP},
                                          {CHART_RIGHT, CHART_BOTTOM},
                                          {CHART_LEFT, CHART_BOTTOM}};
    const struct chart_stroke edge = {CHART_LINE_ZONE, 10, 0};
    pen->area(pen->state, corners, 4, CHART_PAPER, &edge);
}

static bool draw_lines(const struct control_chart *chart, const struct control_chart_scale *scale,
                       const struct chart_pen *pen, struct ts_error *error)
{
    enum { VALUE_GAP = 90, VALUE_ROOM = CHART_LEFT - VALUE_GAP - 30 };
    for (size_t i = 0; i < chart->line_count; i++) {
        const struct control_chart_line *line = &chart->lines[i];
        char value[CHART_NUMBER_SIZE];
        int y = 0, outside = 0;
        if (!control_chart_scale_y(scale, &line->value, &y, &outside, error))
            return false;
        const struct chart_place ends[] = {{CHART_LEFT, y}, {CHART_RIGHT, y}};
        pen->line(pen->state, ends, 2, &STROKES[line->kind]);
        write_value(&line->value, places_of(chart), value);
        words(pen, CHART_LEFT - VALUE_GAP, y + 45, &VALUE, value, VALUE_ROOM);
        words(pen, CHART_RIGHT + 100, y + 45, &NAME, line->name, CHART_WIDTH - CHART_RIGHT - 100);
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

// The first, and every step-th number unless it comes too close to the first.
static bool is_told(const struct control_chart *chart, size_t at, size_t step)
{
    return at == 0 || (control_chart_point(chart, at) % step == 0 && 10 * at >= 8 * step);
}

// The room between two that are told: the first may stand nearer.
static int label_room(const struct control_chart_scale *scale, size_t step)
{
    enum { GAP = 90, MOST = 1900 };
    int width = control_chart_scale_x(scale, scale->count - 1) - control_chart_scale_x(scale, 0);
    int room = scale->count > 1 ? (int)((size_t)width * step / (scale->count - 1)) * 8 / 10 : MOST;
    room = step == 1 ? room * 10 / 8 - GAP : room - GAP / 2;
    return room < MOST ? room : MOST;
}

bool control_chart_has_dates(const struct control_chart *chart)
{
    static const char FORM[] = "0000-00-00";
    for (size_t i = 0; chart->labels && i < chart->count; i++) {
        const char *label = chart->labels[i];
        for (size_t at = 0; at < sizeof FORM; at++) // its end included
            if (FORM[at] == '0' ? label[at] < '0' || label[at] > '9' : label[at] != FORM[at])
                return false;
    }
    return chart->labels && !chart->days;
}

static bool has_second_line(const struct control_chart *chart)
{
    return chart->days || control_chart_has_dates(chart);
}

static void draw_axis_titles(const struct control_chart *chart, const struct chart_pen *pen)
{
    char text[CHART_LINE_SIZE];
    const char *what = chart->has_scores   ? "z 值 z-score"
                       : chart->has_ranges ? "移动极差 Moving range"
                                           : "测定值 Value";
    const char *below = chart->has_scores ? "轮次、登记日期 Round, recorded on"
                        : chart->labels ? "点号、测定日期（月-日，年） Point, date measured (month-day, year)"
                                        : "点号 Point";
    snprintf(text, sizeof text, *chart->unit && !chart->has_scores ? "%s (%s)" : "%s", what, chart->unit);
    words(pen, CHART_MARGIN, CHART_TOP - 110, &AXIS, text, ROOM);
    words(pen, (CHART_LEFT + CHART_RIGHT) / 2,
          CHART_BOTTOM + (has_second_line(chart) ? 730
                          : chart->labels        ? 570
                                                 : 400),
          &AXIS_BELOW, below, ROOM);
}

// Month and day of a label that is a day, and below them the year where a new one begins.
static const char *draw_date(const struct chart_pen *pen, int x, const char *day, const char *before)
{
    char year[8];
    words(pen, x, CHART_BOTTOM + 370, &TICK, day + 5, ROOM);
    snprintf(year, sizeof year, "%.4s", day);
    if (!before || strncmp(before, day, 4) != 0)
        words(pen, x, CHART_BOTTOM + 540, &TICK, year, ROOM);
    return day;
}

static void draw_axis(const struct control_chart *chart, const struct control_chart_scale *scale,
                      const struct chart_pen *pen)
{
    enum { NUMBER_GAP = 40, LABEL_ROOM = 850, DATE_ROOM = 450 };
    const struct chart_stroke tick = {CHART_LABEL, 10, 0};
    const bool has_dates = control_chart_has_dates(chart);
    const char *date = NULL;
    char text[32];
    snprintf(text, sizeof text, "%zu", control_chart_point(chart, chart->count));
    // The second that is told may stand nearer to the first than others: is_told.
    int widest = control_chart_text_width(text, TICK.size) * 5 / 4;
    size_t numbers = stride(scale, widest + NUMBER_GAP),
           labels = stride(scale, has_dates ? DATE_ROOM : LABEL_ROOM);
    int room = label_room(scale, labels);
    for (size_t i = 0; i < chart->count; i++) {
        int x = control_chart_scale_x(scale, i);
        const struct chart_place ends[] = {{x, CHART_BOTTOM}, {x, CHART_BOTTOM + 40}};
        bool is_numbered = is_told(chart, i, numbers), is_labelled = is_told(chart, i, labels);
        snprintf(text, sizeof text, "%zu", control_chart_point(chart, i));
        if (is_numbered)
            pen->line(pen->state, ends, 2, &tick);
        if (is_numbered)
            words(pen, x, CHART_BOTTOM + 190, &TICK, text, ROOM);
        if (has_dates && is_labelled)
            date = draw_date(pen, x, chart->labels[i], date);
        else if (chart->labels && is_labelled)
            words(pen, x, CHART_BOTTOM + 370, &TICK, chart->labels[i], room);
        if (chart->days && is_labelled)
            words(pen, x, CHART_BOTTOM + 540, &TICK, chart->days[i], room);
    }
    draw_axis_titles(chart, pen);
}

int control_chart_height(const struct control_chart *chart)
{
    struct control_chart_signs signs;
    if (!control_chart_signs(chart, &signs, NULL))
        return CHART_BOTTOM / 10; // it cannot be drawn
    return (control_chart_legend(chart, &signs, NULL) + CHART_FOOT) / 10;
}

bool control_chart_draw(const struct control_chart *chart, const struct chart_pen *pen,
                        struct ts_error *error)
{
    struct control_chart_scale scale;
    struct control_chart_signs signs;
    if (!control_chart_scale_init(chart, &scale, error) || !control_chart_signs(chart, &signs, error))
        return false;
    draw_frame(pen);
    control_chart_runs(chart, &scale, pen);
    if (!draw_lines(chart, &scale, pen, error) || !control_chart_marks(chart, &scale, pen, error))
        return false;
    draw_titles(chart, pen);
    draw_axis(chart, &scale, pen);
    control_chart_legend(chart, &signs, pen);
    return true;
}
