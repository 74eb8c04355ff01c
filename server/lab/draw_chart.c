// SPDX-License-Identifier: Apache-2.0
// DrawChart and DrawProficiency: the points and their limits, or the z-scores, as a picture. SVG is drawn
// here; PNG by the renderer, between two sheets.
#include "lab/controls.h"
#include "lab/drawing.h"
#include "lab/steps.h"
#include "quality/chart_svg.h"
#include "quality/control_context.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/quality.pb-c.h"
#include "wire/text.h"

// The one thing that the two calls differ in here: the messages that they are asked and answer with.
static bool is_of_scores(const struct rpc_call *call)
{
    return call->request->descriptor == &touchstone__v1__draw_proficiency_request__descriptor;
}

static bool wants_png(const struct rpc_call *call)
{
    Touchstone__V1__PictureFormat format =
        is_of_scores(call) ? ((const Touchstone__V1__DrawProficiencyRequest *)call->request)->format
                           : ((const Touchstone__V1__DrawChartRequest *)call->request)->format;
    return format == TOUCHSTONE__V1__PICTURE_FORMAT__PICTURE_FORMAT_PNG;
}

static struct rpc_verdict reply_picture(struct rpc_call *call, ProtobufCBinaryData picture)
{
    Touchstone__V1__DrawChartResponse chart = TOUCHSTONE__V1__DRAW_CHART_RESPONSE__INIT;
    Touchstone__V1__DrawProficiencyResponse scores = TOUCHSTONE__V1__DRAW_PROFICIENCY_RESPONSE__INIT;
    chart.picture = scores.picture = picture;
    return rpc_reply(call, is_of_scores(call) ? &scores.base : &chart.base);
}

static bool draw(struct rpc_call *call, const Touchstone__Internal__V1__ControlContext *message,
                 ProtobufCBinaryData *ret_picture)
{
    struct control_context context;
    struct control_chart chart;
    struct text svg;
    text_init(&svg, call->arena);
    if (!control_context_read(message, call->arena, &context, &call->error) ||
        !control_context_chart(message, &context, &chart, &call->error) ||
        !chart_svg_write(&chart, &svg, &call->error))
        return false;
    return drawing_take(call, &svg, ret_picture);
}

// ---- PNG: drawn by the renderer, which alone has cairo and the fonts

static struct rpc_verdict reply_png(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply)
{
    if (*reply->error) {
        error_set(&call->error, TS_INVALID_ARGUMENT, "CHART_PNG", "%s", reply->error);
        return rpc_fail(call);
    }
    return reply_picture(call, reply->picture);
}

static struct rpc_verdict ask_png(struct rpc_call *call,
                                  const Touchstone__Internal__V1__ControlContext *message, int stage)
{
    static const struct drawing_plan PLAN = {
        "CHART_PNG", "The renderer gave no picture, twice. Try again later, or ask for SVG.", reply_png};
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    if (!drawing_pack(call, &message->base, &request.chart))
        return rpc_fail(call);
    return drawing_begin(call, &request, &PLAN, stage);
}

struct rpc_verdict step_draw_chart(struct rpc_call *call)
{
    enum { PICTURE = SQL_STEP_ANSWER + 1 };
    ProtobufCBinaryData picture;
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (call->stage == PICTURE)
        return drawing_wait(call, PICTURE);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const Touchstone__Internal__V1__ControlContext *message = controls_read_context(call);
    if (!message)
        return rpc_fail(call);
    if (wants_png(call))
        return ask_png(call, message, PICTURE);
    return draw(call, message, &picture) ? reply_picture(call, picture) : rpc_fail(call);
}
