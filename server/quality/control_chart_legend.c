// SPDX-License-Identifier: Apache-2.0
// Below a control chart, see control_chart.h: every rule that fired with its points, every other rule of the
// set, what the signs mean, and remarks. Everything is cut to the width of the page.
#include "quality/control_chart_parts.h"

#include <stdio.h>
#include <string.h>

enum {
    START = CHART_BOTTOM + 980, // base line of the first row
    DAYS = 150,                 // more where the axis has a second line
    FIRED_ROW = 420,            // two lines
    SECOND_LINE = 175,
    LINE = 205,
    SIGN_X = CHART_MARGIN + 110, // the widest sign still inside the margin
    TEXT_X = CHART_MARGIN + 260,
    RIGHT = CHART_WIDTH - CHART_MARGIN,
    AT_SIZE = 256,
    REMARKS = 10,     // points with remarks
    REMARK_LINES = 3, // of one piece
    PIECE_SIZE = 1024
};

static const struct chart_words NAME = {CHART_START, 140, true, CHART_INK};
static const struct chart_words SAID = {CHART_START, 140, false, CHART_INK};
static const struct chart_words SAID_TOO = {CHART_START, 120, false, CHART_LABEL};
static const struct chart_words SMALL = {CHART_START, 120, false, CHART_LABEL};
static const struct chart_words SMALL_NAME = {CHART_START, 120, true, CHART_LABEL};
static const struct chart_words HEADING = {CHART_START, 120, true, CHART_INK};
static const struct chart_words GOOD = {CHART_START, 150, true, CHART_GOOD};

struct page {
    const struct control_chart *chart;
    const struct chart_pen *pen; // NULL: measured only
    int y;                       // base line of what comes next
    int last;                    // of what came last
    int column;                  // where sentences begin
};

static void put(const struct page *page, int x, int y, const struct chart_words *how, const char *text)
{
    char fitted[CHART_LINE_SIZE];
    if (!page->pen)
        return;
    control_chart_fit(text, how->size, RIGHT - x, fitted);
    page->pen->words(page->pen->state, (struct chart_place){x, y}, how, fitted);
}

static void step(struct page *page, int last, int next)
{
    page->last = page->y + last;
    page->y += next;
}

// Over as many lines as it needs, the last of `most` cut. The page goes on below.
static void put_wrapped(struct page *page, const struct chart_words *how, const char *text, int most)
{
    char line[CHART_LINE_SIZE];
    for (int i = 0; i < most && *text; i++) {
        size_t length = control_chart_line(text, how->size, RIGHT - page->column);
        if (i + 1 < most && length < sizeof line) {
            snprintf(line, sizeof line, "%.*s", (int)length, text);
            put(page, page->column, page->y, how, line);
        } else {
            put(page, page->column, page->y, how, text);
            length = strlen(text);
        }
        text += length;
        step(page, 0, LINE);
    }
}

static bool has_fired(const struct control_chart *chart, size_t rule)
{
    for (size_t i = 0; i < chart->alarm_count; i++)
        if (chart->alarms[i].rule == rule)
            return true;
    return false;
}

// "（第 3、4、12 轮）" of the rounds with the signal; the first eight. Nothing of controls, whose points
// stand below with their values.
static void list_rounds(const struct control_chart *chart, size_t rule, const char *before,
                        const char *between, const char *behind, char *buffer)
{
    enum { LISTED = 8 };
    size_t seen = 0, length = 0;
    if (!chart->has_scores)
        return;
    length = (size_t)snprintf(buffer, AT_SIZE, "%s", before);
    for (size_t i = 0; i < chart->alarm_count && seen <= LISTED; i++) {
        char number[24] = "…";
        if (chart->alarms[i].rule != rule)
            continue;
        if (seen < LISTED)
            snprintf(number, sizeof number, "%zu", control_chart_point(chart, chart->alarms[i].position - 1));
        length += (size_t)snprintf(buffer + length, AT_SIZE - length, "%s%s", seen ? between : "", number);
        seen++;
    }
    snprintf(buffer + length, AT_SIZE - length, "%s", behind);
}

