// SPDX-License-Identifier: Apache-2.0
// The engine of one call: verdicts, waits, and the one function through which database, worker, clock and
// client resume it. Owned by dispatch.c; see call.h for what a step may do.
#include "rpc/call.h"

#include "core/log.h"
#include "core/require.h"
#include "db/outcome.h"
#include "db/value.h"
#include "net/stream.h"
#include "rpc/dispatch.h"
#include "rpc/reply.h"
#include "rpc/rows.h"
#include "rpc/web_reply.h"
#include "wire/json_wire.h"

#include <string.h>

static struct rpc_verdict done_verdict(void)
{
    return (struct rpc_verdict){.kind = RPC_DONE};
}

static struct rpc_verdict waiting(struct rpc_call *call, int stage)
{
    call->stage = stage;
    call->waiting = true;
    return (struct rpc_verdict){.kind = RPC_WAITING};
}

static void on_timer(uv_timer_t *timer);

// One timer serves both the deadline and rpc_wait_ms: it is set to whichever comes first.
static void arm_timer(struct rpc_call *call)
{
    uint64_t now_ms = uv_now(call->timer.loop);
    uint64_t at_ms = call->deadline_ms;
    if (call->wake_ms && (!at_ms || call->wake_ms < at_ms))
        at_ms = call->wake_ms;
    if (at_ms)
        uv_timer_start(&call->timer, on_timer, at_ms > now_ms ? at_ms - now_ms : 0, 0);
    else
        uv_timer_stop(&call->timer);
}

static void forget_waits(struct rpc_call *call)
{
    if (call->ticket)
        pool_orphan(call->ticket);
    call->ticket = NULL;
    // Work that has not begun is not done for nobody; what a thread has begun ends by itself.
    if (call->worker_busy)
        workers_cancel(dispatch_workers(call->dispatch), call);
    call->waiting = call->waiting_writable = false;
    call->wake_ms = 0;
}

static void run_step(struct rpc_call *call)
{
    call->waiting = call->waiting_writable = false;
    call->in_step = true;
    struct rpc_verdict verdict = call->method->step(call);
    call->in_step = false;
    if (verdict.kind == RPC_DONE)
        dispatch_call_finished(call);
    else if (!call->stream)
        dispatch_call_gone(call);
}

void rpc_resume(struct rpc_call *call)
{
    if (!call->finished && call->waiting && call->stream && !call->in_step)
        run_step(call);
}

// From the head on: the deadline runs, and a request stream waits for its first message.
void rpc_call_arm(struct rpc_call *call)
{
    call->waiting = call->method->streams_request;
    arm_timer(call);
}

void rpc_call_start(struct rpc_call *call)
{
    run_step(call);
}

// Ends a call from outside its step.
void rpc_call_fail(struct rpc_call *call)
{
    if (call->finished)
        return;
    forget_waits(call);
    (void)rpc_fail(call);
    dispatch_call_finished(call);
}

void rpc_call_writable(struct rpc_call *call)
{
    if (call->waiting_writable)
        rpc_resume(call);
}

void rpc_call_stop(struct rpc_call *call)
{
    forget_waits(call);
    call->finished = true;
    uv_timer_stop(&call->timer);
}

static void on_timer(uv_timer_t *timer)
{
    struct rpc_call *call = timer->data;
    uint64_t now_ms = uv_now(timer->loop);
    if (call->deadline_ms && now_ms >= call->deadline_ms) {
        error_set(
            &call->error, TS_DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
            call->method->is_write && call->ticket
                ? "No answer in time: it may or may not have been done. Repeat it with the same request_id."
                : "No answer in time. Try again.");
        rpc_call_fail(call);
        return;
    }
    if (call->wake_ms && now_ms >= call->wake_ms) {
        call->wake_ms = 0;
        arm_timer(call);
        rpc_resume(call);
        return;
    }
    arm_timer(call);
}

