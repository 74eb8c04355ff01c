// SPDX-License-Identifier: Apache-2.0
// The pool's inside, shared by pool.c, lane.c, connection.c and pipeline.c; nobody else includes it.
#pragma once

#include "db/conninfo.h"
#include "db/deadline.h"
#include "db/lane.h"
#include "db/pool.h"
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct db_pool {
    uv_loop_t *loop;
    struct db_pool_config config; // defaults filled in; conninfo text not kept
    struct db_conninfo *conninfo;
    const struct db_statement *statements;
    size_t statement_count;
    struct db_lane lanes[DB_CLASS_COUNT];
    struct deadline_heap deadlines;
    struct connection_list dirty; // to be looked at before the loop sleeps
    uv_prepare_t turn;            // runs while something is dirty or the pool closes
    uv_timer_t timer;             // the earliest deadline
    uint64_t timer_due_ms;        // what it is set to
    uv_timer_t outage;            // end of the grace of lanes without connections
    size_t handles;               // uv handles not yet closed
    bool ready;
    bool was_ready; // at least once
    bool closing;
    uint64_t close_by_ms;
    const char *wrong_statement;
    uint64_t connections_lost, answers_unknown;
    void (*closed)(void *context);
    void *closed_context;
};

// pool.c, for the other files.
void pool_mark_dirty(struct db_pool *pool, struct db_connection *connection);
void pool_update_ready(struct db_pool *pool);
void pool_update_timer(struct db_pool *pool);
void pool_start_outage(struct db_pool *pool, struct db_lane *lane);
// One uv handle of the pool (a struct db_pool) is closed; the last one frees it.
void pool_handle_closed(void *pool);
