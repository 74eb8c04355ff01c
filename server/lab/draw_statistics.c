// SPDX-License-Identifier: Apache-2.0
// DrawStatistics: the database tells the bars, already without what may not be published; SVG is drawn here,
// PNG by the renderer between two sheets.
#include "lab/drawing.h"
#include "lab/steps.h"
#include "quality/bar_chart.h"
#include "rpc/call.h"
#include "touchstone/v1/statistics.pb-c.h"
#include "wire/json_message.h"
#include "wire/text.h"

static struct rpc_verdict reply_picture(struct rpc_call *call, ProtobufCBinaryData picture)
{
    Touchstone__V1__DrawStatisticsResponse answer = TOUCHSTONE__V1__DRAW_STATISTICS_RESPONSE__INIT;
    answer.picture = picture;
    return rpc_reply(call, &answer.base);
}

static bool wants_png(const struct rpc_call *call)
{
    return ((const Touchstone__V1__DrawStatisticsRequest *)call->request)->format ==
           TOUCHSTONE__V1__PICTURE_FORMAT__PICTURE_FORMAT_PNG;
}

static const ProtobufCMessage *read_bars(struct rpc_call *call)
{
    return json_message_read(&touchstone__internal__v1__bar_chart__descriptor, call->row.value[0],
                             call->row.length[0], call->arena, &call->error);
}

static bool write_svg(struct rpc_call *call, const ProtobufCMessage *message, struct text *svg)
{
    return bar_chart_svg_write((const Touchstone__Internal__V1__BarChart *)message, svg, &call->error);
}

static void ask(Touchstone__Internal__V1__RenderRequest *request, ProtobufCBinaryData message)
{
    request->bars = message;
}

static struct rpc_verdict reply_png(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply)
{
    return drawing_answer(call, reply, "BAR_CHART", reply_picture);
}

struct rpc_verdict step_draw_statistics(struct rpc_call *call)
{
    static const struct drawing_picture BARS = {
        wants_png, read_bars, write_svg, ask, {DRAWING_LOST, reply_png}, reply_picture};
    return drawing_step(call, &BARS);
}
