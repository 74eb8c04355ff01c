// SPDX-License-Identifier: Apache-2.0
// Making, watching and losing a connection. libpq is never asked to block: addresses are given, every step
// waits in uv_poll. A lost connection is made anew after a pause that doubles up to a ceiling, with jitter,
// so that the connections of several daemons do not all come back in the same moment.
#include "db/connection.h"
#include "core/log.h"
#include "db/pipeline.h"
#include "db/pool_state.h"
#include "db/watch.h"
#include <string.h>

static void on_event(void *context, int status, int events);

// While a class has no connection, none takes a second: where the server gives few, each class has its own.
// Who is not in turn stays broken without a timer until the pool is ready.
static bool is_its_turn(const struct db_connection *connection)
{
    const struct db_lane *lane = connection->lane;
    bool has_one = lane_has_ready(lane) || !TAILQ_EMPTY(&lane->lists[CONNECTION_CONNECTING]) ||
                   !TAILQ_EMPTY(&lane->lists[CONNECTION_PREPARING]);
    return !has_one || pool_is_ready(lane->pool);
}

static void on_timer(uv_timer_t *timer)
{
    struct db_connection *connection = timer->data;
    if (connection->state == CONNECTION_BROKEN && is_its_turn(connection))
        connection_start(connection);
    else if (connection->state == CONNECTION_CONNECTING || connection->state == CONNECTION_PREPARING)
        connection_lose(connection, "timeout");
}

void connection_init(struct db_connection *connection, struct db_lane *lane)
{
    connection->lane = lane;
    connection->state = CONNECTION_BROKEN;
    TAILQ_INIT(&connection->sent);
    TAILQ_INSERT_TAIL(&lane->lists[CONNECTION_BROKEN], connection, link);
    uv_timer_init(lane->pool->loop, &connection->timer);
    connection->timer.data = connection;
    lane->pool->handles++;
    uv_timer_start(&connection->timer, on_timer, 0, 0);
}

void connection_wake(struct db_connection *connection)
{
    if (connection->state == CONNECTION_BROKEN && !uv_is_active((uv_handle_t *)&connection->timer))
        uv_timer_start(&connection->timer, on_timer, 0, 0);
}

void connection_enter(struct db_connection *connection, enum connection_state state)
{
    struct db_lane *lane = connection->lane;
    bool had_ready = lane_has_ready(lane);
    TAILQ_REMOVE(&lane->lists[connection->state], connection, link);
    connection->state = state;
    TAILQ_INSERT_TAIL(&lane->lists[state], connection, link);
    if (state == CONNECTION_READY) {
        uv_timer_stop(&connection->timer);
        connection->attempts = 0;
        pool_update_ready(lane->pool);
        lane_dispatch(lane);
    } else if (had_ready && !lane_has_ready(lane)) {
        pool_start_outage(lane->pool, lane);
        pool_update_ready(lane->pool);
    }
}

bool connection_watch(struct db_connection *connection, int mask)
{
    int socket = PQsocket(connection->pg);
    struct db_pool *pool = connection->lane->pool;
    if (socket < 0)
        return false;
    // Once connected libpq keeps its socket; only connecting can change it.
    bool same = connection->watch &&
                (connection->state != CONNECTION_CONNECTING || watch_is_for(connection->watch, socket));
    if (!same && connection->watch) {
        watch_close(connection->watch, pool_handle_closed, pool);
        connection->watch = NULL;
    }
    if (!connection->watch) {
        connection->watch = watch_create(pool->loop, socket, on_event, connection);
        if (!connection->watch)
            return false;
        pool->handles++;
    }
    return watch_set(connection->watch, mask);
}

static void on_connected(struct db_connection *connection)
{
    PQsetNoticeReceiver(connection->pg, pipeline_notice, connection);
    if (PQsetnonblocking(connection->pg, 1) != 0 || !PQenterPipelineMode(connection->pg) ||
        !connection_watch(connection, UV_READABLE)) {
        connection_lose(connection, "setup");
        return;
    }
    connection_enter(connection, CONNECTION_PREPARING);
    if (!pipeline_prepare(connection))
        connection_lose(connection, "prepare");
}

