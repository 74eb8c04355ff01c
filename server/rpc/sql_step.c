// SPDX-License-Identifier: Apache-2.0
// The generic step, see sql_step.h: one business act is one SQL function in one round trip. Reads take
// (token hash, request); writes take the idempotency key and the hash of what was asked besides.
#include "rpc/sql_step.h"

#include "auth/sha256.h"
#include "db/value.h"
#include "rpc/call.h"
#include "touchstone/internal/v1/rpc_status.pb-c.h"
#include "wire/json_message.h"

#include <openssl/evp.h>
#include <string.h>

static struct rpc_verdict fail_memory(struct rpc_call *call)
{
    error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
              "The request needs too much memory. Split it.");
    return rpc_fail(call);
}

// SHA-256 of the request in its JSON form, which does not depend on how a client encoded it, and of its
// pictures. Secrets are in neither.
static bool hash_request(const struct json_text *json, uint8_t ret_hash[32])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool held = context && EVP_DigestInit_ex(context, sha256_method(), NULL) == 1 &&
                EVP_DigestUpdate(context, json->text, json->length) == 1;
    for (size_t i = 0; held && i < json->blob_count; i++) {
        uint64_t length = json->blobs[i]->len;
        held = EVP_DigestUpdate(context, &length, sizeof length) == 1 &&
               EVP_DigestUpdate(context, json->blobs[i]->data, json->blobs[i]->len) == 1;
    }
    held = held && EVP_DigestFinal_ex(context, ret_hash, NULL) == 1;
    EVP_MD_CTX_free(context);
    return held;
}

static bool blob_array(struct rpc_call *call, const struct json_text *json, struct db_value *ret_value)
{
    const void **data = arena_alloc(call->arena, (json->blob_count + 1) * sizeof *data);
    size_t *lengths = arena_alloc(call->arena, (json->blob_count + 1) * sizeof *lengths);
    if (!data || !lengths)
        return false;
    for (size_t i = 0; i < json->blob_count; i++) {
        data[i] = json->blobs[i]->data;
        lengths[i] = json->blobs[i]->len;
    }
    return value_bytea_array(call->arena, data, lengths, json->blob_count, ret_value);
}

// {...request..., "daemon": {...}}: the daemon's own members come last, under a key no message has.
static const char *with_daemon_members(struct rpc_call *call, const struct json_text *json)
{
    if (!call->daemon_json)
        return json->text;
    const char *comma = json->length > 2 ? "," : "";
    return arena_printf(call->arena, "%.*s%s\"daemon\":{%s}}", (int)json->length - 1, json->text, comma,
                        call->daemon_json);
}

struct rpc_verdict sql_step_ask(struct rpc_call *call, size_t statement, int stage)
{
    struct json_text json;
    if (!json_message_write_for_sql(call->request, call->arena, &json, &call->error))
        return rpc_fail(call);
    const struct db_value values[] = {value_bytea(call->token_hash, sizeof call->token_hash),
                                      value_text(json.text)};
    return rpc_wait_sql(call, statement, values, stage);
}

bool sql_step_hand_over(struct rpc_call *call, const ProtobufCMessage *decision)
{
    struct json_text json;
    if (!json_message_write(decision, call->arena, &json, &call->error))
        return false;
    // Without its braces: with_daemon_members() puts them into an object.
    call->daemon_json = arena_copy(call->arena, json.text + 1, json.length - 2);
    return call->daemon_json ||
           error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
}

struct rpc_verdict sql_step_begin(struct rpc_call *call)
{
    struct json_text json;
    struct db_value values[5] = {value_bytea(call->token_hash, sizeof call->token_hash)};
    if (!json_message_write_for_sql(call->request, call->arena, &json, &call->error))
        return rpc_fail(call);
    const char *request = with_daemon_members(call, &json);
    if (!request)
        return fail_memory(call);
    if (!call->method->is_write) {
        values[1] = value_text(request);
        return rpc_wait_sql(call, call->method->statement, values, SQL_STEP_ANSWER);
    }
    const char *request_id = rpc_request_text(call, "request_id");
    uint8_t hash[32];
    if (!hash_request(&json, hash) || !blob_array(call, &json, &values[4]))
        return fail_memory(call);
    values[1] = value_text(*request_id ? request_id : NULL);
    values[2] = value_bytea(hash, sizeof hash);
    values[3] = value_text(request);
    return rpc_wait_sql(call, call->method->statement, values, SQL_STEP_ANSWER);
}

static bool read_refusal(struct rpc_call *call, const char *json, size_t length)
{
    const Touchstone__Internal__V1__Refusal *refusal = (const void *)json_message_read(
        &touchstone__internal__v1__refusal__descriptor, json, length, call->arena, &call->error);
    if (!refusal)
        return false;
    error_set(&call->error, (enum ts_status)refusal->status, refusal->reason, "%s", refusal->message);
    if (*refusal->field && refusal->status == TS_INVALID_ARGUMENT) {
        error_violation(&call->error, refusal->field, "%s", refusal->message);
        strncpy(call->error.reason, refusal->reason, sizeof call->error.reason - 1);
    }
    if (strlen(refusal->metadata) < sizeof call->error.metadata) // half a JSON object is worse than none
        strcpy(call->error.metadata, refusal->metadata);
    return false;
}

bool sql_step_accepted(struct rpc_call *call)
{
    // Of a read with a session the second column is a document; what anybody may ask has none in between.
    if ((call->method->is_write || !call->method->needs_session) && call->row.value[1])
        return read_refusal(call, call->row.value[1], call->row.length[1]);
    if (!call->row.value[0])
        return error_set(&call->error, TS_NOT_FOUND, "NOT_FOUND", "There is no such thing, or not for you.");
    return true;
}

struct rpc_verdict sql_step_answer(struct rpc_call *call)
{
    if (call->method->answers_rows)
        return rpc_reply_bytes(call, call->row.response, call->row.response_length);
    if (!sql_step_accepted(call))
        return rpc_fail(call);
    return rpc_reply_json(call, call->row.value[0], call->row.length[0]);
}

struct rpc_verdict rpc_step_sql(struct rpc_call *call)
{
    return call->stage == RPC_STAGE_FIRST ? sql_step_begin(call) : sql_step_answer(call);
}
