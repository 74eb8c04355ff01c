// SPDX-License-Identifier: Apache-2.0
// Painting: the preview of an instrument's file, control charts with their newest points drawn in letters.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/painter.h"
#include "desk/reason.h"
#include "touchstone/v1/instrument.pb-c.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/decimal_round.h"

static const char *reason_of(const struct desk *desk, const Touchstone__V1__InstrumentValue *value)
{
    const char *zh = reason_say(value->reason, true);

    if (value->entered)
        return desk_say(desk, "✓ 录入", "✓ goes in");
    if (desk->chinese && zh != NULL)
        return zh;
    return value->detail[0] != '\0' ? value->detail : value->reason;
}

static void paint_values(const struct desk *desk, struct page *page, struct area area,
                         Touchstone__V1__InstrumentValue *const *values, size_t count)
{
    static const struct painter_column columns[] = {
        {"行", "Line", 4},         {"样品", "Item", 10},         {"代号", "Code", 7},
        {"文件中", "In file", 11}, {"录入为", "Goes in as", 13}, {"结果", "What becomes of it", 0}};
    // Of a value that does not go in the reason takes the room of what it would be.
    static const struct painter_column refused[] = {
        {"", "", 4}, {"", "", 10}, {"", "", 7}, {"", "", 11}, {"", "", 0}};
    static const char *const signs[] = {"", "<", ">", "ND "};
    const struct area heading = area;
    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1, top = bench_of(desk)->import.top;

    if (top + room > count)
        top = count > room ? count - room : 0;
    painter_row(desk, page, area, columns, 6, NULL, false);
    for (size_t i = top; i < count && i - top < room; i++) {
        const Touchstone__V1__InstrumentValue *value = values[i];
        char line[16], taken[80];
        const char *texts[] = {line,
                               value->item,
                               value->code,
                               value->raw,
                               value->entered ? taken : reason_of(desk, value),
                               reason_of(desk, value)};

        snprintf(line, sizeof line, "%s%d", value->entered ? " " : "!", value->line);
        snprintf(taken, sizeof taken, "%s%s%.70s", value->input, value->input[0] != '\0' ? " = " : "", "");
        snprintf(taken + strlen(taken), sizeof taken - strlen(taken), "%s%s",
                 (size_t)value->qualifier < sizeof signs / sizeof *signs ? signs[value->qualifier] : "",
                 value->value);
        area.row++;
        painter_row(desk, page, area, value->entered ? columns : refused, value->entered ? 6 : 5, texts,
                    false);
    }
    painter_more(page, heading, (int)room, top, count);
}

void paint_bench_import(const struct desk *desk, struct page *page, struct area area)
{
    enum { FORM_ROWS = 4 };
    const struct bench_import *import = &bench_of(desk)->import;
    struct slot *profile = form_find(&import->form, "profile");
    const Touchstone__V1__PreviewFileResponse *preview = NULL;
    const Touchstone__V1__ImportFileResponse *imported = NULL;
    struct area table = {area.row + FORM_ROWS + 1, area.column, area.rows - FORM_ROWS - 1, area.columns};

    painter_form(desk, page, (struct area){area.row, area.column + 1, FORM_ROWS, area.columns - 2},
                 &import->form, 1, desk->dialog == DIALOG_NONE);
    if (import->preview.message != NULL &&
        import->preview.message->descriptor == &touchstone__v1__preview_file_response__descriptor)
        preview = (const Touchstone__V1__PreviewFileResponse *)import->preview.message;
    else if (import->preview.message != NULL)
        imported = (const Touchstone__V1__ImportFileResponse *)import->preview.message;
    if (preview != NULL || imported != NULL) {
        page_format(page, table.row - 1, table.column + 1, table.columns - 2, PAGE_DIM, "%s: %s",
                    preview != NULL ? desk_say(desk, "预览", "Preview")
                                    : desk_say(desk, "已导入", "Imported"),
                    import->path);
        paint_values(desk, page, table, preview != NULL ? preview->values : imported->values,
                     preview != NULL ? preview->n_values : imported->n_values);
        return;
    }
    page_wrap(page, table.row, table.column + 1, table.columns - 2, 3, PAGE_DIM,
              desk_say(desk, "文件夹：取其中最新的文件。F5 预览将录入什么；看过再按 F8 导入。",
                       "Of a folder the newest file is meant. F5 shows what would be entered; F8 imports "
                       "what you saw."));
    if (profile != NULL && profile->option_count == 0)
        page_wrap(
            page, table.row + 3, table.column + 1, table.columns - 2, 2, PAGE_BAD,
            desk_say(
                desk, "! 本实验室没有读取方式：请负责人用 touchstone instrument profile 建立",
                "! No profile says how files are read: a manager saves one (touchstone instrument profile)"));
}

// In whole sigmas from the centre, ±4 for beyond; false when the point is no number.
static bool sigmas(const Touchstone__V1__ControlLimits *limits, const char *text, int *ret_sigmas)
{
    struct decimal value, centre, sigma, whole;
    char digits[DECIMAL_TEXT_SIZE];

    if (!decimal_parse(text, strlen(text), &value, NULL) ||
        !decimal_parse(limits->centre, strlen(limits->centre), &centre, NULL) ||
        !decimal_parse(limits->sigma, strlen(limits->sigma), &sigma, NULL) || decimal_is_zero(&sigma) ||
        !decimal_sub(&value, &centre, &value, NULL) ||
        !decimal_round_quotient(&value, &sigma, 0, DECIMAL_HALF_EVEN, &whole, NULL))
        return false;
    decimal_format(&whole, digits, sizeof digits);
    *ret_sigmas = strlen(digits) > 3 ? (digits[0] == '-' ? -4 : 4) : (int)strtol(digits, NULL, 10);
    *ret_sigmas = *ret_sigmas > 4 ? 4 : *ret_sigmas < -4 ? -4 : *ret_sigmas;
    return true;
}

