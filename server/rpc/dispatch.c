// SPDX-License-Identifier: Apache-2.0
// From a request stream to a method's row, see dispatch.h. Checks in this order: path, content type,
// encoding, deadline, session token; then each message: pre-scan, unpack, field rules. What fails is
// answered at once and never reaches a step.
#include "rpc/dispatch.h"

#include "auth/token.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/require.h"
#include "rpc/call.h"
#include "rpc/crowd.h"
#include "rpc/plain.h"
#include "rpc/reply.h"
#include "rpc/stranger_rate.h"
#include "rpc/tally.h"
#include "wire/json_message.h"
#include "wire/prescan.h"
#include "wire/rules.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { TABLES_MAX = 4 };

struct rpc_dispatch {
    struct rpc_dispatch_config config;
    const struct rpc_method **rows; // of all tables, sorted by path
    struct rpc_tally *tallies;      // one for each row, and one for calls of no method
    size_t row_count;
    struct rpc_call *calls; // all that live, newest first
    struct stranger_rate strangers;
    struct crowd crowd;
    size_t call_count;
    bool database_ready, draining;
    const char *impaired; // the service that does not do its whole work, or NULL
    const char *words;    // why; or what an operator must know
};

// ---- the table

static int compare_rows(const void *a, const void *b)
{
    return strcmp((*(const struct rpc_method *const *)a)->path, (*(const struct rpc_method *const *)b)->path);
}

static int compare_path(const void *path, const void *row)
{
    return strcmp(path, (*(const struct rpc_method *const *)row)->path);
}

struct rpc_dispatch *dispatch_create(const struct rpc_dispatch_config *config, struct ts_error *error)
{
    struct rpc_dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the dispatcher.");
        return NULL;
    }
    dispatch->config = *config;
    dispatch->strangers.calls_per_minute = config->public_calls_per_minute;
    if (getrandom(&dispatch->strangers.seed, sizeof dispatch->strangers.seed, 0) < 0)
        dispatch->strangers.seed = (uint32_t)(uintptr_t)dispatch; // still nobody's guess
    return dispatch;
}

bool dispatch_add(struct rpc_dispatch *dispatch, const struct rpc_method *methods, size_t count,
                  struct ts_error *error)
{
    const struct rpc_method **rows =
        realloc(dispatch->rows, (dispatch->row_count + count) * sizeof *dispatch->rows);
    if (!rows)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the method table.");
    dispatch->rows = rows;
    free(dispatch->tallies); // tables are added before the first call
    dispatch->tallies = calloc(dispatch->row_count + count + 1, sizeof *dispatch->tallies);
    if (!dispatch->tallies)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the method table.");
    for (size_t i = 0; i < count; i++)
        rows[dispatch->row_count++] = &methods[i];
    qsort(rows, dispatch->row_count, sizeof *rows, compare_rows);
    return true;
}

void dispatch_free(struct rpc_dispatch *dispatch)
{
    if (!dispatch)
        return;
    require(dispatch->call_count == 0);
    free(dispatch->rows);
    free(dispatch->tallies);
    free(dispatch);
}

// row_count when there is no such method.
static size_t find_row(const struct rpc_dispatch *dispatch, const char *path)
{
    const struct rpc_method *const *rows = dispatch->rows;
    const struct rpc_method *const *found =
        bsearch(path, rows, dispatch->row_count, sizeof *rows, compare_path);
    return found ? (size_t)(found - rows) : dispatch->row_count;
}

bool dispatch_knows_path(const struct rpc_dispatch *dispatch, const char *path)
{
    return find_row(dispatch, path) < dispatch->row_count;
}

bool dispatch_knows_service(const struct rpc_dispatch *dispatch, const char *service)
{
    size_t length = strlen(service);
    for (size_t i = 0; i < dispatch->row_count; i++) {
        const char *path = dispatch->rows[i]->path + 1;
        if (strncmp(path, service, length) == 0 && path[length] == '/')
            return true;
    }
    return false;
}

