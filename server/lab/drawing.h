// SPDX-License-Identifier: Apache-2.0
// What a call has drawn by the renderer, between two sheets: pack, ask, wait, and go on with the reply; and
// the step of the calls that answer with a picture. Uses call->state while it waits.
#pragma once

#include "rpc/method.h"
#include "touchstone/internal/v1/helpers.pb-c.h"

#include <stdbool.h>

struct rpc_call;
struct text;

// Of a picture that the renderer died of twice, for a plan's reason and words.
#define DRAWING_LOST "CHART_PNG", "The renderer gave no picture, twice. Try again later, or ask for SVG."

// How a step goes on, and what it says when the renderer died of it twice.
struct drawing_plan {
    const char *reason, *lost;
    // The reply lives in the call's arena; its `error` is "" or says what cannot be drawn.
    struct rpc_verdict (*done)(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply);
};

// Asks and waits: the step calls drawing_wait at `stage` from then on. `plan` is of static life.
struct rpc_verdict drawing_begin(struct rpc_call *call,
                                 const Touchstone__Internal__V1__RenderRequest *request,
                                 const struct drawing_plan *plan, int stage);
struct rpc_verdict drawing_wait(struct rpc_call *call, int stage);

// A call that the database answers with what is to be drawn, and that answers with the picture of it: SVG is
// written here, PNG drawn by the renderer, which alone has cairo and the fonts.
struct drawing_picture {
    bool (*wants_png)(const struct rpc_call *call);
    // The message in the database's row; NULL when it cannot be read, which the call's error then says.
    const ProtobufCMessage *(*read)(struct rpc_call *call);
    bool (*write_svg)(struct rpc_call *call, const ProtobufCMessage *message, struct text *svg);
    // Puts the packed message where the renderer looks for it.
    void (*ask)(Touchstone__Internal__V1__RenderRequest *request, ProtobufCBinaryData message);
    struct drawing_plan png; // its `done` is drawing_answer with what only this call knows
    struct rpc_verdict (*reply)(struct rpc_call *call, ProtobufCBinaryData picture);
};

// `picture` is of static life.
struct rpc_verdict drawing_step(struct rpc_call *call, const struct drawing_picture *picture);

// The renderer's picture, or with `refused` as the reason what it cannot draw.
struct rpc_verdict
drawing_answer(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply, const char *refused,
               struct rpc_verdict (*answer)(struct rpc_call *call, ProtobufCBinaryData picture));
