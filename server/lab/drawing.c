// SPDX-License-Identifier: Apache-2.0
// See drawing.h.
#include "lab/drawing.h"

#include "lab/lab.h"
#include "lab/sheets.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "wire/text.h"

struct drawing {
    const struct drawing_plan *plan;
    ProtobufCBinaryData request;
    uint64_t number; // of the picture; 0 while it is not asked for
    int lost;
};

static struct sheet_works *works_of(struct rpc_call *call)
{
    return ((struct lab *)dispatch_lab(call->dispatch))->sheets;
}

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                     "What is to be drawn is too large.");
}

// A message as the renderer reads it. False when it has no room.
static bool pack(struct rpc_call *call, const ProtobufCMessage *message, ProtobufCBinaryData *ret_packed)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_alloc(call->arena, length + 1);
    if (!bytes)
        return no_memory(call);
    protobuf_c_message_pack(message, bytes);
    *ret_packed = (ProtobufCBinaryData){.len = length, .data = bytes};
    return true;
}

struct rpc_verdict drawing_begin(struct rpc_call *call,
                                 const Touchstone__Internal__V1__RenderRequest *request,
                                 const struct drawing_plan *plan, int stage)
{
    struct drawing *drawing = arena_alloc(call->arena, sizeof *drawing);
    if (!drawing) {
        no_memory(call);
        return rpc_fail(call);
    }
    *drawing = (struct drawing){.plan = plan};
    if (!pack(call, &request->base, &drawing->request))
        return rpc_fail(call);
    call->state = drawing;
    return drawing_wait(call, stage);
}

static struct rpc_verdict go_on(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    const struct drawing *drawing = call->state;
    ProtobufCAllocator allocator = arena_allocator(call->arena);
    const Touchstone__Internal__V1__RenderReply *reply =
        touchstone__internal__v1__render_reply__unpack(&allocator, length, bytes);
    if (reply)
        return drawing->plan->done(call, reply);
    error_set(&call->error, TS_INTERNAL, drawing->plan->reason, "The renderer's answer is no message.");
    return rpc_fail(call);
}

// Once more for a renderer that died of another's picture; whoever lets it die twice is told.
static struct rpc_verdict ask_again(struct rpc_call *call, int stage, uint64_t delay_ms)
{
    enum { LOST_MOST = 2 };
    struct drawing *drawing = call->state;
    drawing->number = 0;
    if (++drawing->lost < LOST_MOST)
        return rpc_wait_ms(call, delay_ms, stage);
    error_set(&call->error, TS_UNAVAILABLE, drawing->plan->reason, "%s", drawing->plan->lost);
    return rpc_fail(call);
}

struct rpc_verdict drawing_wait(struct rpc_call *call, int stage)
{
    enum { LOOK_AGAIN_MS = 10 };
    struct drawing *drawing = call->state;
    const uint8_t *reply;
    size_t length;
    if (drawing->number == 0)
        drawing->number = sheets_ask_picture(works_of(call), drawing->request.data, drawing->request.len);
    if (drawing->number == 0)
        return rpc_wait_ms(call, LOOK_AGAIN_MS, stage);
    switch (sheets_take_picture(works_of(call), drawing->number, &reply, &length)) {
    case SHEETS_PICTURE_DONE:
        return go_on(call, reply, length);
    case SHEETS_PICTURE_LOST:
        return ask_again(call, stage, LOOK_AGAIN_MS);
    default:
        return rpc_wait_ms(call, LOOK_AGAIN_MS, stage);
    }
}

struct rpc_verdict
drawing_answer(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply, const char *refused,
               struct rpc_verdict (*answer)(struct rpc_call *call, ProtobufCBinaryData picture))
{
    if (!*reply->error)
        return answer(call, reply->picture);
    error_set(&call->error, TS_INVALID_ARGUMENT, refused, "%s", reply->error);
    return rpc_fail(call);
}

// An SVG that is written whole. False when it has no room.
static bool take(struct rpc_call *call, struct text *svg, ProtobufCBinaryData *ret_picture)
{
    size_t length = svg->length;
    char *bytes = text_finish(svg);
    if (!bytes)
        return no_memory(call);
    *ret_picture = (ProtobufCBinaryData){.len = length, .data = (uint8_t *)bytes};
    return true;
}

static struct rpc_verdict reply_svg(struct rpc_call *call, const struct drawing_picture *picture,
                                    const ProtobufCMessage *message)
{
    ProtobufCBinaryData drawn;
    struct text svg;
    text_init(&svg, call->arena);
    if (!picture->write_svg(call, message, &svg) || !take(call, &svg, &drawn))
        return rpc_fail(call);
    return picture->reply(call, drawn);
}

static struct rpc_verdict ask_png(struct rpc_call *call, const struct drawing_picture *picture,
                                  const ProtobufCMessage *message, int stage)
{
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    ProtobufCBinaryData packed;
    if (!pack(call, message, &packed))
        return rpc_fail(call);
    picture->ask(&request, packed);
    return drawing_begin(call, &request, &picture->png, stage);
}

struct rpc_verdict drawing_step(struct rpc_call *call, const struct drawing_picture *picture)
{
    enum { PICTURE = SQL_STEP_ANSWER + 1 };
    if (call->stage == RPC_STAGE_FIRST)
        return sql_step_begin(call);
    if (call->stage == PICTURE)
        return drawing_wait(call, PICTURE);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    const ProtobufCMessage *message = picture->read(call);
    if (!message)
        return rpc_fail(call);
    return picture->wants_png(call) ? ask_png(call, picture, message, PICTURE)
                                    : reply_svg(call, picture, message);
}
