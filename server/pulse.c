// SPDX-License-Identifier: Apache-2.0
// See pulse.h. One question under way at a time; two without an answer in a row mean that nobody is there, so
// that one slow second takes no daemon out of service.
#include "pulse.h"

#include "core/log.h"
#include "db/pool.h"
#include "lab/statements.h"

#include <stdlib.h>
#include <uv.h>

enum { ASK_MS = 1000, ANSWER_MS = 3000, MISSES_MAX = 2, HOUSEKEEPING_MS = 10 * 60 * 1000, TIMERS = 2 };

struct pulse {
    struct db_pool *pool;
    void (*changed)(void *context, bool answers);
    void *context;
    struct db_ticket *question, *housekeeping;
    uv_timer_t ask_timer, housekeeping_timer;
    int misses, timers_closed;
};

static void count(struct pulse *pulse, bool answered)
{
    bool was_there = pulse->misses < MISSES_MAX;
    if (answered)
        pulse->misses = 0;
    else if (pulse->misses < MISSES_MAX)
        pulse->misses++;
    bool is_there = pulse->misses < MISSES_MAX;
    if (was_there != is_there)
        pulse->changed(pulse->context, is_there);
}

static void on_answer(void *context, const struct db_outcome *outcome)
{
    enum { WRITABLE = 1 };
    struct pulse *pulse = context;
    pulse->question = NULL;
    count(pulse, outcome->kind == DB_DONE && PQntuples(outcome->result) == 1 &&
                     PQgetvalue(outcome->result, 0, WRITABLE)[0] == 't');
}

static void on_ask(uv_timer_t *timer)
{
    struct pulse *pulse = timer->data;
    struct ts_error error = {0};
    if (pulse->question || !pool_is_ready(pulse->pool))
        return; // without connections there is nothing to find out
    pulse->question =
        pool_ask(pulse->pool, STATEMENT_HEALTH, uv_now(timer->loop) + ANSWER_MS, on_answer, pulse, &error);
    if (!pulse->question)
        count(pulse, false);
}

static void on_housekeeping_done(void *context, const struct db_outcome *outcome)
{
    struct pulse *pulse = context;
    pulse->housekeeping = NULL;
    if (outcome->kind != DB_DONE)
        log_error(LOG_WARNING, "housekeeping_failed", &outcome->error);
}

static void on_housekeeping(uv_timer_t *timer)
{
    struct pulse *pulse = timer->data;
    if (!pulse->housekeeping)
        pulse->housekeeping =
            pool_submit(pulse->pool, STATEMENT_HOUSEKEEPING, NULL, 0, on_housekeeping_done, pulse, NULL);
}

struct pulse *pulse_create(struct uv_loop_s *loop, struct db_pool *pool,
                           void (*changed)(void *context, bool answers), void *context,
                           struct ts_error *error)
{
    struct pulse *pulse = calloc(1, sizeof *pulse);
    if (!pulse) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory to start.");
        return NULL;
    }
    *pulse = (struct pulse){.pool = pool, .changed = changed, .context = context};
    uv_timer_init(loop, &pulse->ask_timer);
    uv_timer_init(loop, &pulse->housekeeping_timer);
    pulse->ask_timer.data = pulse->housekeeping_timer.data = pulse;
    uv_timer_start(&pulse->ask_timer, on_ask, ASK_MS, ASK_MS);
    uv_timer_start(&pulse->housekeeping_timer, on_housekeeping, HOUSEKEEPING_MS, HOUSEKEEPING_MS);
    return pulse;
}

static void on_closed(uv_handle_t *handle)
{
    struct pulse *pulse = handle->data;
    if (++pulse->timers_closed == TIMERS)
        free(pulse);
}

void pulse_free(struct pulse *pulse)
{
    if (!pulse)
        return;
    if (pulse->question)
        pool_orphan(pulse->question);
    if (pulse->housekeeping)
        pool_orphan(pulse->housekeeping);
    uv_close((uv_handle_t *)&pulse->ask_timer, on_closed);
    uv_close((uv_handle_t *)&pulse->housekeeping_timer, on_closed);
}
