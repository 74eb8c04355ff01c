// SPDX-License-Identifier: Apache-2.0
// DownloadSheet and FetchSheet: the sealed PDF in pieces, as fast as the client reads. A sheet that is still
// being drawn is looked for again within the call's deadline.
#include "db/bytea.h"
#include "lab/public.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/sheet.pb-c.h"
#include "wire/json_message.h"

#include <string.h>

enum { PIECE_BYTES = 64 * 1024, LOOK_AGAIN_MS = 100 };

struct download {
    Touchstone__V1__Sheet *sheet; // goes with the first piece
    uint8_t *pdf;
    size_t length, sent;
};

static struct download *read_download(struct rpc_call *call, Touchstone__V1__Sheet *sheet, int column)
{
    struct download *download = arena_alloc(call->arena, sizeof *download);
    if (!download) {
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The sheet is too large to send.");
        return NULL;
    }
    memset(download, 0, sizeof *download);
    download->sheet = sheet;
    if (!bytea_decode(call->row.value[column], call->row.length[column], call->arena, &download->pdf,
                      &download->length, &call->error))
        return NULL;
    return download;
}

static struct rpc_verdict send_pieces(struct rpc_call *call, int stage)
{
    struct download *download = call->state;
    while (download->sent < download->length) {
        Touchstone__V1__DownloadSheetResponse piece = TOUCHSTONE__V1__DOWNLOAD_SHEET_RESPONSE__INIT;
        size_t left = download->length - download->sent;
        piece.sheet = download->sent == 0 ? download->sheet : NULL;
        piece.data.data = download->pdf + download->sent;
        piece.data.len = left < PIECE_BYTES ? left : PIECE_BYTES;
        if (!rpc_send(call, &piece.base))
            return call->error.status == TS_OK ? rpc_wait_writable(call, stage) : rpc_fail(call);
        download->sent += piece.data.len;
    }
    return rpc_end(call);
}

// The answer is a DownloadSheetResponse, or a FetchSheetResponse, which is the same on the wire, whose sheet
// says how far it is; the document is in that column.
static struct rpc_verdict answer(struct rpc_call *call, int column, int read_stage, int send_stage)
{
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    Touchstone__V1__DownloadSheetResponse *found =
        (void *)json_message_read(&touchstone__v1__download_sheet_response__descriptor, call->row.value[0],
                                  call->row.length[0], call->arena, &call->error);
    if (!found)
        return rpc_fail_answer(call);
    if (!call->row.value[column])
        return rpc_wait_ms(call, LOOK_AGAIN_MS, read_stage);
    call->state = read_download(call, found->sheet, column);
    return call->state ? send_pieces(call, send_stage) : rpc_fail(call);
}

struct rpc_verdict step_download(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, SEND };
    switch (call->stage) {
    case READ:
        return sql_step_begin(call);
    case SEND:
        return send_pieces(call, SEND);
    default:
        return answer(call, 1, READ, SEND);
    }
}

struct rpc_verdict step_fetch_sheet(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, SEND };
    switch (call->stage) {
    case READ:
        return public_ask(call, STATEMENT_PUBLIC_FETCH_SHEET,
                          (const char *[]){"receipt_code", "phone_last4", "sheet_no"}, 3);
    case SEND:
        return send_pieces(call, SEND);
    default:
        return answer(call, 2, READ, SEND);
    }
}
