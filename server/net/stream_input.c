// SPDX-License-Identifier: Apache-2.0
// What a client sends on one stream: DATA bytes into whole gRPC messages, inflated when they say so. A
// message that lies whole in the bytes at hand is passed up from there, without a copy; that is the common
// case. The frame parser takes over when a message is cut.
#include "net/counters.h"
#include "net/gzip.h"
#include "net/h2_session_internal.h"
#include "net/h2_stream.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

// Text compresses to a tenth; what compresses better may do so within a limit.
enum { ARENA_SLACK = 65536, INFLATE_HONEST_RATIO = 16 };

// The parser's memory counts against the connection as long as a message is unfinished.
static void account(struct net_stream *stream, size_t before)
{
    stream->session->input_bytes += stream->frame.capacity;
    stream->session->input_bytes -= before;
}

void h2_stream_drop_input(struct net_stream *stream)
{
    stream->input_is_over = true;
    stream->session->input_bytes -= stream->frame.capacity;
    stream->frame.capacity = 0;
    arena_free(stream->message_arena);
    stream->message_arena = NULL;
}

void h2_stream_break(struct net_stream *stream, const struct ts_error *error)
{
    struct h2_session *session = stream->session;
    if (stream->input_is_over)
        return;
    if (strcmp(error->reason, "MESSAGE_TOO_LARGE") == 0) // the parser's word, and the inflater's
        counters_limit_hit(session->counters, "message_bytes");
    h2_stream_drop_input(stream);
    session->handlers.broken(session->handlers_context, stream, error);
}

static bool size_is_good(struct net_stream *stream, const uint8_t *bytes, size_t length, size_t *ret_size,
                         struct ts_error *error)
{
    if (!stream->encoding_is_gzip)
        return error_set(error, TS_INTERNAL, "COMPRESSED_WITHOUT_ENCODING",
                         "A message is compressed, but no grpc-encoding was named.");
    if (!gzip_read_size(bytes, length, ret_size))
        return error_set(error, TS_INVALID_ARGUMENT, "COMPRESSION_INVALID", "The message is not gzip.");
    if (*ret_size > stream->message_ceiling)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE",
                         "The message has more than %zu bytes when decompressed.", stream->message_ceiling);
    return true;
}

static void tell_inflated(struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    struct h2_session *session = stream->session;
    struct ts_error error = {0};
    uint8_t *plain = NULL;
    size_t size = 0;
    bool is_good = size_is_good(stream, bytes, length, &size, &error);
    // Inflating happens on the loop: what nobody paid for by sending it is counted before.
    if (is_good && size / INFLATE_HONEST_RATIO > length)
        h2_session_count(session, FLOOD_INFLATED_BYTES, size - length * INFLATE_HONEST_RATIO);
    if (session->is_ending)
        return;
    if (is_good && gzip_inflate(bytes, length, size, &plain, &error))
        session->handlers.message(session->handlers_context, stream, plain, size);
    else
        h2_stream_break(stream, &error);
    free(plain);
}

static void tell_message(struct net_stream *stream, bool compressed, const uint8_t *bytes, size_t length)
{
    struct h2_session *session = stream->session;
    stream->message_was_compressed = compressed;
    if (compressed)
        tell_inflated(stream, bytes, length);
    else
        session->handlers.message(session->handlers_context, stream, bytes, length);
}

// How many bytes of a message, prefix included, lie whole at the beginning of `bytes`; 0 when it is cut, or
// when the parser shall judge it.
static size_t whole_message(const struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    if (length < GRPC_FRAME_PREFIX || bytes[0] > 1 || !grpc_frame_is_idle(&stream->frame))
        return 0;
    size_t size = (size_t)bytes[1] << 24 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 8 | bytes[4];
    return size <= stream->message_ceiling && size <= length - GRPC_FRAME_PREFIX ? GRPC_FRAME_PREFIX + size
                                                                                 : 0;
}

static bool begin_parser(struct net_stream *stream, struct ts_error *error)
{
    if (stream->message_arena)
        return true;
    stream->message_arena = arena_create(stream->message_ceiling / 3 * 4 + ARENA_SLACK);
    if (!stream->message_arena)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
    grpc_frame_init(&stream->frame, stream->message_arena, stream->message_ceiling);
    return true;
}

static void end_parser(struct net_stream *stream)
{
    stream->session->input_bytes -= stream->frame.capacity;
    arena_free(stream->message_arena);
    stream->message_arena = NULL;
    stream->frame = (struct grpc_frame){0};
}

// Feeds the parser; answers how much it took, or 0 after a break.
static size_t feed_parser(struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    struct ts_error error = {0};
    size_t taken = 0, before = stream->frame.capacity;
    if (!begin_parser(stream, &error)) {
        h2_stream_break(stream, &error);
        return 0;
    }
    enum grpc_frame_result result = grpc_frame_feed(&stream->frame, bytes, length, &taken, &error);
    account(stream, before);
    if (result == GRPC_FRAME_FAILED) {
        h2_stream_break(stream, &error);
        return 0;
    }
    if (stream->session->input_bytes > stream->session->limits->connection_input_bytes) {
        counters_limit_hit(stream->session->counters, "connection_input_bytes");
        error_set(&error, TS_RESOURCE_EXHAUSTED, "TOO_MUCH_AT_ONCE",
                  "Too many large messages at once on one connection.");
        h2_stream_break(stream, &error);
        return 0;
    }
    if (result == GRPC_FRAME_MESSAGE) {
        tell_message(stream, stream->frame.compressed, stream->frame.message, stream->frame.length);
        if (stream->message_arena)
            end_parser(stream);
    }
    return taken;
}

static void take_plain(struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    struct ts_error error = {0};
    if (!stream->body_ceiling || stream->input_is_over || !length)
        return;
    if (!stream->body)
        stream->body = arena_alloc(stream->arena, stream->body_ceiling);
    if (stream->body && length <= stream->body_ceiling - stream->body_length) {
        memcpy(stream->body + stream->body_length, bytes, length);
        stream->body_length += length;
        return;
    }
    error_set(&error, TS_RESOURCE_EXHAUSTED, stream->body ? "MESSAGE_TOO_LARGE" : "OUT_OF_MEMORY",
              stream->body ? "The body has more than %zu bytes." : "The server is too busy. Try again.",
              stream->body_ceiling);
    h2_stream_break(stream, &error);
}

void h2_stream_take_body(struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    if (!stream->head.is_grpc) {
        take_plain(stream, bytes, length);
        return;
    }
    // The handler may end the input at any message.
    while (length > 0 && !stream->input_is_over) {
        size_t taken = whole_message(stream, bytes, length);
        if (taken)
            tell_message(stream, bytes[0] == 1, bytes + GRPC_FRAME_PREFIX, taken - GRPC_FRAME_PREFIX);
        else
            taken = feed_parser(stream, bytes, length);
        bytes += taken;
        length -= taken;
    }
}

void h2_stream_end_body(struct net_stream *stream)
{
    struct h2_session *session = stream->session;
    stream->is_half_closed = true;
    if (stream->input_is_over)
        return;
    if (!grpc_frame_is_idle(&stream->frame)) {
        struct ts_error error = {0};
        error_set(&error, TS_INTERNAL, "FRAME_TRUNCATED", "The request ended inside a message.");
        h2_stream_break(stream, &error);
        return;
    }
    if (stream->body)
        session->handlers.message(session->handlers_context, stream, stream->body, stream->body_length);
    if (stream->input_is_over)
        return;
    h2_stream_drop_input(stream);
    session->handlers.half_close(session->handlers_context, stream);
}