void dispatch_set_serving(struct rpc_dispatch *dispatch, bool database_ready, bool draining)
{
    bool was_serving = dispatch_is_serving(dispatch), was_draining = dispatch->draining;
    dispatch->database_ready = database_ready;
    dispatch->draining = draining;
    if (was_serving == dispatch_is_serving(dispatch) && was_draining == draining)
        return;
    // Calls without an end of their own look at once: a watcher hears of an outage however short, and a drain
    // is not held up to its deadline.
    for (struct rpc_call *call = dispatch->calls, *next; call; call = next) {
        next = call->next;
        if (call->method->is_unbounded && (was_draining != draining || !call->method->streams_request))
            rpc_resume(call);
    }
}

bool dispatch_is_serving(const struct rpc_dispatch *dispatch)
{
    return dispatch->database_ready && !dispatch->draining;
}

void dispatch_set_impaired(struct rpc_dispatch *dispatch, const char *service, const char *words)
{
    dispatch->impaired = service;
    dispatch->words = words;
}

const char *dispatch_impaired(const struct rpc_dispatch *dispatch)
{
    return dispatch->impaired;
}

const char *dispatch_words(const struct rpc_dispatch *dispatch)
{
    return dispatch->words ? dispatch->words : "";
}

const char *dispatch_public_directory(const struct rpc_dispatch *dispatch)
{
    return dispatch->config.public_directory;
}

bool dispatch_is_draining(const struct rpc_dispatch *dispatch)
{
    return dispatch->draining;
}

size_t dispatch_call_count(const struct rpc_dispatch *dispatch)
{
    return dispatch->call_count;
}

struct db_pool *dispatch_pool(struct rpc_dispatch *dispatch)
{
    return dispatch->config.pool;
}

struct workers *dispatch_workers(struct rpc_dispatch *dispatch)
{
    return dispatch->config.workers;
}

void *dispatch_lab(struct rpc_dispatch *dispatch)
{
    return dispatch->config.lab;
}

// ---- a call's life

static void on_call_closed(uv_handle_t *handle)
{
    struct rpc_call *call = handle->data;
    struct rpc_dispatch *dispatch = call->dispatch;
    if (call->next)
        call->next->previous = call->previous;
    if (call->previous)
        call->previous->next = call->next;
    else
        dispatch->calls = call->next;
    dispatch->call_count--;
    if (call->in_crowd)
        crowd_leave(&dispatch->crowd, call->peer);
    arena_free(call->arena); // the call itself lives in it
}

static struct rpc_call *call_create(struct rpc_dispatch *dispatch, struct net_stream *stream, size_t row)
{
    struct arena *arena = arena_create(dispatch->config.call_arena_bytes);
    struct rpc_call *call = arena ? arena_alloc(arena, sizeof *call) : NULL;
    if (!call) {
        arena_free(arena);
        return NULL;
    }
    memset(call, 0, sizeof *call);
    call->arena = arena;
    call->dispatch = dispatch;
    call->stream = stream;
    call->tally = &dispatch->tallies[row];
    call->method = dispatch->rows[row];
    call->started_ms = uv_now(dispatch->config.loop);
    call->started_ns = uv_hrtime();
    uv_timer_init(dispatch->config.loop, &call->timer);
    call->timer.data = call;
    call->next = dispatch->calls;
    if (call->next)
        call->next->previous = call;
    dispatch->calls = call;
    dispatch->call_count++;
    net_stream_set_user(stream, call);
    return call;
}

static void tell_end(const struct rpc_call *call)
{
    enum ts_status status = call->finished ? call->error.status : TS_CANCELLED;
    tally_count(call->tally, call->dispatch->config.metrics, call->method->name, status,
                (uv_hrtime() - call->started_ns) / 1000);
    log_write(status == TS_INTERNAL || status == TS_UNKNOWN ? LOG_WARNING : LOG_DEBUG, "call", "method",
              call->method->name, "status", error_status_name(status), "reason", call->error.reason, "ms",
              log_number((int64_t)(uv_now(call->timer.loop) - call->started_ms)), NULL);
}

void dispatch_call_finished(struct rpc_call *call)
{
    call->finished = true;
    tell_end(call);
    uv_timer_stop(&call->timer);
    dispatch_call_gone(call);
}

void dispatch_call_gone(struct rpc_call *call)
{
    if (call->stream || call->worker_busy || call->in_step || uv_is_closing((uv_handle_t *)&call->timer))
        return;
    rpc_call_stop(call);
    uv_close((uv_handle_t *)&call->timer, on_call_closed);
}

