// SPDX-License-Identifier: Apache-2.0
// See answer.h. Speaks to the stream directly, because the product has no metadata of its own to send.
#include "answer.h"

#include "net/stream.h"
#include "wire/percent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char echo_initial[] = "x-grpc-test-echo-initial";
static const char echo_trailing[] = "x-grpc-test-echo-trailing-bin";

enum { SIZE_MOST = 16 << 20 };

void answer_head(struct rpc_call *call)
{
    if (call->head_sent || !call->stream)
        return;
    const struct net_request_head *head = net_stream_head(call->stream);
    const char *echo = request_head_find(head, echo_initial);
    struct net_header headers[4] = {{"content-type", "application/grpc"},
                                    {"grpc-accept-encoding", "identity,gzip"}};
    size_t count = 2;
    if (head->accepts_gzip)
        headers[count++] = (struct net_header){"grpc-encoding", "gzip"};
    if (echo)
        headers[count++] = (struct net_header){echo_initial, echo};
    call->head_sent = net_stream_send_head(call->stream, 200, headers, count);
}

bool answer_send(struct rpc_call *call, ProtobufCMessage *response, bool compressed)
{
    size_t length = protobuf_c_message_get_packed_size(response);
    uint8_t *bytes = malloc(length + 1); // not of the arena: a stream may have any number of messages
    if (!bytes || !call->stream) {
        free(bytes);
        return false;
    }
    answer_head(call);
    protobuf_c_message_pack(response, bytes);
    bool gzip = compressed && net_stream_head(call->stream)->accepts_gzip;
    bool sent = gzip ? net_stream_send_message_gzip(call->stream, bytes, length)
                     : net_stream_send_message(call->stream, bytes, length);
    free(bytes);
    return sent;
}

Grpc__Testing__Payload *answer_payload(struct rpc_call *call, int32_t size)
{
    if (size < 0 || size > SIZE_MOST)
        return NULL;
    Grpc__Testing__Payload *payload = arena_alloc(call->arena, sizeof *payload);
    uint8_t *zeros = arena_alloc(call->arena, (size_t)size + 1);
    if (!payload || !zeros)
        return NULL;
    memset(zeros, 0, (size_t)size);
    *payload = (Grpc__Testing__Payload)GRPC__TESTING__PAYLOAD__INIT;
    payload->body = (ProtobufCBinaryData){.len = (size_t)size, .data = zeros};
    return payload;
}

struct rpc_verdict answer_end(struct rpc_call *call, const Grpc__Testing__EchoStatus *status)
{
    struct net_header trailers[3];
    char number[16];
    size_t count = 0;
    if (!call->stream)
        return rpc_end(call);
    answer_head(call);
    snprintf(number, sizeof number, "%d", status ? status->code : 0);
    trailers[count++] = (struct net_header){"grpc-status", number};
    const char *message = status && *status->message ? percent_encode(status->message, call->arena) : NULL;
    if (message)
        trailers[count++] = (struct net_header){"grpc-message", message};
    const char *echo = request_head_find(net_stream_head(call->stream), echo_trailing);
    if (echo)
        trailers[count++] = (struct net_header){echo_trailing, echo};
    net_stream_finish(call->stream, trailers, count);
    return rpc_end(call); // its own trailers come too late and are dropped
}

bool answer_came_as_promised(struct rpc_call *call, const Grpc__Testing__BoolValue *expect_compressed)
{
    bool compressed = call->stream && net_stream_message_was_compressed(call->stream);
    if (!expect_compressed || !expect_compressed->value == !compressed)
        return true;
    return error_set(&call->error, TS_INVALID_ARGUMENT, "COMPRESSION_UNEXPECTED",
                     "The message came %s, which the request did not promise.",
                     compressed ? "compressed" : "uncompressed");
}

struct rpc_verdict answer_out_of_memory(struct rpc_call *call)
{
    error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The answer is too large.");
    return rpc_fail(call);
}