static const char *mark_of(const Touchstone__V1__ControlPoint *point)
{
    bool rejects = false;

    for (size_t i = 0; i < point->n_alarms; i++)
        rejects = rejects || point->alarms[i]->rejects;
    return rejects ? "X" : point->n_alarms > 0 ? "?" : "o";
}

// Lines at whole sigmas, the newest point at the right.
static void paint_points(const struct desk *desk, struct page *page, struct area area,
                         const Touchstone__V1__GetChartResponse *chart)
{
    static const char *const names[] = {">", "+3s", "+2s", "+1s", "CL", "-1s", "-2s", "-3s", "<"};
    static const char *const lines[] = {" ", "-", "-", ".", "=", ".", "-", "-", " "};
    enum { MARGIN = 5, STEP = 2 };
    const Touchstone__V1__ControlLimits *limits = chart->chart->limits;
    size_t room = (size_t)(area.columns - MARGIN - 1) / STEP,
           first = chart->n_points > room ? chart->n_points - room : 0;
    int at;

    for (int i = 0; i < 9; i++) {
        page_text(page, area.row + i, area.column, MARGIN - 1, PAGE_LABEL, names[i]);
        for (int j = MARGIN; j < area.columns - 1; j++)
            page_text(page, area.row + i, area.column + j, 1, PAGE_DIM, lines[i]);
    }
    for (size_t i = first; i < chart->n_points; i++)
        if (sigmas(limits, chart->points[i]->value, &at)) {
            const char *mark = mark_of(chart->points[i]);

            page_text(page, area.row + 4 - at, area.column + MARGIN + (int)(i - first) * STEP, 1,
                      mark[0] == 'o' ? PAGE_STRONG : PAGE_BAD, mark);
        }
    page_text(page, area.row + 9, area.column, area.columns, PAGE_DIM,
              desk_say(desk, "o 受控  ? 警告  X 拒绝：批冻结   最新的在右，回车看图",
                       "o in control  ? warning  X rejected: batch held   Enter: the picture"));
}

static void paint_list(const struct desk *desk, struct page *page, struct area area,
                       const Touchstone__V1__ListChartsResponse *list)
{
    static const struct painter_column columns[] = {{"质控图", "Chart", 16}, {"方法", "Method", 12},
                                                    {"参数", "Param", 9},    {"控制样", "Material", 0},
                                                    {"点", "Points", 6},     {"限", "Limits", 10}};
    const struct bench *bench = bench_of(desk);
    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1,
           top = bench->chosen_chart >= room ? bench->chosen_chart - room + 1 : 0;
    const struct area heading = area;

    painter_row(desk, page, area, columns, 6, NULL, false);
    for (size_t i = top; i < list->n_charts && i - top < room; i++) {
        const Touchstone__V1__ControlChart *chart = list->charts[i];
        char points[16];
        const char *texts[] = {chart->chart,
                               chart->method_id,
                               chart->parameter_id,
                               chart->material,
                               points,
                               chart->limits != NULL ? desk_say(desk, "已固定", "fixed")
                                                     : desk_say(desk, "未固定", "not fixed")};

        snprintf(points, sizeof points, "%d", chart->points);
        area.row++;
        painter_row(desk, page, area, columns, 6, texts, i == bench->chosen_chart);
    }
    painter_more(page, heading, (int)room, top, list->n_charts);
}

void paint_bench_charts(const struct desk *desk, struct page *page, struct area area)
{
    enum { PLOT_ROWS = 12 };
    const struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListChartsResponse *list =
        (Touchstone__V1__ListChartsResponse *)bench->charts.message;
    const Touchstone__V1__GetChartResponse *chart = (Touchstone__V1__GetChartResponse *)bench->chart.message;
    struct area plot = {area.row + area.rows - PLOT_ROWS, area.column + 1, PLOT_ROWS, area.columns - 2};
    const Touchstone__V1__ControlPoint *last;

    if (list == NULL)
        return;
    paint_list(desk, page, (struct area){area.row, area.column, area.rows - PLOT_ROWS - 1, area.columns},
               list);
    if (list->n_charts == 0)
        page_text(page, area.row + 2, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有质控图：质量负责人用 touchstone quality open 建立",
                           "No charts: the quality manager opens one (touchstone quality open)"));
    if (chart == NULL || chart->chart == NULL || chart->n_points == 0)
        return;
    last = chart->points[chart->n_points - 1];
    page_format(page, plot.row, plot.column, plot.columns, PAGE_STRONG, "%s  %s %s %s  %s %d",
                chart->chart->chart, desk_say(desk, "最近", "newest"), last->value, chart->chart->unit,
                desk_say(desk, "第", "point"), last->point);
    plot.row++;
    if (chart->chart->limits == NULL)
        page_text(page, plot.row + 1, plot.column, plot.columns, PAGE_DIM,
                  desk_say(desk, "限值还没有固定（至少 20 点）",
                           "The limits are not fixed yet (20 points at least)"));
    else
        paint_points(desk, page, plot, chart);
}