// What the rule says; of scores what its signal means, of ranges the line that they have.
static void what_zh(const struct control_chart *chart, const struct control_rule *rule, char *what)
{
    if (chart->has_scores)
        snprintf(what, CHART_RULE_TEXT_SIZE, "%s",
                 rule->rejects ? "|z| ≥ 3，结果不满意" : "2 < |z| < 3，结果可疑");
    else if (chart->has_ranges)
        snprintf(what, CHART_RULE_TEXT_SIZE, "1 点超出上控制限 UCL");
    else
        control_chart_rule_zh(rule, what);
}

static void what_en(const struct control_chart *chart, const struct control_rule *rule, char *what)
{
    if (chart->has_scores)
        snprintf(what, CHART_RULE_TEXT_SIZE, "%s",
                 rule->rejects ? "|z| ≥ 3, unsatisfactory" : "2 < |z| < 3, questionable");
    else if (chart->has_ranges)
        snprintf(what, CHART_RULE_TEXT_SIZE, "1 point above the upper control limit UCL");
    else
        control_chart_rule_en(rule, what);
}

static const char *kind_zh(const struct control_chart *chart, const struct control_rule *rule)
{
    if (chart->has_scores)
        return rule->rejects ? "行动信号" : "警戒信号";
    return rule->rejects ? "失控" : "警告";
}

static const char *kind_en(const struct control_chart *chart, const struct control_rule *rule)
{
    if (chart->has_scores)
        return rule->rejects ? "Action signal" : "Warning signal";
    return rule->rejects ? "Out of control" : "Warning";
}

static const char *name_of(const struct control_chart *chart, const struct control_rule *rule)
{
    if (chart->has_scores)
        return rule->rejects ? "不满意" : "可疑";
    return rule->name;
}

// "8 (751.9), 25 (750.82)" of the points where the rule fired.
static void put_points(struct page *page, size_t which)
{
    enum { LISTED = 30, LINES = 3 };
    const struct control_chart *chart = page->chart;
    char text[LISTED * (CHART_NUMBER_SIZE + 32) + 64] = "点号（值） Point (value): ",
                                                  value[CHART_NUMBER_SIZE];
    size_t seen = 0, length = strlen(text);
    for (size_t i = 0; i < chart->alarm_count && seen <= LISTED; i++) {
        size_t at = chart->alarms[i].position - 1;
        if (chart->alarms[i].rule != which)
            continue;
        control_chart_number(&chart->points[at], value);
        if (seen == LISTED)
            snprintf(text + length, sizeof text - length, ", …");
        else
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%zu (%s)", seen ? ", " : "",
                                       control_chart_point(chart, at), value);
        seen++;
    }
    put_wrapped(page, &SMALL, text, LINES);
}

static void put_fired(struct page *page, size_t which)
{
    const struct control_chart *chart = page->chart;
    const struct control_rule *rule = &chart->set->rules[which];
    char what[CHART_RULE_TEXT_SIZE], at[AT_SIZE] = "", text[CHART_RULE_TEXT_SIZE + AT_SIZE + 64];
    if (page->pen)
        control_chart_sign(page->pen, (struct chart_place){SIGN_X, page->y - 50}, rule->rejects,
                           CHART_SIGN_HALF);
    put(page, TEXT_X, page->y, &NAME, name_of(chart, rule));
    if (chart->has_scores)
        put(page, TEXT_X, page->y + SECOND_LINE, &SAID_TOO, rule->name);
    list_rounds(chart, which, "（第 ", "、", " 轮）", at);
    what_zh(chart, rule, what);
    snprintf(text, sizeof text, "%s：%s%s", kind_zh(chart, rule), what, at);
    put(page, page->column, page->y, &SAID, text);
    list_rounds(chart, which, " (at ", ", ", ")", at);
    what_en(chart, rule, what);
    snprintf(text, sizeof text, "%s: %s%s", kind_en(chart, rule), what, at);
    put(page, page->column, page->y + SECOND_LINE, &SAID_TOO, text);
    if (chart->has_scores) { // their figures stand in the table
        step(page, SECOND_LINE, FIRED_ROW);
        return;
    }
    step(page, SECOND_LINE, 2 * SECOND_LINE);
    put_points(page, which);
    page->y += FIRED_ROW - SECOND_LINE - LINE;
}