// The act is done: an error that would say it was refused, or that the caller asked wrongly, must not go out.
static void set_answer_error(struct rpc_call *call)
{
    bool has_no_room = call->error.status == TS_OK || call->error.status == TS_RESOURCE_EXHAUSTED;
    if (!has_no_room)
        log_error(LOG_ERROR, "answer_not_made", &call->error);
    if (call->method->is_write)
        error_set(&call->error, TS_UNKNOWN, "OUTCOME_UNKNOWN",
                  "The answer could not be made: it may have been done. Repeat it with the same request_id.");
    else if (!has_no_room)
        error_set(&call->error, TS_INTERNAL, "ANSWER_NOT_MADE",
                  "The server cannot make the answer. Its operator finds the reason in the log.");
    else if (call->error.status == TS_OK)
        error_set(&call->error, TS_RESOURCE_EXHAUSTED, "ANSWER_TOO_LARGE",
                  "The answer is too large. Ask for a smaller page.");
}

struct rpc_verdict rpc_reply(struct rpc_call *call, const ProtobufCMessage *response)
{
    return rpc_send(call, response) ? rpc_end(call) : rpc_fail_answer(call);
}

static bool send_head(struct rpc_call *call)
{
    if (!call->head_sent && !(call->is_web ? web_reply_head(call->stream, call->method->streams_reply)
                                           : reply_send_head(call->stream)))
        return false;
    call->head_sent = true;
    return true;
}

static bool send_web_message(struct rpc_call *call, const ProtobufCMessage *message)
{
    return web_reply_message(call->stream, call->arena, call->method->streams_reply, message, &call->error);
}

// The same answer as JSON: it is made from the message, so that both ways say the same.
static bool send_web(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    ProtobufCAllocator allocator = arena_allocator(call->arena);
    ProtobufCMessage *message = protobuf_c_message_unpack(call->method->response, &allocator, length, bytes);
    return message && send_head(call) && send_web_message(call, message);
}

struct rpc_verdict rpc_reply_json(struct rpc_call *call, const char *json, size_t length)
{
    const uint8_t *bytes;
    size_t byte_count;
    if (!json_wire_write(call->method->response, json, length, call->arena, &bytes, &byte_count,
                         &call->error))
        return rpc_fail_answer(call);
    return rpc_reply_bytes(call, bytes, byte_count);
}

struct rpc_verdict rpc_reply_bytes(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    if (call->stream &&
        !(call->is_web ? send_web(call, bytes, length)
                       : send_head(call) && net_stream_send_message(call->stream, bytes, length)))
        return rpc_fail_answer(call);
    return rpc_end(call); // also when nobody is there to read it
}

struct rpc_verdict rpc_fail(struct rpc_call *call)
{
    // One call suffers from a step that forgot to say why, not all of them.
    if (call->error.status == TS_OK)
        error_set(&call->error, TS_INTERNAL, "ERROR_MISSING", "The server failed and does not know why.");
    if (call->stream && call->is_web)
        web_reply_error(call->stream, call->arena, call->head_sent, &call->error);
    else if (call->stream)
        reply_send_error(call->stream, call->arena, &call->error);
    call->finished = true;
    return done_verdict();
}

struct rpc_verdict rpc_fail_answer(struct rpc_call *call)
{
    set_answer_error(call);
    return rpc_fail(call);
}

struct rpc_verdict rpc_fail_stopping(struct rpc_call *call)
{
    error_set(&call->error, TS_UNAVAILABLE, "SHUTTING_DOWN", "The server is stopping. Try again.");
    return rpc_fail(call);
}

struct rpc_verdict rpc_end(struct rpc_call *call)
{
    call->error.status = TS_OK;
    if (call->stream && call->is_web && send_head(call))
        web_reply_end(call->stream);
    else if (call->stream && !call->is_web)
        reply_send_ok(call->stream);
    call->finished = true;
    return done_verdict();
}

bool rpc_send(struct rpc_call *call, const ProtobufCMessage *response)
{
    if (!call->stream)
        return true; // nobody is there to read it
    if (!send_head(call))
        return false;
    if (call->is_web)
        return send_web_message(call, response);
    struct arena *arena = call->message_arena ? call->message_arena : call->arena;
    return reply_send_message(call->stream, arena, response, &call->error);
}

