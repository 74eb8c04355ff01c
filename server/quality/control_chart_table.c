// SPDX-License-Identifier: Apache-2.0
// Below the picture of z-scores, see control_chart_parts.h: the numbers of its newest rounds, so that
// everybody can calculate each score again.
#include "quality/control_chart_parts.h"

#include <stdio.h>
#include <string.h>

enum {
    ROUNDS = 24, // the newest ones; the records have all
    LINE = 205,
    AT_NUMBER = CHART_MARGIN + 260,
    AT_ROUND = CHART_MARGIN + 620,
    AT_DAY = CHART_MARGIN + 2450,
    TO_MEASURED = CHART_MARGIN + 4700, // where columns of numbers end
    TO_ASSIGNED = CHART_MARGIN + 5900,
    TO_SIGMA = CHART_MARGIN + 6900,
    TO_SCORE = CHART_MARGIN + 7600,
    AT_VERDICT = CHART_MARGIN + 7800,
    RIGHT = CHART_WIDTH - CHART_MARGIN,
    GAP = 90
};

static const struct chart_words HEADING = {CHART_START, 120, true, CHART_INK};
static const struct chart_words HEAD = {CHART_START, 110, true, CHART_LABEL};
static const struct chart_words NAME = {CHART_START, 120, true, CHART_LABEL};
static const struct chart_words TEXT = {CHART_START, 120, false, CHART_INK};

static void put(const struct chart_pen *pen, int x, int y, const struct chart_words *how, const char *text,
                int room)
{
    char fitted[CHART_LINE_SIZE];
    control_chart_fit(text, how->size, room, fitted);
    pen->words(pen->state, (struct chart_place){x, y}, how, fitted);
}

static void put_end(const struct chart_pen *pen, int to, int y, const struct chart_words *how,
                    const char *text, int room)
{
    struct chart_words end = *how;
    end.anchor = CHART_END;
    put(pen, to, y, &end, text, room);
}

// A column's name with an index, ended where its numbers end.
static void put_indexed(const struct chart_pen *pen, int to, int y, const char *text)
{
    const struct chart_place nowhere = {0, 0};
    int width = control_chart_subscript(NULL, nowhere, &HEAD, text, "pt");
    control_chart_subscript(pen, (struct chart_place){to - width, y}, &HEAD, text, "pt");
}

static void put_head(const struct chart_pen *pen, int y)
{
    const struct chart_place rule[] = {{AT_NUMBER, y + 65}, {RIGHT, y + 65}};
    const struct chart_stroke stroke = {CHART_LINE_ZONE, 8, 0};
    put(pen, AT_ROUND, y, &HEAD, "轮次 Round", AT_DAY - AT_ROUND - GAP);
    put(pen, AT_DAY, y, &HEAD, "登记日期 Recorded on", TO_MEASURED - AT_DAY);
    put_end(pen, TO_MEASURED, y, &HEAD, "结果 x", TO_MEASURED - AT_DAY);
    put_indexed(pen, TO_ASSIGNED, y, "指定值 x");
    put_indexed(pen, TO_SIGMA, y, "σ");
    put_end(pen, TO_SCORE, y, &HEAD, "z", TO_SCORE - TO_SIGMA);
    put(pen, AT_VERDICT, y, &HEAD, "评价 Verdict", RIGHT - AT_VERDICT);
    pen->line(pen->state, rule, 2, &stroke);
}

static const char *verdict_of(const struct control_chart *chart, size_t at)
{
    for (size_t i = 0; i < chart->alarm_count; i++)
        if (chart->alarms[i].position == at + 1)
            return chart->set->rules[chart->alarms[i].rule].rejects ? "不满意 unsatisfactory"
                                                                    : "可疑 questionable";
    return "满意 satisfactory";
}

static void put_round(const struct control_chart *chart, size_t at, const struct chart_pen *pen, int y)
{
    const struct control_chart_score *score = &chart->scores[at];
    char number[24], value[CHART_NUMBER_SIZE];
    snprintf(number, sizeof number, "%zu", control_chart_point(chart, at));
    control_chart_number(&chart->points[at], value);
    put(pen, AT_NUMBER, y, &NAME, number, AT_ROUND - AT_NUMBER - GAP);
    put(pen, AT_ROUND, y, &TEXT, chart->labels ? chart->labels[at] : "", AT_DAY - AT_ROUND - GAP);
    put(pen, AT_DAY, y, &TEXT, chart->days ? chart->days[at] : "", 900);
    put_end(pen, TO_MEASURED, y, &TEXT, score->measured, TO_MEASURED - AT_DAY - 900 - GAP);
    put_end(pen, TO_ASSIGNED, y, &TEXT, score->assigned, TO_ASSIGNED - TO_MEASURED - GAP);
    put_end(pen, TO_SIGMA, y, &TEXT, score->sigma_pt, TO_SIGMA - TO_ASSIGNED - GAP);
    put_end(pen, TO_SCORE, y, &TEXT, value, TO_SCORE - TO_SIGMA - GAP);
    put(pen, AT_VERDICT, y, &TEXT, verdict_of(chart, at), RIGHT - AT_VERDICT);
}

int control_chart_table(const struct control_chart *chart, const struct chart_pen *pen, int y)
{
    size_t first = chart->count > ROUNDS ? chart->count - ROUNDS : 0;
    char text[CHART_LINE_SIZE];
    if (!chart->has_scores || !chart->scores)
        return y;
    y += 60;
    if (first)
        snprintf(text, sizeof text, "最近 %d 轮的数据 · Numbers of the newest %d rounds", ROUNDS, ROUNDS);
    else
        snprintf(text, sizeof text, "各轮数据 · Numbers of the rounds");
    if (*chart->unit) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, " (%s)", chart->unit);
    }
    if (pen) {
        put(pen, CHART_MARGIN, y, &HEADING, text, RIGHT - CHART_MARGIN);
        put_head(pen, y + LINE + 25);
    }
    y += 2 * LINE + 70;
    for (size_t i = first; i < chart->count; i++, y += LINE)
        if (pen)
            put_round(chart, i, pen, y);
    return y + 40;
}
