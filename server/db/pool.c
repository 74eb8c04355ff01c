// SPDX-License-Identifier: Apache-2.0
// The pool's public face: creating, submitting, deadlines, closing. Nothing is called back from inside a
// public function: what such a call finds broken is marked dirty and dealt with in the pool's turn, a
// uv_prepare that runs before the loop sleeps.
#include "db/pool.h"
#include "core/log.h"
#include "db/gauges.h"
#include "db/parameters.h"
#include "db/pipeline.h"
#include "db/pool_state.h"
#include <stdlib.h>
#include <string.h>

enum {
    WAITING_MAX = 1024,
    QUESTIONS = 1, // of pool_ask
};

static const struct {
    unsigned connections, in_flight;
} class_sizes[DB_CLASS_COUNT] = {
    [DB_READ] = {4, 16}, [DB_SEARCH] = {2, 2}, [DB_WRITE] = {12, 1}, [DB_SLOW] = {2, 1}};

static void on_turn(uv_prepare_t *turn);
static void on_deadline(uv_timer_t *timer);

static void fill_default(uint64_t *number, uint64_t value)
{
    if (*number == 0)
        *number = value;
}

static void fill_defaults(struct db_pool_config *config)
{
    for (int i = 0; i < DB_CLASS_COUNT; i++) {
        if (config->sizes[i].connections == 0)
            config->sizes[i].connections = class_sizes[i].connections;
        if (config->sizes[i].in_flight == 0)
            config->sizes[i].in_flight = class_sizes[i].in_flight;
    }
    if (config->waiting_max == 0)
        config->waiting_max = WAITING_MAX;
    fill_default(&config->default_deadline_ms, 30000);
    fill_default(&config->connect_timeout_ms, 5000);
    fill_default(&config->retry_min_ms, 50);
    fill_default(&config->retry_max_ms, 1000);
    fill_default(&config->outage_grace_ms, 300);
    fill_default(&config->commit_grace_ms, 2000);
    fill_default(&config->close_grace_ms, 5000);
    fill_default(&config->statement_timeout_ms, 30000);
    config->conninfo = NULL; // the caller's text
}

static void free_pool(struct db_pool *pool)
{
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        lane_done(&pool->lanes[i]);
    deadline_done(&pool->deadlines);
    conninfo_free(pool->conninfo);
    free(pool);
}

static bool init_lanes(struct db_pool *pool)
{
    size_t tickets = pool->config.waiting_max * DB_CLASS_COUNT + QUESTIONS;
    for (size_t i = 0; i < pool->statement_count; i++)
        pool->lanes[pool->statements[i].class].statement_count++;
    for (int i = 0; i < DB_CLASS_COUNT; i++) {
        struct db_lane *lane = &pool->lanes[i];
        size_t count = lane->statement_count > 0 ? pool->config.sizes[i].connections : 0;
        if (!lane_init(lane, pool, (enum db_class)i, count, pool->config.sizes[i].in_flight))
            return false;
        tickets += count * pool->config.sizes[i].in_flight;
    }
    return deadline_init(&pool->deadlines, tickets);
}

static void start_handles(struct db_pool *pool)
{
    uv_prepare_init(pool->loop, &pool->turn);
    uv_timer_init(pool->loop, &pool->timer);
    uv_timer_init(pool->loop, &pool->outage);
    pool->turn.data = pool->timer.data = pool->outage.data = pool;
    pool->handles = 3;
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        for (size_t j = 0; j < pool->lanes[i].count; j++)
            connection_init(&pool->lanes[i].connections[j], &pool->lanes[i]);
}

static bool statements_fit(const struct db_statement *statements, size_t count, struct ts_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (statements[i].parameter_count < 0 || statements[i].parameter_count > DB_PARAMETERS_MAX)
            return error_set(error, TS_INTERNAL, "STATEMENT_PARAMETERS",
                             "statement %s has more than %d parameters", statements[i].name,
                             DB_PARAMETERS_MAX);
    return true;
}

