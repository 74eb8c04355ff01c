// SPDX-License-Identifier: Apache-2.0
// Answers of gRPC, see reply.h. Called by call.c and, for calls that never began, by dispatch.c.
#include "rpc/reply.h"

#include "net/stream.h"
#include "wire/base64.h"
#include "wire/percent.h"
#include "wire/rpc_status.h"
#include "wire/wire_writer.h"

#include <stdio.h>

enum { ANSWER_USUALLY = 2048 }; // bytes; a larger one grows

bool reply_send_head(struct net_stream *stream)
{
    static const struct net_header headers[] = {{"content-type", "application/grpc"},
                                                {"grpc-accept-encoding", "identity,gzip"}};
    return net_stream_send_head(stream, 200, headers, 2);
}

bool reply_send_message(struct net_stream *stream, struct arena *arena, const ProtobufCMessage *message,
                        struct ts_error *error)
{
    struct wire_writer wire;
    if (!wire_writer_init(&wire, arena, ANSWER_USUALLY) || !wire_put_message(&wire, message))
        return error_set(error, TS_RESOURCE_EXHAUSTED, "ANSWER_TOO_LARGE",
                         "The answer is too large. Ask for a smaller page.");
    return net_stream_send_message(stream, wire.bytes, wire.length);
}

void reply_send_ok(struct net_stream *stream)
{
    static const struct net_header trailers[] = {{"grpc-status", "0"}};
    net_stream_finish(stream, trailers, 1);
}

static char *details_text(const struct ts_error *error, struct arena *arena)
{
    uint8_t *bytes;
    size_t length;
    if (!rpc_status_write(error, arena, &bytes, &length))
        return NULL;
    char *text = arena_alloc(arena, BASE64_TEXT_SIZE(length));
    if (text)
        base64_write(bytes, length, false, text);
    return text;
}

void reply_send_error(struct net_stream *stream, struct arena *arena, const struct ts_error *error)
{
    char status[4];
    snprintf(status, sizeof status, "%u", (unsigned)error->status & 31u);
    const char *message = percent_encode(error->detail, arena);
    const char *details = details_text(error, arena);
    const struct net_header trailers[] = {
        {"grpc-status", status},
        {"grpc-message", message ? message : ""},
        {"grpc-status-details-bin", details ? details : ""},
    };
    net_stream_finish(stream, trailers, details ? 3 : 2);
}
