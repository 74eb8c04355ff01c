// SPDX-License-Identifier: Apache-2.0
// See log_works.h. A cycle looks, does the one thing that comes first (enter, checkpoint, status list), looks
// again, and publishes when nothing is left. In reading order: identity, look, enter, checkpoint, status.
#include "lab/log_works.h"

#include "core/clock.h"
#include "core/log.h"
#include "db/bytea.h"
#include "db/pool.h"
#include "lab/helper.h"
#include "lab/issuing.h"
#include "lab/log_batch.h"
#include "lab/log_messages.h"
#include "lab/publisher.h"
#include "lab/statements.h"
#include "wire/arena.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum {
    ARENA_BYTES = 64 << 20,
    BATCH_MS = 200, // from one cycle's begin to the next
    IDLE_MS = 2000, // another daemon's release
    FAILED_MS = 1000,
    SETTLE_MS = 5000, // a signer that starts has answered by then
    FORKED_MS = 10000,
    PUBLISH_MS = 5000,
    HASH_BYTES = SHA256_DIGEST_LENGTH,
    NUMBER_SIZE = 24
};

#define LEASE_SECONDS "15"
#define NO_LEASE "0"

struct log_works {
    struct log_works_config config;
    struct publisher *publisher;
    uv_timer_t timer;
    struct db_ticket *ticket;
    struct arena *arena; // of one step
    struct log_batch *batch;
    char holder[LOG_MESSAGES_NAME_SIZE];
    uint8_t kid[LOG_BATCH_KID_BYTES];
    bool is_known, is_foreign; // the signer's keys are entered; its log is another
    uint64_t signer_life, mark, begun_ms;
    char size[NUMBER_SIZE], shard[NUMBER_SIZE]; // being signed
    uint8_t *root;
    bool is_forked;              // the signer said that the log does not continue its mark
    bool has_taken, has_entered; // in this cycle: a checkpoint comes first
    bool has_news;               // a status list was signed that is not published
    uint64_t published_ms;
    bool busy, asked_again, stopping;
    const char *halted;
    struct issuing issuing;
    int most; // requests in a batch; 1 while one that the signer refuses is looked for
    bool has_looked;
    uint64_t created_ms, told_ms;
};

static void begin(struct log_works *works);
static void look(struct log_works *works);

// ---- the cycle

static void on_timer(uv_timer_t *timer)
{
    begin(timer->data);
}

static void begin_in(struct log_works *works, uint64_t delay_ms)
{
    if (!works->stopping)
        uv_timer_start(&works->timer, on_timer, delay_ms, 0);
}

static void begin_soon(struct log_works *works)
{
    uint64_t since_ms = clock_monotonic_ms(NULL) - works->begun_ms;
    begin_in(works, since_ms < BATCH_MS ? BATCH_MS - since_ms : 0);
}

static void end(struct log_works *works, uint64_t delay_ms)
{
    arena_free(works->arena);
    works->arena = NULL;
    works->busy = false;
    if (works->asked_again)
        begin_soon(works);
    else
        begin_in(works, delay_ms);
    works->asked_again = false;
}

static void halt(struct log_works *works, const char *why)
{
    if (works->halted == why)
        return;
    works->halted = why;
    if (why)
        log_write(LOG_ERROR, "issuing_halted", "why", why, NULL);
    else
        log_write(LOG_INFO, "issuing_goes_on", NULL);
}

// What has changed is told to whoever shows it, and once to the log.
static void tell(struct log_works *works, bool was_refused)
{
    const char *why = log_works_halted(works);
    works->told_ms = clock_monotonic_ms(NULL);
    if (!was_refused && !works->halted && why)
        log_write(LOG_ERROR, "issuing_refused", "why", why, NULL);
    works->config.told(works->config.context, why, issuing_notice(&works->issuing));
}