struct db_pool *pool_create(struct uv_loop_s *loop, const struct db_pool_config *config,
                            const struct db_statement *statements, size_t count, struct ts_error *error)
{
    if (!statements_fit(statements, count, error))
        return NULL;
    struct db_pool *pool = calloc(1, sizeof(*pool));
    if (!pool) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the database pool");
        return NULL;
    }
    pool->loop = loop;
    pool->config = *config;
    pool->statements = statements;
    pool->statement_count = count;
    TAILQ_INIT(&pool->dirty);
    pool->conninfo = conninfo_create(config->conninfo, error);
    fill_defaults(&pool->config);
    if (!pool->conninfo) {
        free_pool(pool);
        return NULL;
    }
    if (!init_lanes(pool)) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the database pool");
        free_pool(pool);
        return NULL;
    }
    start_handles(pool);
    return pool;
}

void pool_mark_dirty(struct db_pool *pool, struct db_connection *connection)
{
    if (connection->dirty)
        return;
    connection->dirty = true;
    TAILQ_INSERT_TAIL(&pool->dirty, connection, dirty_link);
    if (!uv_is_closing((uv_handle_t *)&pool->turn))
        uv_prepare_start(&pool->turn, on_turn);
}

// True when it was sent at once.
static bool send_now(struct db_lane *lane, struct db_ticket *ticket, const struct db_value *values, int count)
{
    struct db_parameters parameters;
    struct db_connection *connection;
    if (!TAILQ_EMPTY(&lane->waiting))
        return false;
    parameters_set(&parameters, values, count);
    while ((connection = lane_choose(lane)))
        if (pipeline_send(connection, ticket, &parameters))
            return true;
    return false;
}

// What is asked of the pool. Who is first goes before all that wait, and above their ceiling.
struct order {
    size_t statement;
    const struct db_value *values;
    uint64_t deadline_ms;
    db_done *done;
    void *context;
    bool first;
};

static bool may_submit(const struct db_pool *pool, const struct db_lane *lane, bool first,
                       struct ts_error *error)
{
    if (pool->closing || !lane_may_wait(lane)) {
        struct ts_error unavailable;
        pipeline_set_unavailable(&unavailable);
        return error_set(error, unavailable.status, unavailable.reason, "%s", unavailable.detail);
    }
    if (lane->waiting_count >= pool->config.waiting_max && !first)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "DATABASE_BUSY", "the database is busy, try again");
    return true;
}

static struct db_ticket *submit(struct db_pool *pool, const struct order *order, struct ts_error *error)
{
    struct db_lane *lane = &pool->lanes[pool->statements[order->statement].class];
    int count = pool->statements[order->statement].parameter_count;
    if (!may_submit(pool, lane, order->first, error))
        return NULL;
    struct db_ticket *ticket = ticket_create(lane, order->statement, order->done, order->context);
    if (!ticket) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the call");
        return NULL;
    }
    ticket->is_question = order->first;
    ticket->due_ms =
        order->deadline_ms ? order->deadline_ms : uv_now(pool->loop) + pool->config.default_deadline_ms;
    if (!send_now(lane, ticket, order->values, count)) {
        ticket->parameters = parameters_copy(order->values, count);
        if (!ticket->parameters) {
            ticket_free(ticket);
            error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the call");
            return NULL;
        }
        lane_queue(lane, ticket);
    }
    deadline_add(&pool->deadlines, ticket);
    pool_update_timer(pool);
    return ticket;
}

struct db_ticket *pool_submit(struct db_pool *pool, size_t statement, const struct db_value *values,
                              uint64_t deadline_ms, db_done *done, void *context, struct ts_error *error)
{
    const struct order order = {.statement = statement,
                                .values = values,
                                .deadline_ms = deadline_ms,
                                .done = done,
                                .context = context};
    return submit(pool, &order, error);
}

struct db_ticket *pool_ask(struct db_pool *pool, size_t statement, uint64_t deadline_ms, db_done *done,
                           void *context, struct ts_error *error)
{
    const struct order order = {
        .statement = statement, .deadline_ms = deadline_ms, .done = done, .context = context, .first = true};
    return submit(pool, &order, error);
}

void pool_set_origin(struct db_ticket *ticket, uint64_t origin)
{
    ticket->origin = origin;
}

