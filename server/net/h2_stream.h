// SPDX-License-Identifier: Apache-2.0
// A request as the session, the stream's output (stream.c) and its input (stream_input.c) see it together.
// Only those three include this; everyone above sees stream.h. Created at the first byte of its header
// block, freed when nghttp2 reports the stream closed or the session ends.
#pragma once

#include "net/request_head.h"
#include "wire/grpc_frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct h2_session;

// Bytes on their way out: a vector with a start, so that taking from the front moves nothing.
struct h2_queue {
    uint8_t *bytes;
    size_t begin, end, capacity;
};

struct net_stream {
    struct h2_session *session;
    struct net_stream *previous, *next; // all of the session
    struct net_stream *writable_next;   // those that wait for `writable`
    int32_t id;
    uint64_t began_ms;
    void *user;
    struct arena *arena; // head and trailers; the stream itself lives in it

    struct net_request_head head;
    struct net_header *headers;
    size_t header_capacity, header_bytes;

    // What has happened. Grouped by side; each is set once and never taken back.
    bool head_is_told, head_is_too_large, is_closed; // the handlers know it; 431; nghttp2 is done with it
    bool input_is_over, is_half_closed;              // no more messages; the client's END_STREAM was seen
    bool head_is_sent, output_is_ended, is_reset;    // ours
    bool is_deferred, was_refused, is_in_writable_list;
    bool is_answered;     // our END_STREAM has left, the client's has not come
    uint64_t answered_ms; // since when the sweep has known that
    size_t late_bytes;    // what came after the answer

    // What has left the queue so far, what of it the last sweep saw, and since when no more leaves because
    // the client opens no window; 0: nothing waits.
    uint64_t taken_bytes, taken_bytes_seen, stalled_ms;

    struct h2_queue queue;
    struct net_header *trailers; // with output_is_ended; NULL: END_STREAM without trailers
    size_t trailer_count;

    size_t message_ceiling;
    struct grpc_frame frame;
    struct arena *message_arena; // of the message that is not whole yet
    uint8_t *body;               // of plain HTTP, when the handler takes it; in `arena`
    size_t body_length, body_ceiling;
    bool encoding_is_gzip, encoding_is_unknown;
    bool message_was_compressed; // the newest one
};

// stream.c
struct net_stream *h2_stream_create(struct h2_session *session, int32_t id);
void h2_stream_free(struct net_stream *stream);
// Copies up to `size` bytes out of the queue.
size_t h2_stream_take(struct net_stream *stream, uint8_t *buffer, size_t size);

// stream_head.c. False without memory.
bool h2_stream_add_header(struct net_stream *stream, const uint8_t *name, size_t name_length,
                          const uint8_t *value, size_t value_length);
// Fills what is derived from the headers. False: grpc-timeout is malformed.
bool h2_stream_finish_head(struct net_stream *stream);

// stream_input.c
void h2_stream_take_body(struct net_stream *stream, const uint8_t *bytes, size_t length);
void h2_stream_end_body(struct net_stream *stream);
struct ts_error;
void h2_stream_break(struct net_stream *stream, const struct ts_error *error);
void h2_stream_drop_input(struct net_stream *stream);
