// SPDX-License-Identifier: Apache-2.0
// DrawChart and DrawProficiency: the points and their limits, or the z-scores, as a picture. SVG is drawn
// here; PNG by the renderer, between two sheets.
#include "lab/controls.h"
#include "lab/drawing.h"
#include "lab/steps.h"
#include "quality/chart_svg.h"
#include "quality/control_context.h"
#include "rpc/call.h"
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

static const ProtobufCMessage *read_context(struct rpc_call *call)
{
    return (const ProtobufCMessage *)controls_read_context(call);
}

static bool write_svg(struct rpc_call *call, const ProtobufCMessage *message, struct text *svg)
{
    const Touchstone__Internal__V1__ControlContext *told =
        (const Touchstone__Internal__V1__ControlContext *)message;
    struct control_context context;
    struct control_chart chart;
    return control_context_read(told, call->arena, &context, &call->error) &&
           control_context_chart(told, &context, &chart, &call->error) &&
           chart_svg_write(&chart, svg, &call->error);
}

static void ask(Touchstone__Internal__V1__RenderRequest *request, ProtobufCBinaryData message)
{
    request->chart = message;
}

static struct rpc_verdict reply_png(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply)
{
    return drawing_answer(call, reply, "CHART_PNG", reply_picture);
}

struct rpc_verdict step_draw_chart(struct rpc_call *call)
{
    static const struct drawing_picture CHART = {
        wants_png, read_context, write_svg, ask, {DRAWING_LOST, reply_png}, reply_picture};
    return drawing_step(call, &CHART);
}
