// SPDX-License-Identifier: Apache-2.0
// grpc.testing.TestService as Debian's grpc-proto describes it: rows and the steps that answer with one
// message. What gRPC calls the interoperability test cases runs against it, by two independent clients
// (tests/outside/test_interop_grpcio.py, test_interop_js.py). UnimplementedCall has no row on purpose.
#include "interop.h"

#include "answer.h"
#include "duplex.h"
#include "grpc/testing/empty.pb-c.h"

#include <string.h>

static struct rpc_verdict empty_call(struct rpc_call *call)
{
    Grpc__Testing__Empty response = GRPC__TESTING__EMPTY__INIT;
    if (!answer_send(call, &response.base, false))
        return answer_out_of_memory(call);
    return answer_end(call, NULL);
}

static struct rpc_verdict unary_call(struct rpc_call *call)
{
    const Grpc__Testing__SimpleRequest *request = (const Grpc__Testing__SimpleRequest *)call->request;
    Grpc__Testing__SimpleResponse response = GRPC__TESTING__SIMPLE_RESPONSE__INIT;
    if (!answer_came_as_promised(call, request->expect_compressed))
        return rpc_fail(call);
    if (request->response_status && request->response_status->code)
        return answer_end(call, request->response_status);
    if (request->response_size)
        response.payload = answer_payload(call, request->response_size);
    bool has_memory = response.payload || !request->response_size;
    bool compressed = request->response_compressed && request->response_compressed->value;
    if (!has_memory || !answer_send(call, &response.base, compressed))
        return answer_out_of_memory(call);
    return answer_end(call, NULL);
}

static struct rpc_verdict streaming_input_call(struct rpc_call *call)
{
    const Grpc__Testing__StreamingInputCallRequest *request = (const void *)call->request;
    int32_t *total = call->state;
    if (!total) {
        total = arena_alloc(call->arena, sizeof *total);
        if (!total)
            return answer_out_of_memory(call);
        *total = 0;
        call->state = total;
    }
    if (request) {
        if (!answer_came_as_promised(call, request->expect_compressed))
            return rpc_fail(call);
        *total += request->payload ? (int32_t)request->payload->body.len : 0;
        return rpc_wait_message(call);
    }
    Grpc__Testing__StreamingInputCallResponse response = GRPC__TESTING__STREAMING_INPUT_CALL_RESPONSE__INIT;
    response.aggregated_payload_size = *total;
    if (!answer_send(call, &response.base, false))
        return answer_out_of_memory(call);
    return answer_end(call, NULL);
}

// Payloads are foreign to the field rules of touchstone.v1 and larger than a common request.
#define ROW(method, request_type, response_type, ...)                                                        \
    {                                                                                                        \
        .path = "/grpc.testing.TestService/" method, .name = "TestService." method,                          \
        .request = &grpc__testing__##request_type##__descriptor,                                             \
        .response = &grpc__testing__##response_type##__descriptor, .is_foreign = true, .takes_blobs = true,  \
        __VA_ARGS__                                                                                          \
    }

const struct rpc_method interop_methods[] = {
    ROW("EmptyCall", empty, empty, .step = empty_call),
    ROW("UnaryCall", simple_request, simple_response, .step = unary_call),
    ROW("CacheableUnaryCall", simple_request, simple_response, .step = unary_call),
    ROW("StreamingOutputCall", streaming_output_call_request, streaming_output_call_response,
        .step = duplex_output, .streams_reply = true),
    ROW("StreamingInputCall", streaming_input_call_request, streaming_input_call_response,
        .step = streaming_input_call, .streams_request = true),
    ROW("FullDuplexCall", streaming_output_call_request, streaming_output_call_response, .step = duplex_full,
        .streams_reply = true, .streams_request = true),
    ROW("HalfDuplexCall", streaming_output_call_request, streaming_output_call_response, .step = duplex_half,
        .streams_reply = true, .streams_request = true),
};

const size_t interop_method_count = sizeof interop_methods / sizeof interop_methods[0];