// An auditor must see what was watched, not only what was found.
static void put_watched(struct page *page, size_t which)
{
    const struct control_rule *rule = &page->chart->set->rules[which];
    char zh[CHART_RULE_TEXT_SIZE], en[CHART_RULE_TEXT_SIZE], text[2 * CHART_RULE_TEXT_SIZE + 64];
    what_zh(page->chart, rule, zh);
    what_en(page->chart, rule, en);
    put(page, TEXT_X, page->y, &SMALL_NAME, name_of(page->chart, rule));
    if (page->chart->has_scores)
        snprintf(text, sizeof text, "%s · %s", zh, en);
    else
        snprintf(text, sizeof text, "%s（若报警：%s） · %s (if it fires: %s)", zh, kind_zh(page->chart, rule),
                 en, rule->rejects ? "out of control" : "warning");
    put(page, page->column, page->y, &SMALL, text);
    step(page, 0, LINE);
}

static void put_rules(struct page *page)
{
    const struct control_chart *chart = page->chart;
    size_t fired = 0;
    for (size_t i = 0; i < chart->set->count; i++)
        if (has_fired(chart, i)) {
            put_fired(page, i);
            fired++;
        }
    if (fired == 0) {
        put(page, CHART_MARGIN, page->y, &GOOD,
            chart->has_scores ? "全部满意 · All satisfactory"
                              : "受控：没有规则报警 · In control: no rule fired");
        step(page, 0, FIRED_ROW - 60);
    }
    if (fired == chart->set->count)
        return;
    put(page, CHART_MARGIN, page->y, &HEADING,
        chart->has_scores ? "未出现的信号 · Signals that did not occur"
                          : "受监视、未报警的规则 · Rules that were watched and did not fire");
    step(page, 0, LINE + 20);
    for (size_t i = 0; i < chart->set->count; i++)
        if (!has_fired(chart, i))
            put_watched(page, i);
}

// Which points were left out: "3、7"; false when none was.
static bool list_left_out(const struct control_chart *chart, const char *between, char *buffer)
{
    enum { LISTED = 20 };
    size_t seen = 0, length = 0;
    buffer[0] = '\0';
    for (size_t i = 0; chart->left_out && i < chart->count && seen <= LISTED; i++) {
        char number[24] = "…";
        if (!chart->left_out[i])
            continue;
        if (seen < LISTED)
            snprintf(number, sizeof number, "%zu", control_chart_point(chart, i));
        length += (size_t)snprintf(buffer + length, AT_SIZE - length, "%s%s", seen ? between : "", number);
        seen++;
    }
    return seen > 0;
}

static void put_key(struct page *page, const char *text)
{
    put(page, TEXT_X, page->y, &SMALL, text);
    step(page, 0, LINE + 15);
}

static void put_left_out(struct page *page)
{
    const struct chart_stroke none = {CHART_PAPER, 8, 0};
    char zh[AT_SIZE], en[AT_SIZE], text[2 * AT_SIZE + 128];
    if (!list_left_out(page->chart, "、", zh) || !list_left_out(page->chart, ", ", en))
        return;
    if (page->pen)
        page->pen->disc(page->pen->state, (struct chart_place){SIGN_X, page->y - 42}, 40, CHART_ACCENT,
                        &none);
    if (page->pen)
        control_chart_cross(page->pen, (struct chart_place){SIGN_X, page->y - 42});
    snprintf(text, sizeof text,
             "剔除：固定控制限时未计入（第 %s 点） · Left out when the limits were fixed (at %s)", zh, en);
    put_key(page, text);
}

static void put_run_key(struct page *page)
{
    const struct chart_stroke edge = {CHART_LINE_ZONE, 8, 0};
    const struct chart_place swatch[] = {{SIGN_X - 75, page->y - 105},
                                         {SIGN_X + 75, page->y - 105},
                                         {SIGN_X + 75, page->y + 25},
                                         {SIGN_X - 75, page->y + 25}};
    if (!control_chart_has_runs(page->chart))
        return;
    if (page->pen)
        page->pen->area(page->pen->state, swatch, 4, CHART_TINT, &edge);
    put_key(page,
            "底色深浅交替：每一段是同一测定批（run）的点 · Shaded and plain by turns: the points of one run");
}

