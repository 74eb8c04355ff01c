// SPDX-License-Identifier: Apache-2.0
// The pool of database connections: libpq in pipeline mode on a libuv loop, one set of connections per class.
// One act is one statement is one Sync, so a failure aborts nobody else, and the answer is given when the
// Sync comes back (that is the commit), never at the rows. Called by rpc (every call) and lab (background
// work); serve.c owns the pool. All functions belong to the loop's thread.
#pragma once

#include "db/outcome.h"
#include "db/statement.h"
#include "db/value.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uv_loop_s;
struct db_pool;
struct db_ticket;
struct db_gauges;

// Zero in any number means the default in brackets.
struct db_pool_config {
    // libpq connection string or URI. Several hosts are tried in turn. Host names are resolved once, in
    // pool_create (which blocks for it); use addresses or socket directories where names move at failover.
    const char *conninfo;
    struct {
        unsigned connections;      // [read 4, search 2, write 12, slow 2]
        unsigned in_flight;        // per connection [read 16, search 2, write 1, slow 1]
    } sizes[DB_CLASS_COUNT];       // a class without statements gets no connections
    size_t waiting_max;            // acts of one class waiting for a connection [1024]
    uint64_t default_deadline_ms;  // for pool_submit with deadline 0 [30000]
    uint64_t connect_timeout_ms;   // per attempt, with authentication and preparing [5000]
    uint64_t retry_min_ms;         // reconnecting: doubles from here with jitter [50] ...
    uint64_t retry_max_ms;         // ... up to here [1000]: so long a database may be back unnoticed
    uint64_t outage_grace_ms;      // a class without connections still queues for so long, then refuses [300]
    uint64_t commit_grace_ms;      // a sent act this long past its deadline: its connection is dropped [2000]
    uint64_t close_grace_ms;       // pool_close lets sent acts end for so long [5000]
    uint64_t statement_timeout_ms; // on the server, not for DB_SLOW [30000]; slow lane: ten times that
    void (*ready_changed)(void *context, bool ready); // may be NULL; called from the loop
    void *ready_context;
};

// Starts connecting and returns at once; calls are refused as UNAVAILABLE until connections are ready.
// The configuration is copied; statements must outlive the pool. NULL on error:
// INVALID_ARGUMENT/DATABASE_ADDRESS for an unreadable conninfo or unknown host,
// RESOURCE_EXHAUSTED/OUT_OF_MEMORY.
struct db_pool *pool_create(struct uv_loop_s *loop, const struct db_pool_config *config,
                            const struct db_statement *statements, size_t count, struct ts_error *error);

// Runs statements[statement] with its parameter_count values. deadline_ms is absolute on the loop's clock
// (uv_now); 0 = default_deadline_ms from now. The ticket is valid until done is called or it is orphaned.
// NULL (done will not be called): RESOURCE_EXHAUSTED/DATABASE_BUSY at waiting_max,
// UNAVAILABLE/DATABASE_UNAVAILABLE while the class has no connection or the pool closes,
// RESOURCE_EXHAUSTED/OUT_OF_MEMORY. Past its deadline an act that was not sent, and any read, ends as
// DB_UNAVAILABLE with DEADLINE_EXCEEDED; a write that was sent ends as DB_UNKNOWN. A commit is never
// cancelled.
struct db_ticket *pool_submit(struct db_pool *pool, size_t statement, const struct db_value *values,
                              uint64_t deadline_ms, db_done *done, void *context, struct ts_error *error);

// As pool_submit, for the daemon's one question, without parameters, whether the database answers: goes
// before all that wait, and is not refused at waiting_max. One at a time.
struct db_ticket *pool_ask(struct db_pool *pool, size_t statement, uint64_t deadline_ms, db_done *done,
                           void *context, struct ts_error *error);

// Whose act it is, by any number, such as a session's [0]. Where acts wait for a connection of their class,
// their origins take turns. Right after pool_submit.
void pool_set_origin(struct db_ticket *ticket, uint64_t origin);

// The caller is gone: done will not be called. An act still waiting is dropped, one already sent runs to its
// end and its rows are drained in order. The ticket may not be used afterwards.
void pool_orphan(struct db_ticket *ticket);

// True when every class that has statements has at least one ready connection.
bool pool_is_ready(const struct db_pool *pool);

// Name of a statement the server refused to prepare on any connection so far, NULL when none. serve.c treats
// it as a reason not to start: program and schema do not belong together.
const char *pool_wrong_statement(const struct db_pool *pool);

// Numbers for metrics: see db/gauges.h.
void pool_read_gauges(const struct db_pool *pool, struct db_gauges *ret_gauges);

// Answers waiting acts as DB_UNAVAILABLE, lets sent ones end (close_grace_ms), closes everything, frees the
// pool and calls closed (may be NULL) from the loop. To be called once; submitting is refused from here on.
void pool_close(struct db_pool *pool, void (*closed)(void *context), void *context);
