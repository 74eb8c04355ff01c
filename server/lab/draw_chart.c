// SPDX-License-Identifier: Apache-2.0
// DrawChart: the points and their limits as a picture. SVG is drawn here; PNG by the renderer, between two
// sheets.
#include "lab/controls.h"
#include "lab/drawing.h"
#include "lab/steps.h"
#include "quality/chart_svg.h"
#include "quality/control_context.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/text.h"

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The chart is too large.");
}

static bool draw(struct rpc_call *call, const Touchstone__Internal__V1__ControlContext *message,
                 Touchstone__V1__DrawChartResponse *response)
{
    struct control_context context;
    struct control_chart chart;
    struct text svg;
    text_init(&svg, call->arena);
    if (!control_context_read(message, call->arena, &context, &call->error) ||
        !control_context_chart(message, &context, &chart, &call->error) ||
        !chart_svg_write(&chart, &svg, &call->error))
        return false;
    response->picture.data = (uint8_t *)text_finish(&svg);
    response->picture.len = svg.length;
    return response->picture.data || no_memory(call);
}

// ---- PNG: drawn by the renderer, which alone has cairo and the fonts

static struct rpc_verdict reply_png(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply)
{
    Touchstone__V1__DrawChartResponse response = TOUCHSTONE__V1__DRAW_CHART_RESPONSE__INIT;
    if (*reply->error) {
        error_set(&call->error, TS_INVALID_ARGUMENT, "CHART_PNG", "%s", reply->error);
        return rpc_fail(call);
    }
    response.picture = reply->picture;
    return rpc_reply(call, &response.base);
}

static struct rpc_verdict ask_png(struct rpc_call *call,
                                  const Touchstone__Internal__V1__ControlContext *message, int stage)
{
    static const struct drawing_plan PLAN = {
        "CHART_PNG", "The renderer gave no picture, twice. Try again later, or ask for SVG.", reply_png};
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    request.chart.len = protobuf_c_message_get_packed_size(&message->base);
    request.chart.data = arena_alloc(call->arena, request.chart.len + 1);
    if (!request.chart.data) {
        no_memory(call);
        return rpc_fail(call);
    }
    protobuf_c_message_pack(&message->base, request.chart.data);
    return drawing_begin(call, &request, &PLAN, stage);
}

struct rpc_verdict step_draw_chart(struct rpc_call *call)
{
    enum { PICTURE = SQL_STEP_ANSWER + 1 };
    Touchstone__V1__DrawChartResponse response = TOUCHSTONE__V1__DRAW_CHART_RESPONSE__INIT;
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (call->stage == PICTURE)
        return drawing_wait(call, PICTURE);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const Touchstone__Internal__V1__ControlContext *message = controls_read_context(call);
    if (!message)
        return rpc_fail(call);
    if (((const Touchstone__V1__DrawChartRequest *)call->request)->format ==
        TOUCHSTONE__V1__PICTURE_FORMAT__PICTURE_FORMAT_PNG)
        return ask_png(call, message, PICTURE);
    return draw(call, message, &response) ? rpc_reply(call, &response.base) : rpc_fail(call);
}