void pool_orphan(struct db_ticket *ticket)
{
    struct db_lane *lane = ticket->lane;
    ticket->done = NULL;
    if (ticket->connection)
        return; // its rows have still to be drained, in order
    lane_unqueue(lane, ticket);
    deadline_remove(&lane->pool->deadlines, ticket);
    ticket_free(ticket);
}

void pool_update_timer(struct db_pool *pool)
{
    const struct db_ticket *first = deadline_first(&pool->deadlines);
    if (uv_is_closing((uv_handle_t *)&pool->timer))
        return;
    uint64_t due = first ? first->due_ms : UINT64_MAX;
    if (pool->closing && pool->close_by_ms < due)
        due = pool->close_by_ms;
    // A timer that rings early is harmless and saves setting it anew for every act.
    if (uv_is_active((uv_handle_t *)&pool->timer) && pool->timer_due_ms <= due)
        return;
    if (due == UINT64_MAX)
        return;
    uint64_t now = uv_now(pool->loop);
    pool->timer_due_ms = due;
    // Never 0: libuv would call such a timer again and again within one turn.
    uv_timer_start(&pool->timer, on_deadline, due > now ? due - now : 1, 0);
}

static void set_deadline_error(struct ts_error *error)
{
    memset(error, 0, sizeof(*error));
    error_set(error, TS_DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "the database took too long");
}

// Answers the caller of a sent ticket now; the ticket stays as an orphan with one more deadline, after which
// its connection is given up.
static void answer_overdue(struct db_pool *pool, struct db_ticket *ticket)
{
    struct db_outcome outcome = {.kind = DB_UNAVAILABLE};
    db_done *done = ticket->done;
    if (lane_may_change(ticket->lane, ticket->statement)) {
        outcome.kind = DB_UNKNOWN;
        pipeline_set_unknown(&outcome.error);
        pool->answers_unknown += done != NULL;
    } else {
        set_deadline_error(&outcome.error);
    }
    ticket->done = NULL;
    ticket->overdue = true;
    ticket->due_ms = uv_now(pool->loop) + pool->config.commit_grace_ms;
    deadline_add(&pool->deadlines, ticket);
    if (done)
        done(ticket->context, &outcome);
}

static void expire(struct db_pool *pool, struct db_ticket *ticket)
{
    if (ticket->connection && ticket->overdue) {
        // connection_lose takes the ticket off the heap.
        connection_lose(ticket->connection, "commit_deadline");
        return;
    }
    deadline_remove(&pool->deadlines, ticket);
    if (ticket->connection) {
        answer_overdue(pool, ticket);
        return;
    }
    struct ts_error error;
    set_deadline_error(&error);
    lane_unqueue(ticket->lane, ticket);
    ticket_fail(ticket, DB_UNAVAILABLE, &error);
}

static void on_deadline(uv_timer_t *timer)
{
    struct db_pool *pool = timer->data;
    struct db_ticket *ticket;
    uint64_t now = uv_now(pool->loop);
    while ((ticket = deadline_first(&pool->deadlines)) && ticket->due_ms <= now)
        expire(pool, ticket);
    if (pool->closing)
        uv_prepare_start(&pool->turn, on_turn);
    pool_update_timer(pool);
}

static void on_outage(uv_timer_t *timer)
{
    struct db_pool *pool = timer->data;
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        if (!lane_may_wait(&pool->lanes[i]))
            lane_refuse_waiting(&pool->lanes[i]);
}

void pool_start_outage(struct db_pool *pool, struct db_lane *lane)
{
    uint64_t now = uv_now(pool->loop);
    lane->outage_since_ms = now > 0 ? now : 1;
    // Several lanes share the timer: the last to lose its connections sets it, the others wait that little
    // longer.
    if (!pool->closing)
        uv_timer_start(&pool->outage, on_outage, pool->config.outage_grace_ms + 1, 0);
}

bool pool_is_ready(const struct db_pool *pool)
{
    if (pool->closing)
        return false;
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        if (pool->lanes[i].count > 0 && !lane_has_ready(&pool->lanes[i]))
            return false;
    return true;
}

