// SPDX-License-Identifier: Apache-2.0
// See log_batch.h.
#include "lab/log_batch.h"

#include "core/log.h"
#include "core/require.h"
#include "db/bytea.h"
#include "evidence/statement.h"
#include "lab/log_messages.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD, REQUEST_NO, SHEET_NO, RECORD, COLUMNS };

static bool fail_memory(struct ts_error *error)
{
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a batch of the log.");
}

// The salt keeps the entry's digest from telling the results (docs/evidence.md); it is drawn anew for every
// try, and only what is entered counts.
static bool state(struct log_batch *batch, const PGresult *rows, int row, struct ts_error *error)
{
    uint8_t salt[STATEMENT_SALT_BYTES], *record;
    size_t length, place = batch->count;
    uint64_t index = strtoull(batch->head, NULL, 10) + place;
    if (RAND_bytes(salt, sizeof salt) != 1)
        return error_set(error, TS_INTERNAL, "NO_RANDOM", "The system gives no random bytes.");
    return bytea_decode(PQgetvalue(rows, row, RECORD), (size_t)PQgetlength(rows, row, RECORD), batch->arena,
                        &record, &length, error) &&
           statement_from_record((const char *)record, length, index, salt, batch->arena,
                                 &batch->payloads[place], &batch->payload_lengths[place], error);
}

static bool park(struct log_batch *batch, const char *number, struct ts_error *error)
{
    batch->parked = batch->parked ? arena_printf(batch->arena, "%.*s,%s}", (int)strlen(batch->parked) - 1,
                                                 batch->parked, number)
                                  : arena_printf(batch->arena, "{%s}", number);
    return batch->parked || fail_memory(error);
}

// A sheet that cannot be stated holds up nobody else: it is told, and waits apart for a while.
static bool read_row(struct log_batch *batch, const PGresult *rows, int row, struct ts_error *error)
{
    static uint8_t nothing[1];
    const char *number = PQgetvalue(rows, row, REQUEST_NO);
    struct ts_error why = {0};
    batch->requests[batch->count] = arena_copy(batch->arena, number, strlen(number));
    batch->payloads[batch->count] = batch->coses[batch->count] = nothing;
    if (!batch->requests[batch->count])
        return fail_memory(error);
    if (PQgetisnull(rows, row, SHEET_NO)) {
        batch->count++;
    } else if (PQgetisnull(rows, row, RECORD)) {
        return true; // not seen yet: it comes with the next look
    } else if (state(batch, rows, row, &why)) {
        batch->count++;
        batch->sheets++;
    } else {
        batch->payload_lengths[batch->count] = 0;
        log_write(LOG_ERROR, "sheet_not_stated", "sheet_no", PQgetvalue(rows, row, SHEET_NO), "reason",
                  why.reason, "error", why.detail, NULL);
        return park(batch, number, error);
    }
    return true;
}

bool log_batch_read(const PGresult *rows, struct arena *arena, struct log_batch *ret_batch,
                    struct ts_error *error)
{
    struct log_batch *batch = ret_batch;
    require(PQnfields(rows) == COLUMNS && PQntuples(rows) > 0 && PQntuples(rows) <= LOG_BATCH_MOST);
    memset(batch, 0, sizeof *batch);
    batch->arena = arena;
    batch->head = arena_copy(arena, PQgetvalue(rows, 0, HEAD), (size_t)PQgetlength(rows, 0, HEAD));
    if (!batch->head)
        return fail_memory(error);
    for (int row = 0; row < PQntuples(rows); row++)
        if (!read_row(batch, rows, row, error))
            return false;
    return true;
}

bool log_batch_ask(const struct log_batch *batch, uint8_t **ret_request, size_t *ret_length,
                   struct ts_error *error)
{
    ProtobufCBinaryData payloads[LOG_BATCH_MOST];
    Touchstone__Internal__V1__SignStatementsRequest statements =
        TOUCHSTONE__INTERNAL__V1__SIGN_STATEMENTS_REQUEST__INIT;
    Touchstone__Internal__V1__SignerRequest envelope = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__INIT;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->payload_lengths[i] > 0)
            payloads[statements.n_payloads++] =
                (ProtobufCBinaryData){batch->payload_lengths[i], batch->payloads[i]};
    statements.payloads = payloads;
    envelope.request_case = TOUCHSTONE__INTERNAL__V1__SIGNER_REQUEST__REQUEST_STATEMENTS;
    envelope.statements = &statements;
    *ret_length = protobuf_c_message_get_packed_size(&envelope.base);
    *ret_request = arena_alloc(batch->arena, *ret_length + 1);
    if (!*ret_request)
        return fail_memory(error);
    protobuf_c_message_pack(&envelope.base, *ret_request);
    return true;
}

bool log_batch_take(struct log_batch *batch, const uint8_t *reply, size_t length, struct ts_error *error)
{
    const Touchstone__Internal__V1__SignerReply *answer;
    size_t taken = 0;
    if (!log_messages_read(batch->arena, reply, length, &answer, error))
        return false;
    if (answer->n_coses != batch->sheets)
        return error_set(error, TS_INTERNAL, "SIGNER_WRONG", "The signer did not sign every statement.");
    for (size_t i = 0; i < batch->count; i++)
        if (batch->payload_lengths[i] > 0) {
            batch->coses[i] = answer->coses[taken].data;
            batch->cose_lengths[i] = answer->coses[taken++].len;
        }
    return true;
}

bool log_batch_values(const struct log_batch *batch, const uint8_t kid[LOG_BATCH_KID_BYTES],
                      struct db_value ret_values[LOG_BATCH_VALUES], struct ts_error *error)
{
    struct text numbers;
    text_init(&numbers, batch->arena);
    for (size_t i = 0; i < batch->count; i++)
        text_printf(&numbers, "%c%s", i ? ',' : '{', batch->requests[i]);
    text_put_char(&numbers, '}');
    const char *requests = text_finish(&numbers);
    ret_values[0] = value_text(batch->head);
    ret_values[1] = value_bytea(kid, LOG_BATCH_KID_BYTES);
    ret_values[2] = value_text(requests);
    if (!requests ||
        !value_bytea_array(batch->arena, (const void *const *)batch->payloads, batch->payload_lengths,
                           batch->count, &ret_values[3]) ||
        !value_bytea_array(batch->arena, (const void *const *)batch->coses, batch->cose_lengths, batch->count,
                           &ret_values[4]))
        return fail_memory(error);
    return true;
}
