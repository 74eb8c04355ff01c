// SPDX-License-Identifier: Apache-2.0
// Choosing a connection and queueing for one. Acts wait in the lane, never on a connection, so whatever
// stands in a connection's FIFO has been sent and whatever waits has surely not been.
#include "db/lane.h"
#include "db/parameters.h"
#include "db/pipeline.h"
#include "db/pool_state.h"
#include <stdio.h>
#include <stdlib.h>

// Keepalives of the server's side too: where our host vanishes between a statement and its Sync, the server
// would otherwise hold the locks of that act for two hours.
static void write_options(struct db_lane *lane)
{
    uint64_t timeout_ms = lane->pool->config.statement_timeout_ms * (lane->class == DB_SLOW ? 10 : 1);
    snprintf(lane->options, sizeof(lane->options),
             "-c plan_cache_mode=%s -c statement_timeout=%llu -c bytea_output=hex -c datestyle=ISO -c "
             "timezone=UTC -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3",
             lane->class == DB_SEARCH ? "auto" : "force_generic_plan", (unsigned long long)timeout_ms);
}

bool lane_init(struct db_lane *lane, struct db_pool *pool, enum db_class class, size_t count,
               size_t in_flight_max)
{
    lane->pool = pool;
    lane->class = class;
    lane->in_flight_max = in_flight_max;
    for (size_t i = 0; i < CONNECTION_STATE_COUNT; i++)
        TAILQ_INIT(&lane->lists[i]);
    TAILQ_INIT(&lane->waiting);
    write_options(lane);
    if (count == 0)
        return true;
    lane->connections = calloc(count, sizeof(*lane->connections));
    if (!lane->connections)
        return false;
    lane->count = count;
    return true;
}

void lane_done(struct db_lane *lane)
{
    free(lane->connections);
    lane->connections = NULL;
}

struct db_connection *lane_choose(struct db_lane *lane)
{
    struct db_connection *best = NULL, *connection;
    TAILQ_FOREACH(connection, &lane->lists[CONNECTION_READY], link)
    {
        if (connection->failure || connection->in_flight >= lane->in_flight_max)
            continue;
        if (!best || connection->in_flight < best->in_flight)
            best = connection;
        if (best->in_flight == 0)
            break;
    }
    return best;
}

bool lane_has_ready(const struct db_lane *lane)
{
    return !TAILQ_EMPTY(&lane->lists[CONNECTION_READY]);
}

bool lane_may_wait(const struct db_lane *lane)
{
    if (lane_has_ready(lane))
        return true;
    return lane->outage_since_ms > 0 &&
           uv_now(lane->pool->loop) < lane->outage_since_ms + lane->pool->config.outage_grace_ms;
}

void lane_queue(struct db_lane *lane, struct db_ticket *ticket)
{
    TAILQ_INSERT_TAIL(&lane->waiting, ticket, link);
    lane->waiting_count++;
}

void lane_unqueue(struct db_lane *lane, struct db_ticket *ticket)
{
    TAILQ_REMOVE(&lane->waiting, ticket, link);
    lane->waiting_count--;
}

static uint64_t *last_turn(struct db_lane *lane, const struct db_ticket *ticket)
{
    return &lane->last_turn[ticket->origin % LANE_ORIGINS];
}

// The origins take turns, each its acts in their order: who sends hundreds at once holds up nobody else.
static struct db_ticket *next_waiting(struct db_lane *lane)
{
    struct db_ticket *best = NULL, *ticket;
    TAILQ_FOREACH(ticket, &lane->waiting, link)
    {
        if (ticket->is_question)
            return ticket;
        if (!best || *last_turn(lane, ticket) < *last_turn(lane, best))
            best = ticket;
    }
    return best;
}

void lane_dispatch(struct db_lane *lane)
{
    struct db_connection *connection;
    while (!TAILQ_EMPTY(&lane->waiting) && (connection = lane_choose(lane))) {
        struct db_ticket *ticket = next_waiting(lane);
        lane_unqueue(lane, ticket);
        if (!pipeline_send(connection, ticket, ticket->parameters)) {
            // The connection is marked as failed and not chosen again: the loop ends.
            TAILQ_INSERT_HEAD(&lane->waiting, ticket, link);
            lane->waiting_count++;
            continue;
        }
        *last_turn(lane, ticket) = ++lane->turns;
        free(ticket->parameters);
        ticket->parameters = NULL;
    }
}

void lane_refuse_waiting(struct db_lane *lane)
{
    struct db_ticket *ticket;
    struct ts_error error;
    pipeline_set_unavailable(&error);
    while ((ticket = TAILQ_FIRST(&lane->waiting))) {
        lane_unqueue(lane, ticket);
        deadline_remove(&lane->pool->deadlines, ticket);
        ticket_fail(ticket, DB_UNAVAILABLE, &error);
    }
}

bool lane_may_change(const struct db_lane *lane, size_t statement)
{
    if (lane->class == DB_SLOW)
        return !lane->pool->statements[statement].read_only;
    return lane->class == DB_WRITE;
}
