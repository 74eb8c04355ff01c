// SPDX-License-Identifier: Apache-2.0
// See log_works.h. A cycle looks, does the one thing that comes first (enter, checkpoint, status list), looks
// again, and publishes when nothing is left. In reading order: identity, enter, look; what is signed as a
// promise, checkpoint and status list, is in log_works_promise.c.
#include "lab/log_works.h"

#include "core/clock.h"
#include "core/log.h"
#include "lab/log_works_steps.h"
#include "lab/publisher.h"
#include "lab/statements.h"
#include "wire/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BYTES = 64 << 20,
    BATCH_MS = 200, // from one cycle's begin to the next
    IDLE_MS = 2000, // another daemon's release
    FAILED_MS = 1000,
    SETTLE_MS = 5000, // a signer that starts has answered by then
    FORKED_MS = 10000,
    PUBLISH_MS = 5000
};

#define LEASE_SECONDS "15"
#define NO_LEASE "0"

static void begin(struct log_works *works);

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

void log_works_end(struct log_works *works, uint64_t delay_ms)
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

void log_works_fail(struct log_works *works, const char *step, const struct ts_error *error)
{
    log_write(LOG_ERROR, "log_failed", "step", step, "reason", error->reason, "error", error->detail, NULL);
    if (strcmp(error->reason, "MARK_BROKEN") == 0) {
        halt(works, issuing_mark_lost());
        tell(works, true);
    }
    works->is_known = false; // whoever the signer is now, it is asked again
    works->asked_again = false;
    log_works_end(works, works->is_forked ? FORKED_MS : FAILED_MS);
}

