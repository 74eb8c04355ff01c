// SPDX-License-Identifier: Apache-2.0
// DownloadSheet, FetchSheet and DownloadSlip: a PDF in pieces, as fast as the client reads. The sealed one is
// read; one that is still being drawn is looked for again within the call's deadline. Card, share and slip
// are drawn here, from the parts that the database hands over, and kept nowhere.
#include "db/bytea.h"
#include "db/value.h"
#include "lab/drawing.h"
#include "lab/lab.h"
#include "lab/sheet_codes.h"
#include "lab/sheets.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/sql_step.h"
#include "touchstone/internal/v1/sheet.pb-c.h"
#include "touchstone/v1/public.pb-c.h"
#include "touchstone/v1/sheet.pb-c.h"
#include "wire/json_message.h"

#include <string.h>

enum { PIECE_BYTES = 64 * 1024, LOOK_AGAIN_MS = 100 };
enum { READ = RPC_STAGE_FIRST, SEND = SQL_STEP_ANSWER + 1, DRAWN };

struct download {
    Touchstone__V1__Sheet *sheet; // goes with the first piece of the sealed one
    uint8_t *pdf;
    size_t length, sent;
};

static bool is_slip(const struct rpc_call *call)
{
    return call->request->descriptor == &touchstone__v1__download_slip_request__descriptor;
}

static bool is_fetch(const struct rpc_call *call)
{
    return call->request->descriptor == &touchstone__v1__fetch_sheet_request__descriptor;
}

// What anybody may ask has its refusal before the document.
static int document_column(const struct rpc_call *call)
{
    return is_fetch(call) ? 2 : 1;
}

static struct download *read_download(struct rpc_call *call, Touchstone__V1__Sheet *sheet)
{
    struct download *download = arena_alloc(call->arena, sizeof *download);
    if (!download) {
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The sheet is too large to send.");
        return NULL;
    }
    int column = document_column(call);
    memset(download, 0, sizeof *download);
    download->sheet = sheet;
    if (!bytea_decode(call->row.value[column], call->row.length[column], call->arena, &download->pdf,
                      &download->length, &call->error))
        return NULL;
    return download;
}

static bool send_piece(struct rpc_call *call, const struct download *download, ProtobufCBinaryData data)
{
    Touchstone__V1__DownloadSheetResponse sheet = TOUCHSTONE__V1__DOWNLOAD_SHEET_RESPONSE__INIT;
    Touchstone__V1__DownloadSlipResponse slip = TOUCHSTONE__V1__DOWNLOAD_SLIP_RESPONSE__INIT;
    sheet.sheet = download->sent == 0 ? download->sheet : NULL;
    sheet.data = slip.data = data;
    return rpc_send(call, is_slip(call) ? &slip.base : &sheet.base);
}

static struct rpc_verdict send_pieces(struct rpc_call *call)
{
    struct download *download = call->state;
    while (download->sent < download->length) {
        size_t left = download->length - download->sent;
        ProtobufCBinaryData data = {left < PIECE_BYTES ? left : PIECE_BYTES, download->pdf + download->sent};
        if (!send_piece(call, download, data))
            return call->error.status == TS_OK ? rpc_wait_writable(call, SEND) : rpc_fail(call);
        download->sent += data.len;
    }
    return rpc_end(call);
}

// ---- what is drawn on demand

static struct rpc_verdict drawn(struct rpc_call *call, const Touchstone__Internal__V1__RenderReply *reply)
{
    struct download *download = arena_alloc(call->arena, sizeof *download);
    if (*reply->error) {
        error_set(&call->error, TS_FAILED_PRECONDITION, "SHEET_NOT_DRAWN", "It cannot be drawn: %s",
                  reply->error);
        return rpc_fail(call);
    }
    if (!download) {
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "It is too large to send.");
        return rpc_fail(call);
    }
    *download = (struct download){.pdf = reply->pdf.data, .length = reply->pdf.len};
    call->state = download;
    return send_pieces(call);
}

enum { PART_RECORD, PART_PHOTO, PART_COSE, PART_SEAL, PART_CMA, PART_CNAS, PARTS };

// The parts stand one behind the other in the blob.
static bool split(struct rpc_call *call, const Touchstone__Internal__V1__SheetParts *told,
                  ProtobufCBinaryData parts[PARTS])
{
    uint8_t *bytes;
    size_t length, at = 0;
    int column = document_column(call);
    if (!bytea_decode(call->row.value[column], call->row.length[column], call->arena, &bytes, &length,
                      &call->error))
        return false;
    for (size_t i = 0; i < PARTS; i++) {
        size_t size = i < told->n_sizes && told->sizes[i] > 0 ? (size_t)told->sizes[i] : 0;
        if (size > length - at)
            return error_set(&call->error, TS_INTERNAL, "SHEET_PARTS",
                             "The parts of the sheet do not add up.");
        parts[i] = (ProtobufCBinaryData){size, bytes + at};
        at += size;
    }
    return true;
}

static Touchstone__V1__SheetDocument asked_document(const struct rpc_call *call)
{
    const Touchstone__V1__FetchSheetRequest *fetch = (const void *)call->request;
    const Touchstone__V1__DownloadSheetRequest *download = (const void *)call->request;
    return is_fetch(call) ? fetch->document : download->document;
}