static void advance(struct db_connection *connection)
{
    PostgresPollingStatusType wants = PQconnectPoll(connection->pg);
    if (wants == PGRES_POLLING_OK)
        on_connected(connection);
    else if (wants == PGRES_POLLING_FAILED ||
             !connection_watch(connection, wants == PGRES_POLLING_READING ? UV_READABLE : UV_WRITABLE))
        connection_lose(connection, "connect");
}

static void on_event(void *context, int status, int events)
{
    struct db_connection *connection = context;
    (void)status; // an error of the socket shows itself in the next call of libpq
    (void)events;
    if (!connection->pg)
        return;
    if (connection->state == CONNECTION_CONNECTING)
        advance(connection);
    else
        pipeline_read(connection);
}

void connection_start(struct db_connection *connection)
{
    struct db_pool *pool = connection->lane->pool;
    struct conninfo_parameters parameters;
    connection_enter(connection, CONNECTION_CONNECTING);
    if (!conninfo_build(pool->conninfo, connection->lane->options, connection->attempts, &parameters)) {
        connection_lose(connection, "configuration");
        return;
    }
    connection->pg = PQconnectStartParams(parameters.keywords, parameters.values, 0);
    uv_timer_start(&connection->timer, on_timer, pool->config.connect_timeout_ms, 0);
    // After PQconnectStart libpq wants to write first.
    if (!connection->pg || PQstatus(connection->pg) == CONNECTION_BAD ||
        !connection_watch(connection, UV_WRITABLE))
        connection_lose(connection, "connect");
}

static uint64_t pause_ms(const struct db_connection *connection)
{
    const struct db_pool_config *config = &connection->lane->pool->config;
    uint64_t pause = config->retry_max_ms;
    uint32_t random = 0;
    if (connection->attempts < 32 && config->retry_min_ms << connection->attempts < pause)
        pause = config->retry_min_ms << connection->attempts;
    // Without random numbers the pause is merely regular.
    uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
    return pause / 2 + random % (pause / 2 + 1) + 1;
}

// Powers of two only: a database that is away for an hour must not fill the log.
static void log_loss(const struct db_connection *connection, const char *why)
{
    char text[160] = "";
    if ((connection->attempts & (connection->attempts - 1)) != 0)
        return;
    if (PQstatus(connection->pg) == CONNECTION_BAD) {
        const char *message = PQerrorMessage(connection->pg);
        size_t length = strcspn(message, "\n");
        length = length < sizeof(text) - 1 ? length : sizeof(text) - 1;
        memcpy(text, message, length);
    }
    log_write(LOG_WARNING, "database_connection_lost", "why", why, "error", log_text(text), "attempt",
              log_number(connection->attempts), "in_flight", log_number((int64_t)connection->in_flight),
              NULL);
}

static void release(struct db_connection *connection)
{
    struct db_pool *pool = connection->lane->pool;
    uv_timer_stop(&connection->timer);
    // Before PQfinish: the descriptor's number is given away at once.
    if (connection->watch)
        watch_close(connection->watch, pool_handle_closed, pool);
    connection->watch = NULL;
    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->failure = NULL;
}

void connection_lose(struct db_connection *connection, const char *why)
{
    struct db_pool *pool = connection->lane->pool;
    bool was_ready = connection->state == CONNECTION_READY;
    bool planned = connection->state == CONNECTION_DRAINING && connection->in_flight == 0;
    if (!planned && connection->pg && (!pool->closing || connection->in_flight > 0))
        log_loss(connection, why);
    pool->connections_lost += was_ready;
    release(connection);
    connection_enter(connection, pool->closing ? CONNECTION_CLOSED : CONNECTION_BROKEN);
    pipeline_abandon(connection);
    // A done callback may have closed the pool meanwhile; then the pool's turn closes this one.
    if (connection->state != CONNECTION_BROKEN) {
        pool_mark_dirty(pool, connection); // the turn looks whether all are closed
        return;
    }
    uv_timer_start(&connection->timer, on_timer, planned ? 1 : pause_ms(connection), 0);
    connection->attempts++;
}
