// SPDX-License-Identifier: Apache-2.0
// DrawStatistics: the database tells the bars, already without what may not be published; SVG is drawn here,
// PNG by the renderer between two sheets.
#include "lab/drawing.h"
#include "lab/steps.h"
#include "quality/bar_chart.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/statistics.pb-c.h"
#include "wire/json_message.h"
#include "wire/text.h"

static struct rpc_verdict reply_picture(struct rpc_call *call, ProtobufCBinaryData picture)
{
    Touchstone__V1__DrawStatisticsResponse answer = TOUCHSTONE__V1__DRAW_STATISTICS_RESPONSE__INIT;
    answer.picture = picture;
    return rpc_reply(call, &answer.base);
}

static bool draw(struct rpc_call *call, const Touchstone__Internal__V1__BarChart *chart,
                 ProtobufCBinaryData *ret_picture)
{
    struct text svg;
    text_init(&svg, call->arena);
    if (!bar_chart_svg_write(chart, &svg, &call->error))
        return false;
    return drawing_take(call, &svg, ret_picture);
}

static struct rpc_verdict reply_png(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply)
{
    if (*reply->error) {
        error_set(&call->error, TS_INVALID_ARGUMENT, "BAR_CHART", "%s", reply->error);
        return rpc_fail(call);
    }
    return reply_picture(call, reply->picture);
}

static struct rpc_verdict ask_png(struct rpc_call *call, const Touchstone__Internal__V1__BarChart *chart,
                                  int stage)
{
    static const struct drawing_plan PLAN = {
        "CHART_PNG", "The renderer gave no picture, twice. Try again later, or ask for SVG.", reply_png};
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    if (!drawing_pack(call, &chart->base, &request.bars))
        return rpc_fail(call);
    return drawing_begin(call, &request, &PLAN, stage);
}

struct rpc_verdict step_draw_statistics(struct rpc_call *call)
{
    enum { PICTURE = SQL_STEP_ANSWER + 1 };
    ProtobufCBinaryData picture;
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (call->stage == PICTURE)
        return drawing_wait(call, PICTURE);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const Touchstone__Internal__V1__BarChart *chart =
        (const Touchstone__Internal__V1__BarChart *)json_message_read(
            &touchstone__internal__v1__bar_chart__descriptor, call->row.value[0], call->row.length[0],
            call->arena, &call->error);
    if (!chart)
        return rpc_fail(call);
    if (((const Touchstone__V1__DrawStatisticsRequest *)call->request)->format ==
        TOUCHSTONE__V1__PICTURE_FORMAT__PICTURE_FORMAT_PNG)
        return ask_png(call, chart, PICTURE);
    return draw(call, chart, &picture) ? reply_picture(call, picture) : rpc_fail(call);
}
