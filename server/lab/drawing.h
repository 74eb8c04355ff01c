// SPDX-License-Identifier: Apache-2.0
// What a call has drawn by the renderer, between two sheets: pack, ask, wait, and go on with the reply. Uses
// call->state while it waits.
#pragma once

#include "rpc/method.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <stdbool.h>

struct rpc_call;
struct text;

// How a step goes on, and what it says when the renderer died of it twice.
struct drawing_plan {
    const char *reason, *lost;
    // The reply lives in the call's arena; its `error` is "" or says what cannot be drawn.
    struct rpc_verdict (*done)(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply);
};

// A message as the renderer reads it, and an SVG that is written whole: bytes in the call's arena. False when
// it has no room, which the call's error then says.
bool drawing_pack(struct rpc_call *call, const ProtobufCMessage *message, ProtobufCBinaryData *ret_packed);
bool drawing_take(struct rpc_call *call, struct text *svg, ProtobufCBinaryData *ret_picture);

// Asks and waits: the step calls drawing_wait at `stage` from then on. `plan` is of static life.
struct rpc_verdict drawing_begin(struct rpc_call *call,
                                 const Touchstone__Internal__V1__RenderRequest *request,
                                 const struct drawing_plan *plan, int stage);
struct rpc_verdict drawing_wait(struct rpc_call *call, int stage);