bool rpc_send_event(struct rpc_call *call, const char *text, size_t length)
{
    if (!call->stream)
        return true;
    if (!call->head_sent && !web_reply_event_head(call->stream))
        return false;
    call->head_sent = true;
    return web_reply_event(call->stream, text, length);
}

// Nothing of the result is valid later: a row is copied, rows are written out.
static bool keep_rows(struct rpc_call *call, const PGresult *result)
{
    memset(&call->row, 0, sizeof call->row);
    if (call->method->answers_rows)
        return rows_write(call->method->response, result, call->arena, &call->row.response,
                          &call->row.response_length, &call->error);
    if (PQntuples(result) == 0)
        return true;
    int columns = PQnfields(result);
    require(columns <= (int)(sizeof call->row.value / sizeof call->row.value[0]));
    call->row.columns = columns;
    for (int i = 0; i < columns; i++) {
        if (PQgetisnull(result, 0, i))
            continue;
        call->row.length[i] = (size_t)PQgetlength(result, 0, i);
        call->row.value[i] = arena_copy(call->arena, PQgetvalue(result, 0, i), call->row.length[i]);
        if (!call->row.value[i])
            return false;
    }
    return true;
}

static void on_sql_done(void *context, const struct db_outcome *outcome)
{
    struct rpc_call *call = context;
    call->ticket = NULL;
    if (outcome->kind != DB_DONE) {
        call->error = outcome->error;
        rpc_call_fail(call);
    } else if (!keep_rows(call, outcome->result)) {
        set_answer_error(call);
        rpc_call_fail(call);
    } else {
        rpc_resume(call);
    }
}

// The session; calls without one are of one origin.
static uint64_t origin(const struct rpc_call *call)
{
    uint64_t number = 0;
    if (call->has_token)
        memcpy(&number, call->token_hash, sizeof number);
    return number;
}

struct rpc_verdict rpc_wait_sql(struct rpc_call *call, size_t statement, const struct db_value *values,
                                int stage)
{
    call->ticket = pool_submit(dispatch_pool(call->dispatch), statement, values, call->deadline_ms,
                               on_sql_done, call, &call->error);
    if (!call->ticket)
        return rpc_fail(call);
    pool_set_origin(call->ticket, origin(call));
    return waiting(call, stage);
}

static void work_on_thread(void *context)
{
    struct rpc_call *call = context;
    call->work_succeeded = call->work(call);
}

static void on_work_done(void *context, bool cancelled)
{
    struct rpc_call *call = context;
    call->worker_busy = false;
    if (!call->stream || call->finished)
        dispatch_call_gone(call);
    else if (cancelled) {
        error_set(&call->error, TS_UNAVAILABLE, "SHUTTING_DOWN", "The server is stopping. Try again.");
        rpc_call_fail(call);
    } else {
        rpc_resume(call);
    }
}

struct rpc_verdict rpc_wait_work(struct rpc_call *call, bool (*work)(struct rpc_call *call), int stage)
{
    call->work = work;
    if (!workers_submit(dispatch_workers(call->dispatch), work_on_thread, on_work_done, call, &call->error))
        return rpc_fail(call);
    call->worker_busy = true;
    return waiting(call, stage);
}

struct rpc_verdict rpc_wait_ms(struct rpc_call *call, uint64_t delay_ms, int stage)
{
    call->wake_ms = uv_now(call->timer.loop) + (delay_ms ? delay_ms : 1);
    arm_timer(call);
    return waiting(call, stage);
}

struct rpc_verdict rpc_wait_writable(struct rpc_call *call, int stage)
{
    struct rpc_verdict verdict = waiting(call, stage);
    call->waiting_writable = true;
    return verdict;
}

struct rpc_verdict rpc_wait_message(struct rpc_call *call)
{
    return waiting(call, call->stage);
}

const char *rpc_request_text(const struct rpc_call *call, const char *field)
{
    const ProtobufCFieldDescriptor *found =
        protobuf_c_message_descriptor_get_field_by_name(call->method->request, field);
    if (!found || found->type != PROTOBUF_C_TYPE_STRING || found->label == PROTOBUF_C_LABEL_REPEATED)
        return "";
    const char *text = *(char *const *)((const char *)call->request + found->offset);
    return text ? text : "";
}
