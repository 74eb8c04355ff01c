// SPDX-License-Identifier: Apache-2.0
// Control charts: the list, the newest points of the one with the cursor as a drawing of letters, and its
// picture, which the server draws and the loop opens.
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/quality.pb-c.h"

static const Touchstone__V1__ControlChart *chart_at(const struct bench *bench)
{
    const Touchstone__V1__ListChartsResponse *list =
        (Touchstone__V1__ListChartsResponse *)bench->charts.message;

    return list != NULL && bench->chosen_chart < list->n_charts ? list->charts[bench->chosen_chart] : NULL;
}

static void ask_chart(struct desk *desk, enum ask_kind kind, bool is_quiet)
{
    const Touchstone__V1__ControlChart *chart = chart_at(bench_of(desk));
    struct ask ask;

    if (chart == NULL || !parts_begin(desk, kind, &ask))
        return;
    ask.is_quiet = is_quiet;
    parts_end(desk, &ask,
              parts_set(&ask, "laboratory", desk->laboratory) && parts_set(&ask, "chart", chart->chart) &&
                  (kind != ASK_BENCH_CHART || parts_set(&ask, "newest", "60")) &&
                  (kind != ASK_BENCH_DRAW || parts_set(&ask, "format", "png")));
}

void bench_charts_show(struct desk *desk)
{
    bench_of(desk)->screen = BENCH_CHARTS;
    bench_ask_list(desk, ASK_BENCH_CHARTS, false);
}

void bench_charts_again(struct desk *desk)
{
    if (chart_at(bench_of(desk)) != NULL)
        ask_chart(desk, ASK_BENCH_CHART, true);
    else
        bench_ask_list(desk, ASK_BENCH_CHARTS, true);
}

void bench_charts_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__ControlChart *chart;

    switch (ask->kind) {
    case ASK_BENCH_CHARTS:
        desk_hold(&bench->charts, ask, response);
        if (bench->chosen_chart >= ((Touchstone__V1__ListChartsResponse *)response)->n_charts)
            bench->chosen_chart = 0;
        ask_chart(desk, ASK_BENCH_CHART, true);
        break;
    case ASK_BENCH_CHART:
        chart = ((Touchstone__V1__GetChartResponse *)response)->chart;
        // The cursor may have gone on meanwhile.
        if (chart != NULL && chart_at(bench) != NULL && strcmp(chart->chart, chart_at(bench)->chart) == 0)
            desk_hold(&bench->chart, ask, response);
        break;
    default:
        snprintf(bench->picture_name, sizeof bench->picture_name, "%s",
                 ((Touchstone__V1__DrawChartRequest *)ask->request)->chart);
        desk_hold(&bench->picture, ask, response);
    }
}

void bench_picture_shown(struct desk *desk, const char *path, bool is_open, const char *why)
{
    bench_of(desk)->picture_name[0] = '\0';
    if (path == NULL)
        desk_tell(desk, NOTE_BAD, "图存不下来：%s", "The picture cannot be saved: %s", why);
    else if (is_open)
        desk_tell(desk, NOTE_GOOD, "图已打开：%s", "The picture is open: %s", path);
    else
        desk_tell(desk, NOTE_PLAIN, "图在 %s（设 TOUCHSTONE_VIEWER 可自动打开）",
                  "The picture is in %s (set TOUCHSTONE_VIEWER to have it opened)", path);
}

bool bench_charts_press(struct desk *desk, const struct press *press)
{
    struct bench *bench = bench_of(desk);
    const Touchstone__V1__ListChartsResponse *list =
        (Touchstone__V1__ListChartsResponse *)bench->charts.message;

    if (bench_move(&bench->chosen_chart, list != NULL ? list->n_charts : 0, press->kind)) {
        desk_drop(&bench->chart);
        ask_chart(desk, ASK_BENCH_CHART, true);
        return true;
    }
    if (press->kind == PRESS_ESCAPE)
        bench_list_show(desk);
    else if (press->kind == PRESS_ENTER || press->kind == PRESS_F5)
        ask_chart(desk, ASK_BENCH_DRAW, false);
    else
        return false;
    return true;
}
