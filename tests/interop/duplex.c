// SPDX-License-Identifier: Apache-2.0
// Streams of answers: every request lists sizes and pauses, and its answers go out in that order. A request
// that comes while earlier ones are still being answered waits in a list; requests live in the call's arena.
#include "duplex.h"

#include "answer.h"

#include <string.h>

enum { US_PER_MS = 1000 };

struct waiting_request {
    const Grpc__Testing__StreamingOutputCallRequest *request;
    struct waiting_request *next;
};

struct duplex {
    struct waiting_request *first, **last;
    const Grpc__Testing__StreamingOutputCallRequest *newest; // to tell a new message from a wake-up
    size_t at;                                               // answers of `first` already sent
    Grpc__Testing__Payload *payload;                         // zeros, used again
    size_t payload_size;
    uint64_t pause_until_ms; // before answer `at`; 0 = not begun
};

static struct duplex *duplex_of(struct rpc_call *call)
{
    struct duplex *duplex = call->state;
    if (duplex)
        return duplex;
    duplex = arena_alloc(call->arena, sizeof *duplex);
    if (!duplex)
        return NULL;
    memset(duplex, 0, sizeof *duplex);
    duplex->last = &duplex->first;
    call->state = duplex;
    return duplex;
}

static bool take_request(struct rpc_call *call, struct duplex *duplex)
{
    const Grpc__Testing__StreamingOutputCallRequest *request = (const void *)call->request;
    if (!request || request == duplex->newest)
        return true;
    struct waiting_request *waiting = arena_alloc(call->arena, sizeof *waiting);
    if (!waiting)
        return false;
    *waiting = (struct waiting_request){.request = request};
    *duplex->last = waiting;
    duplex->last = &waiting->next;
    duplex->newest = request;
    return true;
}

static Grpc__Testing__Payload *payload_of(struct rpc_call *call, struct duplex *duplex, int32_t size)
{
    if (!duplex->payload || size < 0 || (size_t)size > duplex->payload_size) {
        duplex->payload = answer_payload(call, size);
        duplex->payload_size = (size_t)size;
    }
    if (duplex->payload)
        duplex->payload->body.len = (size_t)size;
    return duplex->payload;
}

enum progress { PROGRESS_ALL_SENT, PROGRESS_PAUSED, PROGRESS_FULL, PROGRESS_FAILED };

static enum progress send_one(struct rpc_call *call, struct duplex *duplex,
                              const Grpc__Testing__ResponseParameters *wanted)
{
    uint64_t now_ms = uv_now(call->timer.loop);
    if (wanted->interval_us > 0 && !duplex->pause_until_ms)
        duplex->pause_until_ms = now_ms + (uint64_t)wanted->interval_us / US_PER_MS;
    if (now_ms < duplex->pause_until_ms)
        return PROGRESS_PAUSED;
    Grpc__Testing__StreamingOutputCallResponse response = GRPC__TESTING__STREAMING_OUTPUT_CALL_RESPONSE__INIT;
    response.payload = payload_of(call, duplex, wanted->size);
    if (!response.payload)
        return PROGRESS_FAILED;
    if (!answer_send(call, &response.base, wanted->compressed && wanted->compressed->value))
        return PROGRESS_FULL;
    duplex->at++;
    duplex->pause_until_ms = 0;
    return PROGRESS_ALL_SENT;
}

// Answers the requests in the list as far as it goes; the list is empty after PROGRESS_ALL_SENT. A request
// with a status of its own stays first.
static enum progress send_waiting(struct rpc_call *call, struct duplex *duplex)
{
    for (; duplex->first; duplex->first = duplex->first->next, duplex->at = 0) {
        const Grpc__Testing__StreamingOutputCallRequest *request = duplex->first->request;
        while (duplex->at < request->n_response_parameters) {
            enum progress progress = send_one(call, duplex, request->response_parameters[duplex->at]);
            if (progress != PROGRESS_ALL_SENT)
                return progress;
        }
        if (request->response_status)
            return PROGRESS_ALL_SENT;
    }
    duplex->last = &duplex->first;
    return PROGRESS_ALL_SENT;
}

static struct rpc_verdict go_on(struct rpc_call *call, struct duplex *duplex, bool request_stream_ended)
{
    switch (send_waiting(call, duplex)) {
    case PROGRESS_PAUSED:
        return rpc_wait_ms(call, duplex->pause_until_ms - uv_now(call->timer.loop), RPC_STAGE_FIRST);
    case PROGRESS_FULL:
        return rpc_wait_writable(call, RPC_STAGE_FIRST);
    case PROGRESS_FAILED:
        return answer_out_of_memory(call);
    default:
        if (duplex->first)
            return answer_end(call, duplex->first->request->response_status);
        return request_stream_ended ? answer_end(call, NULL) : rpc_wait_message(call);
    }
}

struct rpc_verdict duplex_output(struct rpc_call *call)
{
    struct duplex *duplex = duplex_of(call);
    if (!duplex || !take_request(call, duplex))
        return answer_out_of_memory(call);
    return go_on(call, duplex, true);
}

struct rpc_verdict duplex_full(struct rpc_call *call)
{
    struct duplex *duplex = duplex_of(call);
    if (!duplex || !take_request(call, duplex))
        return answer_out_of_memory(call);
    answer_head(call);
    return go_on(call, duplex, call->request_ended && !call->request);
}

struct rpc_verdict duplex_half(struct rpc_call *call)
{
    struct duplex *duplex = duplex_of(call);
    if (!duplex || !take_request(call, duplex))
        return answer_out_of_memory(call);
    return call->request ? rpc_wait_message(call) : go_on(call, duplex, true);
}