// ---- net's handlers

static void fail_stream(struct net_stream *stream, enum ts_status status, const char *reason,
                        const char *text)
{
    struct arena *arena = arena_create(16384);
    struct ts_error error = {0};
    error_set(&error, status, reason, "%s", text);
    if (arena)
        reply_send_error(stream, arena, &error);
    else
        net_stream_reset(stream, 2 /* INTERNAL_ERROR */);
    arena_free(arena);
}

static void set_deadline(struct rpc_call *call, const struct net_request_head *head)
{
    const struct rpc_dispatch_config *config = &call->dispatch->config;
    uint64_t timeout_ms = head->has_timeout ? head->timeout_ms : config->deadline_default_ms;
    if (call->method->is_unbounded) {
        if (head->has_timeout)
            call->deadline_ms = call->started_ms + head->timeout_ms;
        return;
    }
    if (timeout_ms > config->deadline_max_ms)
        timeout_ms = config->deadline_max_ms;
    call->deadline_ms = call->started_ms + timeout_ms;
}

static bool take_token(struct rpc_call *call, const struct net_request_head *head)
{
    const char *token = token_of_header(head->authorization);
    if (!token)
        error_set(&call->error, TS_UNAUTHENTICATED, "SESSION_MISSING", "Log in first.");
    else
        call->has_token = token_hash(token, strlen(token), call->token_hash, &call->error);
    if (call->has_token)
        return true;
    if (call->method->needs_session || call->error.status != TS_UNAUTHENTICATED)
        return false;
    memset(&call->error, 0, sizeof call->error);
    return true;
}

// A stranger who asks too often; who has logged in is none, and asks other services.
static bool is_too_often(struct rpc_call *call, const char *peer)
{
    static const char PUBLIC[] = "/touchstone.v1.PublicService/";
    if (strncmp(call->method->path, PUBLIC, sizeof PUBLIC - 1) != 0 ||
        stranger_rate_take(&call->dispatch->strangers, peer, clock_monotonic_ms(NULL)))
        return false;
    error_set(&call->error, TS_RESOURCE_EXHAUSTED, "TOO_MANY_CALLS",
              "Too many questions came from this address. Wait a minute, then try again.");
    return true;
}

// A watcher too many, of its address or in all.
static bool is_crowded_out(struct rpc_call *call, const char *peer)
{
    if (!call->method->is_crowded)
        return false;
    enum crowd_answer answer = crowd_enter(&call->dispatch->crowd, peer);
    call->in_crowd = answer == CROWD_ENTERED;
    if (answer == CROWD_FULL)
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS",
                  "Too many boards are open. Close one, or try again later.");
    else if (answer == CROWD_ADDRESS_FULL)
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS",
                  "Too many boards are open from this address. Close one there, or try again later.");
    return answer != CROWD_ENTERED;
}

static void begin_call(struct rpc_call *call, const struct net_request_head *head)
{
    call->peer = arena_copy(call->arena, head->peer, strlen(head->peer));
    set_deadline(call, head);
    rpc_call_arm(call);
    if (!call->peer)
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
    if (!call->peer || is_too_often(call, call->peer) || is_crowded_out(call, call->peer) ||
        !take_token(call, head))
        rpc_call_fail(call);
}