static void put_keys(struct page *page, const struct control_chart_signs *signs)
{
    page->y += 40;
    if (signs->members) {
        if (page->pen)
            control_chart_member(page->pen, (struct chart_place){SIGN_X, page->y - 42});
        put_key(page, "参与构成报警图形的点 · A point that helped to form the pattern of a rule that fired");
    }
    if (signs->outside) {
        if (page->pen)
            control_chart_arrow(page->pen, (struct chart_place){SIGN_X, page->y + 20}, page->y - 110, 1);
        put_key(page, "超出图面的点画在边缘（不按比例），旁注其值 · A point beyond the picture stands at its "
                      "edge (not to scale), with its value beside it");
    }
    put_left_out(page);
    put_run_key(page);
}

// Each piece from a line of its own.
static void put_remark(struct page *page, const char *remark)
{
    char piece[PIECE_SIZE];
    while (*remark) {
        size_t length = strcspn(remark, "\n");
        snprintf(piece, sizeof piece, "%.*s", (int)length, remark);
        put_wrapped(page, &SMALL, piece, REMARK_LINES);
        remark += length + (remark[length] == '\n');
    }
}

// "18  Batch held …".
static void put_remarks(struct page *page)
{
    const struct control_chart *chart = page->chart;
    size_t seen = 0, more = 0;
    char text[CHART_LINE_SIZE + 64];
    for (size_t i = 0; chart->remarks && i < chart->count; i++) {
        if (!*chart->remarks[i])
            continue;
        if (seen == REMARKS) {
            more++;
            continue;
        }
        if (seen++ == 0) {
            page->y += 40;
            put(page, CHART_MARGIN, page->y, &HEADING, "备注 · Remarks");
            step(page, 0, LINE + 20);
        }
        snprintf(text, sizeof text, "%zu", control_chart_point(chart, i));
        put(page, TEXT_X, page->y, &SMALL_NAME, text);
        put_remark(page, chart->remarks[i]);
    }
    if (more == 0)
        return;
    snprintf(text, sizeof text, "另有 %zu 条，见记录 · %zu more in the records", more, more);
    put(page, page->column, page->y, &SMALL, text);
    step(page, 0, LINE);
}

// Who drew it and when, of which zone all its times are.
static void put_drawn(struct page *page)
{
    const struct control_chart *chart = page->chart;
    char text[CHART_LINE_SIZE];
    if (!chart->drawn_at || !*chart->drawn_at)
        return;
    page->y += chart->has_scores ? 60 : 0;
    snprintf(
        text, sizeof text, "绘制 Drawn: %.80s，%.20s · 日期和时间按时区 Dates and times of the zone %.60s",
        chart->drawn_by ? chart->drawn_by : "", chart->drawn_at, chart->time_zone ? chart->time_zone : "");
    put(page, CHART_MARGIN, page->y, &SMALL, text);
    step(page, 0, LINE);
}

static void put_footnote(struct page *page)
{
    if (page->chart->has_scores)
        return;
    page->y += 60;
    put(page, CHART_MARGIN, page->y, &SMALL,
        "图上各点一律按所示控制限和规则判断；录入当时的判断以记录为准。");
    put(page, CHART_MARGIN, page->y + LINE, &SMALL,
        "All points are judged here by the limits and rules shown; what was found when each was entered "
        "stands in "
        "the records.");
    step(page, LINE, 2 * LINE);
}

// Behind the longest name.
static int column_of(const struct control_chart *chart)
{
    enum { LEAST = 900, GAP = 180 };
    int column = LEAST;
    for (size_t i = 0; i < chart->set->count; i++) {
        const struct control_rule *rule = &chart->set->rules[i];
        int width = control_chart_text_width(name_of(chart, rule), NAME.size);
        if (chart->has_scores)
            width = control_chart_text_width(rule->name, SAID_TOO.size);
        if (width + GAP > column - 260)
            column = width + GAP + 260;
    }
    return CHART_MARGIN + column;
}

int control_chart_legend(const struct control_chart *chart, const struct control_chart_signs *signs,
                         const struct chart_pen *pen)
{
    struct page page = {.chart = chart, .pen = pen, .last = START, .column = column_of(chart)};
    page.y = START + (chart->days || control_chart_has_dates(chart) ? DAYS : 0);
    put_rules(&page);
    const int below = control_chart_table(chart, pen, page.y);
    if (below != page.y)
        step(&page, below - page.y - LINE, below - page.y);
    put_keys(&page, signs);
    put_remarks(&page);
    put_footnote(&page);
    put_drawn(&page);
    return page.last;
}
