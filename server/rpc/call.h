// SPDX-License-Identifier: Apache-2.0
// One RPC from its head to its trailers. A call is owned by the dispatcher; steps only borrow it.
//
// A step reads `stage`, does one thing and returns the verdict of one rpc_* function: answer, fail, or
// wait for the database, a worker, a clock or the client, with the stage at which to go on. Everything
// a step allocates comes from `arena`, which ends with the call; a stream without an end that keeps nothing
// has an arena for each message instead.
#pragma once

#include "core/workers.h"
#include "db/pool.h"
#include "net/stream.h"
#include "rpc/method.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <uv.h>

struct rpc_dispatch;
struct rpc_tally;

// What the last database wait brought, copied into the arena: text is NUL-terminated, NULL is SQL NULL. Of a
// method that answers rows instead the response, ready to be sent.
struct rpc_row {
    const char *value[8];
    size_t length[8];
    int columns;
    const uint8_t *response;
    size_t response_length;
};

enum { RPC_TOKEN_HASH_BYTES = 32, RPC_STAGE_FIRST = 0 };

struct rpc_call {
    const struct rpc_method *method;
    struct rpc_dispatch *dispatch;
    struct net_stream *stream; // NULL once the client is gone
    struct arena *arena;
    struct arena *message_arena; // with method->keeps_nothing: of the message at hand, else NULL
    ProtobufCMessage *request;   // NULL at the end of a request stream
    int stage;
    void *state; // a step's own, in the arena

    uint8_t token_hash[RPC_TOKEN_HASH_BYTES];
    bool has_token;
    const char *peer;        // address without port
    const char *daemon_json; // members added for SQL under "daemon"; NULL for none
    struct rpc_row row;
    bool work_succeeded;
    struct ts_error error;

    // The engine's own; steps leave them alone.
    struct db_ticket *ticket;
    struct worker_job *job;
    bool (*work)(struct rpc_call *call);
    uv_timer_t timer;
    uint64_t started_ms, deadline_ms, wake_ms, started_ns;
    struct rpc_tally *tally;
    bool request_ended, message_seen, head_sent, finished, waiting, waiting_writable, in_step;
    bool is_web;      // plain HTTP: web.c reads the request and writes the answer
    bool in_crowd;    // has a place of the crowd, until it is freed
    bool worker_busy; // a worker thread reads this call: it must not be freed yet
    struct rpc_call *previous, *next;
};

// ---- verdicts
struct rpc_verdict rpc_reply(struct rpc_call *call, const ProtobufCMessage *response);
// The answer of a SQL function, in the JSON mapping of the response message.
struct rpc_verdict rpc_reply_json(struct rpc_call *call, const char *json, size_t length);
// The response as it is sent.
struct rpc_verdict rpc_reply_bytes(struct rpc_call *call, const uint8_t *bytes, size_t length);
// Fails with call->error.
struct rpc_verdict rpc_fail(struct rpc_call *call);
// After the act, when its answer could not be made: a write ends as OUTCOME_UNKNOWN, because its key fetches
// the answer again; a read as RESOURCE_EXHAUSTED for want of room, else as INTERNAL with the reason in the
// log.
struct rpc_verdict rpc_fail_answer(struct rpc_call *call);
// Fails because the daemon stops.
struct rpc_verdict rpc_fail_stopping(struct rpc_call *call);
// Ends a stream with OK.
struct rpc_verdict rpc_end(struct rpc_call *call);
// One act. Its row arrives in call->row; a failed act ends the call before `stage` is reached.
struct rpc_verdict rpc_wait_sql(struct rpc_call *call, size_t statement, const struct db_value *values,
                                int stage);
// Runs `work` on a worker thread; its answer arrives in call->work_succeeded.
struct rpc_verdict rpc_wait_work(struct rpc_call *call, bool (*work)(struct rpc_call *call), int stage);
struct rpc_verdict rpc_wait_ms(struct rpc_call *call, uint64_t delay_ms, int stage);
// Until the client has read enough of the stream to take more.
struct rpc_verdict rpc_wait_writable(struct rpc_call *call, int stage);
// The next message of a request stream, or its end; where the method is unbounded, or the drain.
struct rpc_verdict rpc_wait_message(struct rpc_call *call);

// ---- not verdicts
// Sends one message of a reply stream; false when the client must read first.
bool rpc_send(struct rpc_call *call, const ProtobufCMessage *response);
// Of plain HTTP: sends one event of text/event-stream, whose text has no line feed; NULL is a sign of life.
// Keeps nothing in the arena. False when the client must read first.
bool rpc_send_event(struct rpc_call *call, const char *text, size_t length);
// Goes on with a step that waited, from outside (a message, a drain).
void rpc_resume(struct rpc_call *call);
// The text of a string field of the request, "" when it has none of that name.
const char *rpc_request_text(const struct rpc_call *call, const char *field);