void pool_update_ready(struct db_pool *pool)
{
    bool ready = pool_is_ready(pool);
    if (ready == pool->ready)
        return;
    pool->ready = ready;
    pool->was_ready = pool->was_ready || ready;
    for (int i = 0; ready && i < DB_CLASS_COUNT; i++)
        for (size_t j = 0; j < pool->lanes[i].count; j++)
            connection_wake(&pool->lanes[i].connections[j]);
    log_write(LOG_INFO, ready ? "database_ready" : "database_not_ready", NULL);
    if (pool->config.ready_changed)
        pool->config.ready_changed(pool->config.ready_context, ready);
}

const char *pool_wrong_statement(const struct db_pool *pool)
{
    return pool->wrong_statement;
}

void pool_read_gauges(const struct db_pool *pool, struct db_gauges *ret_gauges)
{
    memset(ret_gauges, 0, sizeof(*ret_gauges));
    for (int i = 0; i < DB_CLASS_COUNT; i++) {
        const struct db_lane *lane = &pool->lanes[i];
        ret_gauges->waiting[i] = lane->waiting_count;
        for (size_t j = 0; j < lane->count; j++) {
            ret_gauges->connections_ready[i] += lane->connections[j].state == CONNECTION_READY;
            ret_gauges->in_flight[i] += lane->connections[j].in_flight;
        }
    }
    ret_gauges->connections_lost = pool->connections_lost;
    ret_gauges->answers_unknown = pool->answers_unknown;
}

void pool_handle_closed(void *context_of_handle)
{
    struct db_pool *pool = context_of_handle;
    if (--pool->handles > 0)
        return;
    void (*closed)(void *context) = pool->closed;
    void *context = pool->closed_context;
    free_pool(pool);
    if (closed)
        closed(context);
}

static void on_handle_closed(uv_handle_t *handle)
{
    pool_handle_closed(handle->data);
}

static void on_connection_timer_closed(uv_handle_t *handle)
{
    struct db_connection *connection = handle->data;
    pool_handle_closed(connection->lane->pool);
}

// True when it is closed by now.
static bool close_connection(struct db_connection *connection, bool late)
{
    if (connection->state == CONNECTION_READY)
        connection_enter(connection, CONNECTION_DRAINING);
    if (connection->state == CONNECTION_DRAINING && connection->in_flight > 0 && !late)
        return false;
    if (connection->state != CONNECTION_CLOSED)
        connection_lose(connection, late ? "close_deadline" : "close");
    return true;
}

static void close_handles(struct db_pool *pool)
{
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        for (size_t j = 0; j < pool->lanes[i].count; j++)
            uv_close((uv_handle_t *)&pool->lanes[i].connections[j].timer, on_connection_timer_closed);
    uv_close((uv_handle_t *)&pool->turn, on_handle_closed);
    uv_close((uv_handle_t *)&pool->timer, on_handle_closed);
    uv_close((uv_handle_t *)&pool->outage, on_handle_closed);
}

static void close_step(struct db_pool *pool)
{
    bool all = true, late = uv_now(pool->loop) >= pool->close_by_ms;
    for (int i = 0; i < DB_CLASS_COUNT; i++) {
        lane_refuse_waiting(&pool->lanes[i]);
        for (size_t j = 0; j < pool->lanes[i].count; j++)
            all &= close_connection(&pool->lanes[i].connections[j], late);
    }
    if (all)
        close_handles(pool);
}

static void on_turn(uv_prepare_t *turn)
{
    struct db_pool *pool = turn->data;
    struct db_connection *connection;
    uv_prepare_stop(turn);
    while ((connection = TAILQ_FIRST(&pool->dirty))) {
        TAILQ_REMOVE(&pool->dirty, connection, dirty_link);
        connection->dirty = false;
        if (!connection->pg)
            continue;
        if (connection->failure)
            pipeline_read(connection);
        else
            pipeline_settle(connection);
    }
    pool_update_timer(pool);
    if (pool->closing)
        close_step(pool);
}

void pool_close(struct db_pool *pool, void (*closed)(void *context), void *context)
{
    pool->closing = true;
    pool->closed = closed;
    pool->closed_context = context;
    pool->close_by_ms = uv_now(pool->loop) + pool->config.close_grace_ms;
    pool->ready = false;
    uv_prepare_start(&pool->turn, on_turn);
    pool_update_timer(pool);
}
