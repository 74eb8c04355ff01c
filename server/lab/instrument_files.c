// SPDX-License-Identifier: Apache-2.0
// Where the reader of instrument files meets the calls: a profile is checked before it is saved, a file is
// read by the profile that the database holds, on a worker, and its values go to the act. Which items and
// tests they are, and whether they may be entered, the database says.
#include "auth/sha256.h"
#include "db/value.h"
#include "formula/units.h"
#include "instrument/file.h"
#include "instrument/layout.h"
#include "lab/statements.h"
#include "lab/steps.h"
#include "rpc/call.h"
#include "rpc/sql_step.h"
#include "touchstone/v1/instrument.pb-c.h"
#include "wire/json_message.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum { HASH_BYTES = 32 };

struct file_work {
    const ProtobufCBinaryData *content;
    char sha256[2 * HASH_BYTES + 1];
    const Touchstone__Internal__V1__InstrumentContext *context;
    Touchstone__Internal__V1__FoundValues *found;
};

static bool no_memory(struct rpc_call *call)
{
    return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The file is too large.");
}

static const Touchstone__Internal__V1__InstrumentContext *read_context(struct rpc_call *call)
{
    return (const void *)json_message_read(&touchstone__internal__v1__instrument_context__descriptor,
                                           call->row.value[0], call->row.length[0], call->arena,
                                           &call->error);
}

struct rpc_verdict step_save_profile(struct rpc_call *call)
{
    enum { READ = RPC_STAGE_FIRST, CHECK };
    const Touchstone__Internal__V1__InstrumentContext *context;
    struct formula_units units;
    switch (call->stage) {
    case READ:
        return sql_step_ask(call, STATEMENT_INSTRUMENT_LAYOUT_CONTEXT, CHECK);
    case CHECK:
        context = read_context(call);
        return context && units_read(context->unit_factors, call->arena, &units, &call->error) &&
                       layout_check(context, &units, &call->error)
                   ? sql_step_begin(call)
                   : rpc_fail(call);
    default:
        return sql_step_answer(call);
    }
}

static bool hash_content(struct file_work *work)
{
    uint8_t hash[HASH_BYTES];
    if (EVP_Digest(work->content->data, work->content->len, hash, NULL, sha256_method(), NULL) != 1)
        return false;
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(work->sha256 + 2 * i, 3, "%02x", hash[i]);
    return true;
}

static struct rpc_verdict ask_context(struct rpc_call *call, const ProtobufCBinaryData *content, int stage)
{
    struct file_work *work = arena_array(call->arena, 1, sizeof *work);
    struct json_text json;
    if (!work) {
        no_memory(call);
        return rpc_fail(call);
    }
    work->content = content;
    call->state = work;
    if (!hash_content(work)) {
        no_memory(call);
        return rpc_fail(call);
    }
    if (!json_message_write_for_sql(call->request, call->arena, &json, &call->error))
        return rpc_fail(call);
    const struct db_value values[] = {value_bytea(call->token_hash, sizeof call->token_hash),
                                      value_text(json.text), value_text(work->sha256)};
    return rpc_wait_sql(call, STATEMENT_INSTRUMENT_FILE_CONTEXT, values, stage);
}

// On a worker: a megabyte takes longer than the loop may wait.
static bool read_file(struct rpc_call *call)
{
    struct file_work *work = call->state;
    Touchstone__Internal__V1__FoundValues none = TOUCHSTONE__INTERNAL__V1__FOUND_VALUES__INIT;
    work->found = &none;
    if (!work->context->already_imported &&
        !file_read(work->context, (const char *)work->content->data, work->content->len, call->arena,
                   &work->found, &call->error))
        return false;
    work->found->sha256 = work->sha256;
    bool handed = sql_step_hand_over(call, &work->found->base);
    work->found = NULL;
    return handed;
}

static struct rpc_verdict step_file(struct rpc_call *call, const ProtobufCBinaryData *content)
{
    enum { READ = RPC_STAGE_FIRST, PARSE, ACT };
    struct file_work *work = call->state;
    switch (call->stage) {
    case READ:
        return ask_context(call, content, PARSE);
    case PARSE:
        work->context = read_context(call);
        return work->context ? rpc_wait_work(call, read_file, ACT) : rpc_fail(call);
    case ACT:
        return call->work_succeeded ? sql_step_begin(call) : rpc_fail(call);
    default:
        return sql_step_answer(call);
    }
}

struct rpc_verdict step_preview_file(struct rpc_call *call)
{
    return step_file(call, &((const Touchstone__V1__PreviewFileRequest *)call->request)->content);
}

struct rpc_verdict step_import_file(struct rpc_call *call)
{
    return step_file(call, &((const Touchstone__V1__ImportFileRequest *)call->request)->content);
}
