// SPDX-License-Identifier: Apache-2.0
// From a request stream to a method's row and back: the upper end of net, the owner of all calls. One per
// daemon. Implements net's handler table; knows health, readiness and draining.
#pragma once

#include "net/stream.h"
#include "rpc/method.h"
#include "wire/error.h"

#include <stdbool.h>
#include <stdint.h>

struct db_pool;
struct metrics;
struct rpc_call;
struct rpc_dispatch;
struct uv_loop_s;
struct workers;

struct rpc_dispatch_config {
    struct uv_loop_s *loop;
    struct db_pool *pool;
    struct workers *workers;
    uint64_t deadline_default_ms, deadline_max_ms;
    size_t message_bytes;             // ceiling of a request message
    size_t blob_message_bytes;        // the same for methods that take pictures
    size_t call_arena_bytes;          // ceiling of everything a call allocates
    struct metrics *metrics;          // may be NULL
    uint64_t public_calls_per_minute; // of one address, at least 1
    const char *public_directory;     // of the log's files
    void *lab;                        // what lab's steps need (password cost, sheets); rpc only carries it
};

struct rpc_dispatch *dispatch_create(const struct rpc_dispatch_config *config, struct ts_error *error);
// Adds a table of rows; it must outlive the dispatcher.
bool dispatch_add(struct rpc_dispatch *dispatch, const struct rpc_method *methods, size_t count,
                  struct ts_error *error);
// The table that net calls, with the dispatcher as its context.
const struct net_handlers *dispatch_handlers(void);
// Health follows it: NOT_SERVING while the database is away or the daemon drains. With the drain, methods
// that are unbounded end UNAVAILABLE.
void dispatch_set_serving(struct rpc_dispatch *dispatch, bool database_ready, bool draining);
bool dispatch_is_serving(const struct rpc_dispatch *dispatch);
// One service that answers but does not do its whole work now (NULL = none): its health is NOT_SERVING and
// /readyz names it, while the daemon stays ready for the others. The words say why, or without a service what
// must be done before one is impaired; both must live on.
void dispatch_set_impaired(struct rpc_dispatch *dispatch, const char *service, const char *words);
const char *dispatch_impaired(const struct rpc_dispatch *dispatch);
const char *dispatch_words(const struct rpc_dispatch *dispatch);
const char *dispatch_public_directory(const struct rpc_dispatch *dispatch);
bool dispatch_is_draining(const struct rpc_dispatch *dispatch);
size_t dispatch_call_count(const struct rpc_dispatch *dispatch);
// Every call must have ended: after net has closed its streams and the loop has run.
void dispatch_free(struct rpc_dispatch *dispatch);

// ---- for call.c and the standard methods
struct db_pool *dispatch_pool(struct rpc_dispatch *dispatch);
struct workers *dispatch_workers(struct rpc_dispatch *dispatch);
void *dispatch_lab(struct rpc_dispatch *dispatch);
bool dispatch_knows_path(const struct rpc_dispatch *dispatch, const char *path);
bool dispatch_knows_service(const struct rpc_dispatch *dispatch, const char *service);
// A call of plain HTTP: its request is read by web.c. NULL without memory.
struct rpc_call *dispatch_begin_web(struct rpc_dispatch *dispatch, struct net_stream *stream,
                                    const struct net_request_head *head, const char *path);
// The field rules; false with call->error.
bool dispatch_check_request(struct rpc_call *call);
// The call has sent its trailers; it ends when net reports the stream closed.
void dispatch_call_finished(struct rpc_call *call);
// The client is gone and nothing waits any more.
void dispatch_call_gone(struct rpc_call *call);
void rpc_call_arm(struct rpc_call *call);
void rpc_call_start(struct rpc_call *call);
void rpc_call_fail(struct rpc_call *call);
void rpc_call_stop(struct rpc_call *call);
void rpc_call_writable(struct rpc_call *call);
