// SPDX-License-Identifier: Apache-2.0
// Files attached to tests, and original records on paper. A picture is decoded by the sandboxed renderer, and
// name and caption are held against its fonts, before the act that keeps them; a print is drawn from what the
// database froze.
#include "db/bytea.h"
#include "lab/drawing.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/record.pb-c.h"
#include "touchstone/v1/record.pb-c.h"
#include "wire/json_message.h"
#include "wire/picture.h"

#include <string.h>

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The record is too large.");
}

// ---- AttachFile

static const char NAME[] = "name", CAPTION[] = "caption";

static struct rpc_verdict file_tried(struct rpc_call *call,
                                     const Touchstone__Internal__V1__RenderReply *reply)
{
    if (!*reply->error)
        return sql_step_begin(call);
    if (strcmp(reply->error_field, NAME) == 0 || strcmp(reply->error_field, CAPTION) == 0)
        error_violation(&call->error, reply->error_field, "%s", reply->error_description);
    else
        error_violation(&call->error, "content", "is a picture that cannot be drawn: %s", reply->error);
    return rpc_fail(call);
}

// The words with the picture, if it is one: text that came as the file itself is listed, and not drawn.
static struct rpc_verdict try_file(struct rpc_call *call, int stage)
{
    static const struct drawing_plan PLAN = {"FILE_NOT_TRIED",
                                             "The renderer did not come back from this file, twice. Save "
                                             "a picture anew as PNG or JPEG, and try again.",
                                             file_tried};
    const Touchstone__V1__AttachFileRequest *asked = (const void *)call->request;
    Touchstone__Internal__V1__TrialText name = TOUCHSTONE__INTERNAL__V1__TRIAL_TEXT__INIT, caption = name;
    Touchstone__Internal__V1__TrialText *texts[] = {&name, &caption};
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    name.field = (char *)(uintptr_t)NAME;
    name.text = asked->name;
    caption.field = (char *)(uintptr_t)CAPTION;
    caption.text = asked->caption;
    if (picture_begins(asked->content.data, asked->content.len)) { // what else it is the act says
        enum picture_fault fault = picture_check(asked->content.data, asked->content.len);
        if (fault != PICTURE_IS_WHOLE) {
            error_violation(&call->error, "content", "%s", picture_fault_text(fault, false));
            return rpc_fail(call);
        }
        request.trial = asked->content;
    }
    request.n_trial_texts = sizeof texts / sizeof texts[0];
    request.trial_texts = texts;
    return drawing_begin(call, &request, &PLAN, stage);
}

struct rpc_verdict step_attach_file(struct rpc_call *call)
{
    enum { SEEN = RPC_STAGE_FIRST + 1, TRIED };
    switch (call->stage) {
    case RPC_STAGE_FIRST:
        return sql_step_ask(call, STATEMENT_RECORD_ATTACH_CONTEXT, SEEN);
    case SEEN:
        return try_file(call, TRIED);
    case TRIED:
        return drawing_wait(call, TRIED);
    default:
        return sql_step_answer(call);
    }
}

// ---- DownloadOriginalRecord

enum { PIECE_BYTES = 64 * 1024 };

struct outgoing {
    ProtobufCBinaryData pdf;
    size_t sent;
};

enum { DRAWN = SQL_STEP_ANSWER + 1, SEND };

static struct rpc_verdict send_pieces(struct rpc_call *call)
{
    struct outgoing *outgoing = call->state;
    while (outgoing->sent < outgoing->pdf.len) {
        Touchstone__V1__DownloadOriginalRecordResponse piece =
            TOUCHSTONE__V1__DOWNLOAD_ORIGINAL_RECORD_RESPONSE__INIT;
        size_t left = outgoing->pdf.len - outgoing->sent;
        piece.data.data = outgoing->pdf.data + outgoing->sent;
        piece.data.len = left < PIECE_BYTES ? left : PIECE_BYTES;
        if (!rpc_send(call, &piece.base))
            return call->error.status == TS_OK ? rpc_wait_writable(call, SEND) : rpc_fail(call);
        outgoing->sent += piece.data.len;
    }
    return rpc_end(call);
}

static struct rpc_verdict record_drawn(struct rpc_call *call,
                                       const Touchstone__Internal__V1__RenderReply *reply)
{
    struct outgoing *outgoing = arena_alloc(call->arena, sizeof *outgoing);
    if (*reply->error) {
        error_set(&call->error, TS_FAILED_PRECONDITION, "RECORD_NOT_DRAWN", "The record cannot be drawn: %s",
                  reply->error);
        return rpc_fail(call);
    }
    if (!outgoing) {
        no_memory(call);
        return rpc_fail(call);
    }
    *outgoing = (struct outgoing){.pdf = reply->pdf};
    call->state = outgoing;
    return send_pieces(call);
}

// The blob is the record and its pictures, one behind the other.
static bool read_parts(struct rpc_call *call, Touchstone__Internal__V1__RenderRequest *request)
{
    uint8_t *bytes;
    size_t length, at = 0;
    const Touchstone__Internal__V1__PrintParts *parts =
        (const void *)json_message_read(&touchstone__internal__v1__print_parts__descriptor,
                                        call->row.value[0], call->row.length[0], call->arena, &call->error);
    if (!parts || !call->row.value[1] ||
        !bytea_decode(call->row.value[1], call->row.length[1], call->arena, &bytes, &length, &call->error))
        return false;
    request->pictures = arena_array(call->arena, parts->n_sizes + 1, sizeof *request->pictures);
    if (!request->pictures)
        return no_memory(call);
    for (size_t i = 0; i < parts->n_sizes; i++) {
        ProtobufCBinaryData part = {(size_t)parts->sizes[i], bytes + at};
        if (parts->sizes[i] < 0 || part.len > length - at)
            return error_set(&call->error, TS_INTERNAL, "RECORD_PARTS",
                             "The parts of the print do not add up.");
        if (i == 0)
            request->original = part;
        else
            request->pictures[request->n_pictures++] = part;
        at += part.len;
    }
    return true;
}

static struct rpc_verdict draw_record(struct rpc_call *call)
{
    static const struct drawing_plan PLAN = {
        "RECORD_NOT_DRAWN", "The renderer gave no record, twice. Try again later.", record_drawn};
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    return read_parts(call, &request) ? drawing_begin(call, &request, &PLAN, DRAWN) : rpc_fail_answer(call);
}

struct rpc_verdict step_download_record(struct rpc_call *call)
{
    switch (call->stage) {
    case RPC_STAGE_FIRST:
        return sql_step_begin(call);
    case DRAWN:
        return drawing_wait(call, DRAWN);
    case SEND:
        return send_pieces(call);
    default:
        return sql_step_accepted(call) ? draw_record(call) : rpc_fail(call);
    }
}