static void on_head(void *context, struct net_stream *stream, const struct net_request_head *head)
{
    struct rpc_dispatch *dispatch = context;
    if (!head->is_grpc) {
        plain_answer(dispatch, stream, head);
        return;
    }
    size_t row = find_row(dispatch, head->path);
    if (row == dispatch->row_count) {
        tally_count(&dispatch->tallies[row], dispatch->config.metrics, "unknown", TS_UNIMPLEMENTED, 0);
        fail_stream(stream, TS_UNIMPLEMENTED, "METHOD_UNKNOWN", "There is no such method here.");
        return;
    }
    struct rpc_call *call = call_create(dispatch, stream, row);
    if (!call) {
        fail_stream(stream, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
        return;
    }
    net_stream_set_message_ceiling(stream, call->method->takes_blobs ? dispatch->config.blob_message_bytes
                                                                     : dispatch->config.message_bytes);
    begin_call(call, head);
}

struct rpc_call *dispatch_begin_web(struct rpc_dispatch *dispatch, struct net_stream *stream,
                                    const struct net_request_head *head, const char *path)
{
    struct rpc_call *call = call_create(dispatch, stream, find_row(dispatch, path));
    if (!call)
        return NULL;
    call->is_web = true;
    begin_call(call, head);
    return call;
}

bool dispatch_check_request(struct rpc_call *call)
{
    return rules_check(call->request, &call->error);
}

// So that a stream of many messages, which may stay open for days, holds no more than one.
static bool begin_message(struct rpc_call *call)
{
    if (!call->method->keeps_nothing)
        return true;
    call->message_arena = arena_create(call->dispatch->config.call_arena_bytes);
    return call->message_arena || error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                                            "The server is too busy. Try again.");
}

static void end_message(struct rpc_call *call)
{
    if (!call->message_arena)
        return;
    arena_free(call->message_arena);
    call->message_arena = NULL;
    call->request = NULL;
}

static bool read_message(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    if (call->is_web) {
        call->request =
            json_message_read(call->method->request, (const char *)bytes, length, call->arena, &call->error);
        return call->request && dispatch_check_request(call);
    }
    if (!begin_message(call))
        return false;
    ProtobufCAllocator allocator = arena_allocator(call->message_arena ? call->message_arena : call->arena);
    if (!prescan_message(call->method->request, bytes, length, &call->error))
        return false;
    call->request = protobuf_c_message_unpack(call->method->request, &allocator, length, bytes);
    if (!call->request)
        return error_set(&call->error, TS_INVALID_ARGUMENT, "MESSAGE_MALFORMED",
                         "The message is not a %s, or it is too large.", call->method->request->name);
    return call->method->is_foreign || rules_check(call->request, &call->error);
}

static void on_message(void *context, struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    struct rpc_call *call = net_stream_user(stream);
    (void)context;
    if (!call || call->finished)
        return;
    if (call->message_seen && !call->method->streams_request) {
        error_set(&call->error, TS_UNIMPLEMENTED, "ONE_MESSAGE_ONLY",
                  "This method takes exactly one message.");
        rpc_call_fail(call);
        return;
    }
    call->message_seen = true;
    if (!read_message(call, bytes, length))
        rpc_call_fail(call);
    else if (call->method->streams_request)
        rpc_resume(call);
    end_message(call);
}

static void on_half_close(void *context, struct net_stream *stream)
{
    struct rpc_call *call = net_stream_user(stream);
    (void)context;
    if (!call || call->finished)
        return;
    call->request_ended = true;
    if (call->method->streams_request) {
        call->request = NULL;
        rpc_resume(call);
    } else if (!call->message_seen) {
        error_set(&call->error, call->is_web ? TS_INVALID_ARGUMENT : TS_UNIMPLEMENTED, "MESSAGE_MISSING",
                  "This method takes exactly one message.");
        rpc_call_fail(call);
    } else {
        rpc_call_start(call);
    }
}

static void on_closed(void *context, struct net_stream *stream, uint32_t h2_error)
{
    struct rpc_call *call = net_stream_user(stream);
    (void)context;
    (void)h2_error;
    if (!call)
        return;
    call->stream = NULL;
    if (!call->finished) {
        tell_end(call);
        rpc_call_stop(call);
    }
    dispatch_call_gone(call);
}

static void on_writable(void *context, struct net_stream *stream)
{
    struct rpc_call *call = net_stream_user(stream);
    (void)context;
    if (call)
        rpc_call_writable(call);
}

static void on_broken(void *context, struct net_stream *stream, const struct ts_error *error)
{
    struct rpc_call *call = net_stream_user(stream);
    (void)context;
    if (!call || call->finished)
        return;
    call->error = *error;
    rpc_call_fail(call);
}

const struct net_handlers *dispatch_handlers(void)
{
    static const struct net_handlers handlers = {
        .head = on_head,
        .message = on_message,
        .half_close = on_half_close,
        .closed = on_closed,
        .writable = on_writable,
        .broken = on_broken,
    };
    return &handlers;
}