static void fail(struct log_works *works, const char *step, const struct ts_error *error)
{
    log_write(LOG_ERROR, "log_failed", "step", step, "reason", error->reason, "error", error->detail, NULL);
    if (strcmp(error->reason, "MARK_BROKEN") == 0) {
        halt(works, issuing_mark_lost());
        tell(works, true);
    }
    works->is_known = false; // whoever the signer is now, it is asked again
    works->asked_again = false;
    end(works, works->is_forked ? FORKED_MS : FAILED_MS);
}

static bool renew_arena(struct log_works *works)
{
    struct ts_error error = {0};
    arena_free(works->arena);
    works->arena = arena_create(ARENA_BYTES);
    if (works->arena)
        return true;
    error_set(&error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the log.");
    fail(works, "memory", &error);
    return false;
}

// ---- asking the database and the signer

static void submit(struct log_works *works, size_t statement, const struct db_value *values, db_done *done)
{
    works->ticket = pool_submit(works->config.pool, statement, values, 0, done, works, NULL);
    if (!works->ticket)
        end(works, FAILED_MS); // the pool tells by itself that the database is away
}

// The rows, or NULL when the step has failed.
static const PGresult *rows_of(struct log_works *works, const char *step, const struct db_outcome *outcome)
{
    works->ticket = NULL;
    if (outcome->kind == DB_DONE)
        return outcome->result;
    fail(works, step, &outcome->error);
    return NULL;
}

static void ask(struct log_works *works, struct log_message message, helper_done *done)
{
    if (!message.bytes)
        end(works, FAILED_MS); // no memory now
    else if (!helper_ask(works->config.signer, message.bytes, message.length, done, works))
        end(works, BATCH_MS); // it is being started
}

// The signer's answer, or NULL when the step has failed.
static const Touchstone__Internal__V1__SignerReply *reply_of(struct log_works *works, const char *step,
                                                             const uint8_t *bytes, size_t length)
{
    const Touchstone__Internal__V1__SignerReply *reply;
    struct ts_error error = {0};
    if (log_messages_read(works->arena, bytes, length, &reply, &error))
        return reply;
    // Until a checkpoint holds again: a signer that is silent meanwhile has not mended it.
    works->is_forked = works->is_forked || strcmp(error.reason, "NOT_CONSISTENT") == 0;
    fail(works, step, &error);
    return NULL;
}

// ---- identity

static void on_keys(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    const PGresult *rows = rows_of(works, "keys", outcome);
    if (!rows)
        return;
    works->is_known = true;
    works->is_foreign = *PQgetvalue(rows, 0, 0) != '\0';
    if (works->is_foreign)
        log_write(LOG_WARNING, "log_kept_by_others", "reason", PQgetvalue(rows, 0, 0), "consequence",
                  "this signer's keys are not those of the log: another daemon must keep it", NULL);
    look(works);
}

static void on_identity(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    const Touchstone__Internal__V1__SignerReply *reply = reply_of(works, "identity", bytes, length);
    if (!reply)
        return;
    const char *keys = log_messages_keys(works->arena, reply);
    if (!keys || !log_messages_kid(reply, works->kid)) {
        struct ts_error error = {0};
        error_set(&error, TS_FAILED_PRECONDITION, "NO_KEYS", "The signer has no key for statements.");
        fail(works, "identity", &error);
        return;
    }
    works->mark = reply->mark_size;
    issuing_take_identity(&works->issuing, reply);
    works->signer_life = helper_restarts(works->config.signer);
    const struct db_value values[] = {value_text(keys)};
    submit(works, STATEMENT_LOG_KEYS, values, on_keys);
}

// ---- to enter what waits

static void on_appended(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (!rows_of(works, "enter", outcome))
        return;
    works->has_entered = true; // or another daemon has: the next look tells
    look(works);
}

static void append(struct log_works *works)
{
    struct db_value values[LOG_BATCH_VALUES];
    struct ts_error error = {0};
    if (log_batch_values(works->batch, works->kid, values, &error))
        submit(works, STATEMENT_LOG_APPEND, values, on_appended);
    else
        fail(works, "enter", &error);
}

static void on_singled_out(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (rows_of(works, "park", outcome))
        look(works);
}

// The signer refuses one statement, and all of its batch with it: from here on they come one by one, until
// the one is found. It waits apart, as what cannot be stated does.
static void single_out(struct log_works *works, const struct ts_error *error)
{
    const char *parked = arena_printf(works->arena, "{%s}", works->batch->requests[0]);
    works->has_taken = false;
    if (works->batch->count > 1) {
        works->most = 1;
        look(works);
        return;
    }
    log_write(LOG_ERROR, "sheet_not_stated", "request", works->batch->requests[0], "reason", error->reason,
              "error", error->detail, NULL);
    works->most = LOG_BATCH_MOST;
    const struct db_value values[] = {value_text(parked)};
    if (parked)
        submit(works, STATEMENT_LOG_PARK, values, on_singled_out);
    else
        end(works, FAILED_MS);
}

static void on_statements_signed(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    struct ts_error error = {0};
    if (log_batch_take(works->batch, bytes, length, &error))
        append(works);
    else if (log_messages_is_of_one(error.reason))
        single_out(works, &error);
    else
        fail(works, "statements", &error);
}

static void sign_batch(struct log_works *works)
{
    struct ts_error error = {0};
    struct log_message message;
    if (works->batch->count == 0)
        look(works);
    else if (works->batch->sheets == 0)
        append(works);
    else if (log_batch_ask(works->batch, &message.bytes, &message.length, &error))
        ask(works, message, on_statements_signed);
    else
        fail(works, "take", &error);
}

static void on_parked(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (rows_of(works, "park", outcome))
        sign_batch(works);
}

static void on_taken(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    const PGresult *rows = rows_of(works, "take", outcome);
    struct ts_error error = {0};
    if (!rows)
        return;
    works->has_taken = true; // whatever becomes of them, others are not taken before the checkpoint
    works->batch = arena_alloc(works->arena, sizeof *works->batch);
    if (!works->batch || PQntuples(rows) == 0) {
        look(works);
    } else if (!log_batch_read(rows, works->arena, works->batch, &error)) {
        fail(works, "take", &error);
    } else if (works->batch->parked) {
        const struct db_value values[] = {value_text(works->batch->parked)};
        submit(works, STATEMENT_LOG_PARK, values, on_parked);
    } else {
        sign_batch(works);
    }
}

static void take(struct log_works *works)
{
    char most[NUMBER_SIZE];
    snprintf(most, sizeof most, "%d", works->most);
    const struct db_value values[] = {value_text(most)};
    submit(works, STATEMENT_LOG_TAKE, values, on_taken);
}

// ---- checkpoint

static void on_checkpoint_stored(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (!rows_of(works, "checkpoint", outcome))
        return;
    works->mark = strtoull(works->size, NULL, 10);
    works->is_forked = false;
    works->config.entered(works->config.context);
    look(works);
}

static void on_checkpoint_signed(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    const Touchstone__Internal__V1__SignerReply *reply = reply_of(works, "checkpoint", bytes, length);
    if (!reply)
        return;
    const struct db_value values[] = {value_text(works->size), value_bytea(works->root, HASH_BYTES),
                                      value_text(reply->note)};
    submit(works, STATEMENT_LOG_CHECKPOINT_DONE, values, on_checkpoint_stored);
}

static void on_checkpoint_asked(void *context, const struct db_outcome *outcome)
{
    enum { SIZE, ROOT, PROOF };
    struct log_works *works = context;
    const PGresult *rows = rows_of(works, "checkpoint", outcome);
    struct ts_error error = {0};
    uint8_t *proof;
    size_t root_length, proof_length;
    if (!rows)
        return;
    if (PQntuples(rows) == 0) { // the database has become shorter than the mark
        end(works, 0);
        return;
    }
    snprintf(works->size, sizeof works->size, "%s", PQgetvalue(rows, 0, SIZE));
    if (!bytea_decode(PQgetvalue(rows, 0, ROOT), (size_t)PQgetlength(rows, 0, ROOT), works->arena,
                      &works->root, &root_length, &error) ||
        !bytea_decode(PQgetvalue(rows, 0, PROOF), (size_t)PQgetlength(rows, 0, PROOF), works->arena, &proof,
                      &proof_length, &error) ||
        root_length != HASH_BYTES)
        fail(works, "checkpoint", &error);
    else
        ask(works,
            log_messages_checkpoint(works->arena, strtoull(works->size, NULL, 10), works->root, proof,
                                    proof_length),
            on_checkpoint_signed);
}

static void ask_checkpoint(struct log_works *works)
{
    char mark[NUMBER_SIZE];
    snprintf(mark, sizeof mark, "%llu", (unsigned long long)works->mark);
    const struct db_value values[] = {value_text(mark)};
    submit(works, STATEMENT_LOG_CHECKPOINT_ASK, values, on_checkpoint_asked);
}

// ---- status lists

static void on_status_stored(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    works->has_news = true;
    if (rows_of(works, "status", outcome))
        look(works);
}

static void on_status_signed(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    const Touchstone__Internal__V1__SignerReply *reply = reply_of(works, "status", bytes, length);
    if (!reply)
        return;
    const struct db_value values[] = {value_text(works->shard), value_text(works->size),
                                      value_text(reply->note)};
    submit(works, STATEMENT_LOG_STATUS_DONE, values, on_status_stored);
}

static void on_status_asked(void *context, const struct db_outcome *outcome)
{
    enum { SIZE, LIST };
    struct log_works *works = context;
    const PGresult *rows = rows_of(works, "status", outcome);
    struct ts_error error = {0};
    uint8_t *list;
    size_t length;
    if (!rows)
        return;
    snprintf(works->size, sizeof works->size, "%s", PQgetvalue(rows, 0, SIZE));
    if (!bytea_decode(PQgetvalue(rows, 0, LIST), (size_t)PQgetlength(rows, 0, LIST), works->arena, &list,
                      &length, &error))
        fail(works, "status", &error);
    else
        ask(works,
            log_messages_status(works->arena, (uint32_t)strtoul(works->shard, NULL, 10),
                                strtoull(works->size, NULL, 10), (uint64_t)(clock_wall_us(NULL) / 1000000),
                                list, length),
            on_status_signed);
}

static void ask_status(struct log_works *works, const char *shard)
{
    snprintf(works->shard, sizeof works->shard, "%s", shard);
    const struct db_value values[] = {value_text(works->shard)};
    submit(works, STATEMENT_LOG_STATUS_ASK, values, on_status_asked);
}

// ---- the look

static void on_published(void *context)
{
    struct log_works *works = context;
    end(works, IDLE_MS);
}

// What another daemon signed meanwhile is found by looking now and then.
static void publish(struct log_works *works, uint64_t checkpoint)
{
    uint64_t now_ms = clock_monotonic_ms(NULL);
    if (!works->has_news && publisher_size(works->publisher) == checkpoint &&
        now_ms - works->published_ms < PUBLISH_MS) {
        end(works, IDLE_MS);
        return;
    }
    works->has_news = false;
    works->published_ms = now_ms;
    publisher_run(works->publisher, on_published, works);
}

// A signer whose daemon does not keep the log promises what the others have promised, too: its mark must be
// as far as theirs, or it would not know an old backup when it sees one. One that saw a fork looks whether it
// is mended.
static bool must_follow(const struct log_works *works, uint64_t head, uint64_t checkpoint)
{
    return !works->is_foreign && head >= works->mark && (checkpoint > works->mark || works->is_forked);
}

static void do_first(struct log_works *works, const PGresult *rows)
{
    enum { MINE, HEAD, CHECKPOINT, WAITING, SHARD, ISSUING };
    bool was_refused = issuing_refused(&works->issuing) != NULL;
    uint64_t head = strtoull(PQgetvalue(rows, 0, HEAD), NULL, 10);
    uint64_t checkpoint = strtoull(PQgetvalue(rows, 0, CHECKPOINT), NULL, 10);
    bool waiting = *PQgetvalue(rows, 0, WAITING) == 't';
    halt(works, works->is_foreign ? NULL : issuing_why_halted(head, works->mark, works->is_forked));
    issuing_take_look(&works->issuing, rows, ISSUING, works->is_foreign, clock_wall_us(NULL) / 1000000);
    tell(works, was_refused);
    works->has_looked = true;
    bool keeps = *PQgetvalue(rows, 0, MINE) == 't' && !works->is_foreign && !works->halted;
    if (waiting && works->has_entered)
        works->asked_again = true; // more than one batch
    if (!waiting)
        works->most = LOG_BATCH_MOST;
    if (keeps && waiting && !works->has_taken)
        take(works);
    else if ((keeps && head > checkpoint) || must_follow(works, head, checkpoint))
        ask_checkpoint(works);
    else if (keeps && !PQgetisnull(rows, 0, SHARD))
        ask_status(works, PQgetvalue(rows, 0, SHARD));
    else
        publish(works, checkpoint);
}

static void on_look(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    const PGresult *rows = rows_of(works, "look", outcome);
    if (rows)
        do_first(works, rows);
}

static void look(struct log_works *works)
{
    bool may_keep = !works->is_foreign && !works->halted;
    const struct db_value values[] = {value_text(works->holder),
                                      value_text(may_keep ? LEASE_SECONDS : NO_LEASE)};
    if (renew_arena(works))
        submit(works, STATEMENT_LOG_LOOK, values, on_look);
}

static void begin(struct log_works *works)
{
    if (works->busy || works->stopping)
        return;
    works->busy = true;
    works->has_taken = works->has_entered = false;
    works->begun_ms = clock_monotonic_ms(NULL);
    // While issuing is halted its mark may be mended beside it.
    if (works->is_known && !works->halted && works->signer_life == helper_restarts(works->config.signer))
        look(works);
    else if (renew_arena(works))
        ask(works, log_messages_identity(works->arena), on_identity);
}

// ---- life

void log_works_wake(struct log_works *works)
{
    if (works->busy)
        works->asked_again = true;
    else
        begin_soon(works);
}

bool log_works_is_settled(struct log_works *works)
{
    uint64_t now_ms = clock_monotonic_ms(NULL), age_ms = now_ms - works->told_ms;
    if (!log_works_halted(works))
        return works->has_looked || now_ms - works->created_ms > SETTLE_MS;
    if (age_ms < FAILED_MS || age_ms > SETTLE_MS)
        return true;
    log_works_wake(works);
    return false;
}

const char *log_works_halted(const struct log_works *works)
{
    return works->halted ? works->halted : issuing_refused(&works->issuing);
}

const struct issuing *log_works_issuing(const struct log_works *works)
{
    return &works->issuing;
}

struct log_works *log_works_create(struct uv_loop_s *loop, const struct log_works_config *config,
                                   struct ts_error *error)
{
    struct log_works *works = calloc(1, sizeof *works);
    if (!works || !log_messages_name(works->holder)) {
        free(works);
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the log.");
        return NULL;
    }
    works->config = *config;
    works->created_ms = clock_monotonic_ms(NULL);
    works->most = LOG_BATCH_MOST;
    works->publisher =
        publisher_create(config->pool, config->workers, config->directory, config->host, error);
    if (!works->publisher) {
        free(works);
        return NULL;
    }
    uv_timer_init(loop, &works->timer);
    works->timer.data = works;
    begin_in(works, 0);
    return works;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct log_works *works = handle->data;
    arena_free(works->arena);
    free(works);
}

void log_works_free(struct log_works *works)
{
    if (!works)
        return;
    works->stopping = true;
    if (works->ticket)
        pool_orphan(works->ticket);
    publisher_free(works->publisher);
    uv_close((uv_handle_t *)&works->timer, on_timer_closed);
}