static bool renew_arena(struct log_works *works)
{
    struct ts_error error = {0};
    arena_free(works->arena);
    works->arena = arena_create(ARENA_BYTES);
    if (works->arena)
        return true;
    error_set(&error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the log.");
    log_works_fail(works, "memory", &error);
    return false;
}

// ---- asking the database and the signer

void log_works_submit(struct log_works *works, size_t statement, const struct db_value *values, db_done *done)
{
    works->ticket = pool_submit(works->config.pool, statement, values, 0, done, works, NULL);
    if (!works->ticket)
        log_works_end(works, FAILED_MS); // the pool tells by itself that the database is away
}

const PGresult *log_works_rows(struct log_works *works, const char *step, const struct db_outcome *outcome)
{
    works->ticket = NULL;
    if (outcome->kind == DB_DONE)
        return outcome->result;
    log_works_fail(works, step, &outcome->error);
    return NULL;
}

void log_works_ask(struct log_works *works, struct log_message message, helper_done *done)
{
    if (!message.bytes)
        log_works_end(works, FAILED_MS); // no memory now
    else if (!helper_ask(works->config.signer, message.bytes, message.length, done, works))
        log_works_end(works, BATCH_MS); // it is being started
}

const Touchstone__Internal__V1__SignerReply *log_works_reply(struct log_works *works, const char *step,
                                                             const uint8_t *bytes, size_t length)
{
    const Touchstone__Internal__V1__SignerReply *reply;
    struct ts_error error = {0};
    if (log_messages_read(works->arena, bytes, length, &reply, &error))
        return reply;
    // Until a checkpoint holds again: a signer that is silent meanwhile has not mended it.
    works->is_forked = works->is_forked || strcmp(error.reason, "NOT_CONSISTENT") == 0;
    log_works_fail(works, step, &error);
    return NULL;
}

// ---- identity

static void on_keys(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    const PGresult *rows = log_works_rows(works, "keys", outcome);
    if (!rows)
        return;
    works->is_known = true;
    works->is_foreign = *PQgetvalue(rows, 0, 0) != '\0';
    works->issuing.is_retired = strcmp(PQgetvalue(rows, 0, 0), "STATEMENT_KEY_RETIRED") == 0;
    if (works->is_foreign)
        log_write(LOG_WARNING, "log_kept_by_others", "reason", PQgetvalue(rows, 0, 0), "consequence",
                  "this signer's keys are not those of the log: another daemon must keep it", NULL);
    log_works_look(works);
}

static void on_identity(void *context, const uint8_t *bytes, size_t length)
{
    struct log_works *works = context;
    const Touchstone__Internal__V1__SignerReply *reply = log_works_reply(works, "identity", bytes, length);
    if (!reply)
        return;
    const char *keys = log_messages_keys(works->arena, reply);
    if (!keys || !log_messages_kid(reply, works->kid)) {
        struct ts_error error = {0};
        error_set(&error, TS_FAILED_PRECONDITION, "NO_KEYS", "The signer has no key for statements.");
        log_works_fail(works, "identity", &error);
        return;
    }
    works->mark = reply->mark_size;
    issuing_take_identity(&works->issuing, reply);
    works->signer_life = helper_restarts(works->config.signer);
    const struct db_value values[] = {value_text(keys)};
    log_works_submit(works, STATEMENT_LOG_KEYS, values, on_keys);
}

// ---- to enter what waits

static void on_appended(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (!log_works_rows(works, "enter", outcome))
        return;
    works->has_entered = true; // or another daemon has: the next look tells
    log_works_look(works);
}

static void append(struct log_works *works)
{
    struct db_value values[LOG_BATCH_VALUES];
    struct ts_error error = {0};
    if (log_batch_values(works->batch, works->kid, values, &error))
        log_works_submit(works, STATEMENT_LOG_APPEND, values, on_appended);
    else
        log_works_fail(works, "enter", &error);
}

static void on_singled_out(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (log_works_rows(works, "park", outcome))
        log_works_look(works);
}

// The signer refuses one statement, and all of its batch with it: from here on they come one by one, until
// the one is found. It waits apart, as what cannot be stated does.
static void single_out(struct log_works *works, const struct ts_error *error)
{
    const char *parked = arena_printf(works->arena, "{%s}", works->batch->requests[0]);
    works->has_taken = false;
    if (works->batch->count > 1) {
        works->most = 1;
        log_works_look(works);
        return;
    }
    log_write(LOG_ERROR, "sheet_not_stated", "request", works->batch->requests[0], "reason", error->reason,
              "error", error->detail, NULL);
    works->most = LOG_BATCH_MOST;
    const struct db_value values[] = {value_text(parked)};
    if (parked)
        log_works_submit(works, STATEMENT_LOG_PARK, values, on_singled_out);
    else
        log_works_end(works, FAILED_MS);
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
        log_works_fail(works, "statements", &error);
}

static void sign_batch(struct log_works *works)
{
    struct ts_error error = {0};
    struct log_message message;
    if (works->batch->count == 0)
        log_works_look(works);
    else if (works->batch->sheets == 0)
        append(works);
    else if (log_batch_ask(works->batch, &message.bytes, &message.length, &error))
        log_works_ask(works, message, on_statements_signed);
    else
        log_works_fail(works, "take", &error);
}

static void on_parked(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    if (log_works_rows(works, "park", outcome))
        sign_batch(works);
}

static void on_taken(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    const PGresult *rows = log_works_rows(works, "take", outcome);
    struct ts_error error = {0};
    if (!rows)
        return;
    works->has_taken = true; // whatever becomes of them, others are not taken before the checkpoint
    works->batch = arena_alloc(works->arena, sizeof *works->batch);
    if (!works->batch || PQntuples(rows) == 0) {
        log_works_look(works);
    } else if (!log_batch_read(rows, works->arena, works->batch, &error)) {
        log_works_fail(works, "take", &error);
    } else if (works->batch->parked) {
        const struct db_value values[] = {value_text(works->batch->parked)};
        log_works_submit(works, STATEMENT_LOG_PARK, values, on_parked);
    } else {
        sign_batch(works);
    }
}

static void take(struct log_works *works)
{
    char most[LOG_WORKS_NUMBER_SIZE];
    snprintf(most, sizeof most, "%d", works->most);
    const struct db_value values[] = {value_text(most)};
    log_works_submit(works, STATEMENT_LOG_TAKE, values, on_taken);
}

// ---- the look

static void on_published(void *context)
{
    struct log_works *works = context;
    log_works_end(works, IDLE_MS);
}

// What another daemon signed meanwhile is found by looking now and then.
static void publish(struct log_works *works, uint64_t checkpoint)
{
    uint64_t now_ms = clock_monotonic_ms(NULL);
    if (!works->has_news && publisher_size(works->publisher) == checkpoint &&
        now_ms - works->published_ms < PUBLISH_MS) {
        log_works_end(works, IDLE_MS);
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
        log_works_checkpoint(works);
    else if (keeps && !PQgetisnull(rows, 0, SHARD))
        log_works_status(works, PQgetvalue(rows, 0, SHARD));
    else
        publish(works, checkpoint);
}

static void on_look(void *context, const struct db_outcome *outcome)
{
    struct log_works *works = context;
    const PGresult *rows = log_works_rows(works, "look", outcome);
    if (rows)
        do_first(works, rows);
}

void log_works_look(struct log_works *works)
{
    bool may_keep = !works->is_foreign && !works->halted;
    const struct db_value values[] = {value_text(works->holder),
                                      value_text(may_keep ? LEASE_SECONDS : NO_LEASE)};
    if (renew_arena(works))
        log_works_submit(works, STATEMENT_LOG_LOOK, values, on_look);
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
        log_works_look(works);
    else if (renew_arena(works))
        log_works_ask(works, log_messages_identity(works->arena), on_identity);
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
