// SPDX-License-Identifier: Apache-2.0
// The session as its own files see it: h2_session.c (life), h2_callbacks.c (what nghttp2 tells us), stream*.c
// (one request). Nobody else includes this.
#pragma once

#include "net/flood.h"
#include "net/h2_session.h"
#include "net/limits.h"
#include "net/stream.h"

#include <nghttp2/nghttp2.h>

struct h2_session {
    nghttp2_session *nghttp2;
    const struct net_limits *limits;
    struct net_handlers handlers;
    void *handlers_context;
    struct net_counters *counters;
    void (*wants_take)(void *context);
    void *wants_take_context;
    char peer[64];

    struct net_stream *streams;
    size_t stream_count;
    struct net_stream *writable; // whose handler is to be told, in order
    struct net_stream **writable_end;

    struct flood flood;
    uint64_t now_ms, last_frame_ms;
    uint64_t header_since_ms; // 0: no header block is open
    size_t block_bytes;       // of the open header block, decoded
    size_t data_in_frame;     // of the DATA frame being read
    size_t input_bytes;       // of all unfinished messages
    size_t output_bytes;      // of all queues

    bool is_greeted, is_in_nghttp2, take_is_wanted;
    bool is_ending, has_ended; // GOAWAY of our own is queued; has left
    bool has_failed;           // nghttp2 is of no more use
    bool is_draining, drain_is_final;
    const uint8_t *pending; // what nghttp2 gave and take has not copied yet
    size_t pending_length;
};

// Tells the owner that there is something to take, unless it knows.
void h2_session_wake(struct h2_session *session);
// Ends the connection for a breached limit: GOAWAY ENHANCE_YOUR_CALM with the limit's name.
void h2_session_end(struct h2_session *session, const char *limit);
// Adds to what the peer did in this window (h2_callbacks.c); at a limit the connection ends.
void h2_session_count(struct h2_session *session, enum flood_kind kind, uint64_t amount);
// Tells the handlers that the stream is over, takes it out of the lists and frees it.
void h2_session_close_stream(struct h2_session *session, struct net_stream *stream, uint32_t h2_error);
// The stream's `writable` handler is called at the next take.
void h2_session_plan_writable(struct h2_session *session, struct net_stream *stream);

// h2_callbacks.c
nghttp2_session_callbacks *h2_callbacks_create(void);
// The data provider of every answer with a body.
ssize_t h2_callbacks_read_data(nghttp2_session *nghttp2, int32_t stream_id, uint8_t *buffer, size_t length,
                               uint32_t *data_flags, nghttp2_data_source *source, void *user);
