// SPDX-License-Identifier: Apache-2.0
// See log_works_steps.h: what the signer promises to the public, asked for and stored. Each step may be
// repeated; a checkpoint that was signed and not stored is signed again.
#include "lab/log_works_steps.h"

#include "core/clock.h"
#include "db/bytea.h"
#include "lab/statements.h"

#include <stdio.h>
#include <stdlib.h>

// ---- checkpoint

static void on_checkpoint_stored(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (!log_works_rows(works, "checkpoint", outcome))
        return;
    works->mark = strtoull(works->size, NULL, 10);
    works->is_forked = false;
    works->config.entered(works->config.context);
    log_works_look(works);
}

static void on_checkpoint_signed(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    const Touchstone__Internal__V1__SignerReply *reply = log_works_reply(works, "checkpoint", bytes, length);
    if (!reply)
        return;
    const struct db_value values[] = {value_text(works->size), value_bytea(works->root, LOG_WORKS_HASH_BYTES),
                                      value_text(reply->note)};
    log_works_submit(works, STATEMENT_LOG_CHECKPOINT_DONE, values, on_checkpoint_stored);
}

static void on_checkpoint_asked(void *context, const struct db_outcome *outcome)
{
    enum { SIZE, ROOT, PROOF };
    struct log_works *works = context;
    const PGresult *rows = log_works_rows(works, "checkpoint", outcome);
    struct ts_error error = {0};
    uint8_t *proof;
    size_t root_length, proof_length;
    if (!rows)
        return;
    if (PQntuples(rows) == 0) { // the database has become shorter than the mark
        log_works_end(works, 0);
        return;
    }
    snprintf(works->size, sizeof works->size, "%s", PQgetvalue(rows, 0, SIZE));
    if (!bytea_decode(PQgetvalue(rows, 0, ROOT), (size_t)PQgetlength(rows, 0, ROOT), works->arena,
                      &works->root, &root_length, &error) ||
        !bytea_decode(PQgetvalue(rows, 0, PROOF), (size_t)PQgetlength(rows, 0, PROOF), works->arena, &proof,
                      &proof_length, &error) ||
        root_length != LOG_WORKS_HASH_BYTES)
        log_works_fail(works, "checkpoint", &error);
    else
        log_works_ask(works,
                      log_messages_checkpoint(works->arena, strtoull(works->size, NULL, 10), works->root,
                                              proof, proof_length),
                      on_checkpoint_signed);
}

void log_works_checkpoint(struct log_works *works)
{
    char mark[LOG_WORKS_NUMBER_SIZE];
    snprintf(mark, sizeof mark, "%llu", (unsigned long long)works->mark);
    const struct db_value values[] = {value_text(mark)};
    log_works_submit(works, STATEMENT_LOG_CHECKPOINT_ASK, values, on_checkpoint_asked);
}

// ---- status lists

static void on_status_stored(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    works->has_news = true;
    if (log_works_rows(works, "status", outcome))
        log_works_look(works);
}

static void on_status_signed(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    const Touchstone__Internal__V1__SignerReply *reply = log_works_reply(works, "status", bytes, length);
    if (!reply)
        return;
    const struct db_value values[] = {value_text(works->shard), value_text(works->size),
                                      value_text(reply->note)};
    log_works_submit(works, STATEMENT_LOG_STATUS_DONE, values, on_status_stored);
}

static void on_status_asked(void *context, const struct db_outcome *outcome)
{
    enum { SIZE, LIST };
    struct log_works *works = context;
    const PGresult *rows = log_works_rows(works, "status", outcome);
    struct ts_error error = {0};
    uint8_t *list;
    size_t length;
    if (!rows)
        return;
    snprintf(works->size, sizeof works->size, "%s", PQgetvalue(rows, 0, SIZE));
    if (!bytea_decode(PQgetvalue(rows, 0, LIST), (size_t)PQgetlength(rows, 0, LIST), works->arena, &list,
                      &length, &error))
        log_works_fail(works, "status", &error);
    else
        log_works_ask(works,
                      log_messages_status(works->arena, (uint32_t)strtoul(works->shard, NULL, 10),
                                          strtoull(works->size, NULL, 10),
                                          (uint64_t)(clock_wall_us(NULL) / 1000000), list, length),
                      on_status_signed);
}

void log_works_status(struct log_works *works, const char *shard)
{
    snprintf(works->shard, sizeof works->shard, "%s", shard);
    const struct db_value values[] = {value_text(works->shard)};
    log_works_submit(works, STATEMENT_LOG_STATUS_ASK, values, on_status_asked);
}