static Touchstone__Internal__V1__SheetDocument document_of(const struct rpc_call *call)
{
    if (is_slip(call))
        return TOUCHSTONE__INTERNAL__V1__SHEET_DOCUMENT__SHEET_DOCUMENT_SLIP;
    return asked_document(call) == TOUCHSTONE__V1__SHEET_DOCUMENT__SHEET_DOCUMENT_CARD
               ? TOUCHSTONE__INTERNAL__V1__SHEET_DOCUMENT__SHEET_DOCUMENT_CARD
               : TOUCHSTONE__INTERNAL__V1__SHEET_DOCUMENT__SHEET_DOCUMENT_SHARE;
}

static bool fill_codes(struct rpc_call *call, const char *sheet_no, const ProtobufCBinaryData *cose,
                       Touchstone__Internal__V1__RenderRequest *request)
{
    struct sheet_codes codes;
    const struct lab *lab = dispatch_lab(call->dispatch);
    if (cose->len == 0)
        return true;
    if (!sheet_codes_make(sheets_host(lab->sheets), sheet_no, cose->data, cose->len, call->arena, &codes,
                          &call->error))
        return false;
    request->qr = (char *)(uintptr_t)codes.full;
    request->small_qr = (char *)(uintptr_t)codes.small;
    return true;
}

static struct rpc_verdict draw_parts(struct rpc_call *call)
{
    static const struct drawing_plan PLAN = {"SHEET_NOT_DRAWN",
                                             "The renderer gave no page, twice. Try again later.", drawn};
    Touchstone__Internal__V1__RenderRequest request = TOUCHSTONE__INTERNAL__V1__RENDER_REQUEST__INIT;
    ProtobufCBinaryData parts[PARTS];
    const Touchstone__Internal__V1__SheetParts *told =
        (const void *)json_message_read(&touchstone__internal__v1__sheet_parts__descriptor,
                                        call->row.value[0], call->row.length[0], call->arena, &call->error);
    if (!told || !split(call, told, parts) || !fill_codes(call, told->sheet_no, &parts[PART_COSE], &request))
        return rpc_fail_answer(call);
    request.record = parts[PART_RECORD];
    request.photo = parts[PART_PHOTO];
    request.seal_picture = parts[PART_SEAL];
    request.cma_picture = parts[PART_CMA];
    request.cnas_picture = parts[PART_CNAS];
    request.document = document_of(call);
    request.standing_since = told->standing_since;
    if (strcmp(told->standing, "superseded") == 0)
        request.standing = TOUCHSTONE__INTERNAL__V1__SHEET_STANDING__SHEET_STANDING_SUPERSEDED;
    else if (*told->standing)
        request.standing = TOUCHSTONE__INTERNAL__V1__SHEET_STANDING__SHEET_STANDING_WITHDRAWN;
    return drawing_begin(call, &request, &PLAN, DRAWN);
}

struct rpc_verdict step_slip(struct rpc_call *call)
{
    switch (call->stage) {
    case READ:
        return sql_step_begin(call);
    case SEND:
        return send_pieces(call);
    case DRAWN:
        return drawing_wait(call, DRAWN);
    default:
        return sql_step_accepted(call) ? draw_parts(call) : rpc_fail(call);
    }
}

// ---- the sealed sheet

// The answer is a DownloadSheetResponse, or a FetchSheetResponse, which is the same on the wire, whose sheet
// says how far it is; the document is in that column.
static struct rpc_verdict answer_file(struct rpc_call *call)
{
    Touchstone__V1__DownloadSheetResponse *found =
        (void *)json_message_read(&touchstone__v1__download_sheet_response__descriptor, call->row.value[0],
                                  call->row.length[0], call->arena, &call->error);
    if (!found)
        return rpc_fail_answer(call);
    call->state = read_download(call, found->sheet);
    return call->state ? send_pieces(call) : rpc_fail(call);
}

// The file is there when it is sealed, the parts of the others when the statement is in the log.
static struct rpc_verdict answer(struct rpc_call *call)
{
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    if (!call->row.value[document_column(call)])
        return rpc_wait_ms(call, LOOK_AGAIN_MS, READ);
    return asked_document(call) == TOUCHSTONE__V1__SHEET_DOCUMENT__SHEET_DOCUMENT_UNSPECIFIED
               ? answer_file(call)
               : draw_parts(call);
}

struct rpc_verdict step_download(struct rpc_call *call)
{
    switch (call->stage) {
    case READ:
        return sql_step_begin(call);
    case SEND:
        return send_pieces(call);
    case DRAWN:
        return drawing_wait(call, DRAWN);
    default:
        return answer(call);
    }
}

static struct rpc_verdict ask_fetch(struct rpc_call *call)
{
    static const char *const WORDS[] = {"", "card", "share"};
    const Touchstone__V1__FetchSheetRequest *asked = (const void *)call->request;
    const struct db_value values[] = {value_text(asked->receipt_code), value_text(asked->phone_last4),
                                      value_text(asked->sheet_no), value_text(WORDS[asked->document])};
    return rpc_wait_sql(call, STATEMENT_PUBLIC_FETCH_SHEET, values, SQL_STEP_ANSWER);
}

struct rpc_verdict step_fetch_sheet(struct rpc_call *call)
{
    switch (call->stage) {
    case READ:
        return ask_fetch(call);
    case SEND:
        return send_pieces(call);
    case DRAWN:
        return drawing_wait(call, DRAWN);
    default:
        return answer(call);
    }
}
