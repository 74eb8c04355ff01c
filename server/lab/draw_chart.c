// SPDX-License-Identifier: Apache-2.0
// DrawChart: the points and their limits as a picture. SVG is drawn here; PNG by the renderer, between two
// sheets.
#include "lab/controls.h"
#include "lab/lab.h"
#include "lab/sheets.h"
#include "lab/steps.h"
#include "quality/chart_svg.h"
#include "quality/control_context.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
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

struct png_work {
    uint8_t *request;
    size_t length;
    uint64_t number; // of the picture; 0 while it is not asked for
    int lost;
};

static struct sheet_works *works_of(struct rpc_call *call)
{
    return ((struct lab *)dispatch_lab(call->dispatch))->sheets;
}

static bool prepare_png(struct rpc_call *call, const Touchstone__Internal__V1__ControlContext *message)
{
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    struct png_work *work = arena_alloc(call->arena, sizeof *work);
    request.chart.len = protobuf_c_message_get_packed_size(&message->base);
    request.chart.data = arena_alloc(call->arena, request.chart.len + 1);
    if (!work || !request.chart.data)
        return no_memory(call);
    protobuf_c_message_pack(&message->base, request.chart.data);
    *work = (struct png_work){.length = protobuf_c_message_get_packed_size(&request.base)};
    work->request = arena_alloc(call->arena, work->length + 1);
    if (!work->request)
        return no_memory(call);
    protobuf_c_message_pack(&request.base, work->request);
    call->state = work;
    return true;
}

static struct rpc_verdict reply_png(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    Touchstone__V1__DrawChartResponse response = TOUCHSTONE__V1__DRAW_CHART_RESPONSE__INIT;
    ProtobufCAllocator allocator = arena_allocator(call->arena);
    const Touchstone__Internal__V1__RenderReply *reply =
        touchstone__internal__v1__render_reply__unpack(&allocator, length, bytes);
    if (!reply || *reply->error) {
        error_set(&call->error, reply ? TS_INVALID_ARGUMENT : TS_INTERNAL, "CHART_PNG", "%s",
                  reply ? reply->error : "The renderer's answer is no message.");
        return rpc_fail(call);
    }
    response.picture = reply->picture;
    return rpc_reply(call, &response.base);
}

// Once more for a renderer that died of another's chart; whoever lets it die twice is told.
static struct rpc_verdict ask_again(struct rpc_call *call, int stage, uint64_t delay_ms)
{
    enum { LOST_MOST = 2 };
    struct png_work *work = call->state;
    work->number = 0;
    if (++work->lost < LOST_MOST)
        return rpc_wait_ms(call, delay_ms, stage);
    error_set(&call->error, TS_UNAVAILABLE, "CHART_PNG",
              "The renderer gave no picture, twice. Try again later, or ask for SVG.");
    return rpc_fail(call);
}

static struct rpc_verdict wait_png(struct rpc_call *call, int stage)
{
    enum { LOOK_AGAIN_MS = 10 };
    struct png_work *work = call->state;
    const uint8_t *reply;
    size_t length;
    if (work->number == 0)
        work->number = sheets_ask_picture(works_of(call), work->request, work->length);
    if (work->number == 0)
        return rpc_wait_ms(call, LOOK_AGAIN_MS, stage);
    switch (sheets_take_picture(works_of(call), work->number, &reply, &length)) {
    case SHEETS_PICTURE_DONE:
        return reply_png(call, reply, length);
    case SHEETS_PICTURE_LOST:
        return ask_again(call, stage, LOOK_AGAIN_MS);
    default:
        return rpc_wait_ms(call, LOOK_AGAIN_MS, stage);
    }
}

struct rpc_verdict step_draw_chart(struct rpc_call *call)
{
    enum { PICTURE = SQL_STEP_ANSWER + 1 };
    Touchstone__V1__DrawChartResponse response = TOUCHSTONE__V1__DRAW_CHART_RESPONSE__INIT;
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (call->stage == PICTURE)
        return wait_png(call, PICTURE);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const Touchstone__Internal__V1__ControlContext *message = controls_read_context(call);
    if (!message)
        return rpc_fail(call);
    if (((const Touchstone__V1__DrawChartRequest *)call->request)->format ==
        TOUCHSTONE__V1__PICTURE_FORMAT__PICTURE_FORMAT_PNG)
        return prepare_png(call, message) ? wait_png(call, PICTURE) : rpc_fail(call);
    return draw(call, message, &response) ? rpc_reply(call, &response.base) : rpc_fail(call);
}
