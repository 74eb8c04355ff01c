// SPDX-License-Identifier: Apache-2.0
// The life of one HTTP/2 connection over nghttp2, see h2_session.h. Two rules hold it together: nghttp2 is
// entered only by receive and take and never from inside its callbacks, and handlers that may be called from
// outside a callback (writable) are called between two entries.
#include "net/h2_session.h"

#include "core/metrics.h"
#include "net/counters.h"
#include "net/h2_session_internal.h"
#include "net/h2_stream.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACKS_MAXIMUM = 1000 };

static bool submit_settings(struct h2_session *session)
{
    const struct net_limits *limits = session->limits;
    nghttp2_settings_entry entries[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, (uint32_t)limits->streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, (uint32_t)limits->stream_window_bytes},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)limits->header_list_bytes},
    };
    return nghttp2_submit_settings(session->nghttp2, NGHTTP2_FLAG_NONE, entries,
                                   sizeof entries / sizeof entries[0]) == 0 &&
           nghttp2_session_set_local_window_size(session->nghttp2, NGHTTP2_FLAG_NONE, 0,
                                                 (int32_t)limits->connection_window_bytes) == 0;
}

static bool create_nghttp2(struct h2_session *session)
{
    nghttp2_session_callbacks *callbacks = h2_callbacks_create();
    nghttp2_option *option = NULL;
    bool made = callbacks && nghttp2_option_new(&option) == 0;
    if (made) {
        nghttp2_option_set_max_outbound_ack(option, ACKS_MAXIMUM);
        nghttp2_option_set_max_continuations(option, session->limits->continuation_frames);
        made = nghttp2_session_server_new2(&session->nghttp2, callbacks, session, option) == 0;
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return made && submit_settings(session);
}

struct h2_session *h2_session_create(const struct h2_session_config *config, struct ts_error *error)
{
    struct h2_session *session = calloc(1, sizeof *session);
    if (session) {
        session->limits = config->limits;
        session->handlers = *config->handlers;
        session->handlers_context = config->handlers_context;
        session->counters = config->counters;
        session->wants_take = config->wants_take;
        session->wants_take_context = config->wants_take_context;
        session->writable_end = &session->writable;
        snprintf(session->peer, sizeof session->peer, "%s", config->peer);
        if (create_nghttp2(session))
            return session;
        nghttp2_session_del(session->nghttp2);
        free(session);
    }
    error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for an HTTP/2 session.");
    return NULL;
}

void h2_session_free(struct h2_session *session)
{
    if (!session)
        return;
    session->is_in_nghttp2 = true; // nobody wants to be woken any more
    for (struct net_stream *stream = session->streams; stream; stream = stream->next)
        stream->is_closed = true;
    while (session->streams)
        h2_session_close_stream(session, session->streams, NGHTTP2_CANCEL);
    nghttp2_session_del(session->nghttp2);
    free(session);
}

// ---- streams

static void forget_writable(struct h2_session *session, const struct net_stream *stream)
{
    struct net_stream **link = &session->writable;
    while (*link && *link != stream)
        link = &(*link)->writable_next;
    if (!*link)
        return;
    *link = stream->writable_next;
    if (!*link)
        session->writable_end = link;
}

void h2_session_close_stream(struct h2_session *session, struct net_stream *stream, uint32_t h2_error)
{
    stream->is_closed = true;
    stream->input_is_over = true;
    if (stream->is_in_writable_list)
        forget_writable(session, stream);
    if (stream->next)
        stream->next->previous = stream->previous;
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        session->streams = stream->next;
    session->stream_count--;
    if (session->counters)
        metrics_add(session->counters->open_streams, -1);
    if (stream->head_is_told)
        session->handlers.closed(session->handlers_context, stream, h2_error);
    h2_stream_free(stream);
}

void h2_session_plan_writable(struct h2_session *session, struct net_stream *stream)
{
    stream->was_refused = false;
    if (stream->is_in_writable_list)
        return;
    stream->is_in_writable_list = true;
    stream->writable_next = NULL;
    *session->writable_end = stream;
    session->writable_end = &stream->writable_next;
}

// Outside nghttp2. A handler may fill its queue again at once and be planned anew later.
static void tell_writable(struct h2_session *session)
{
    while (session->writable) {
        struct net_stream *stream = session->writable;
        forget_writable(session, stream);
        stream->is_in_writable_list = false;
        if (!stream->is_reset && !stream->output_is_ended)
            session->handlers.writable(session->handlers_context, stream);
    }
}

// ---- in and out

void h2_session_wake(struct h2_session *session)
{
    if (session->is_in_nghttp2 || session->take_is_wanted)
        return;
    session->take_is_wanted = true;
    if (session->wants_take)
        session->wants_take(session->wants_take_context);
}

void h2_session_end(struct h2_session *session, const char *limit)
{
    if (session->is_ending)
        return;
    session->is_ending = true;
    counters_limit_hit(session->counters, limit);
    // gRPC clients know this one word, and ping less (gRFC A8).
    const char *told = strncmp(limit, "ping_strikes", strlen("ping_strikes")) == 0 ? "too_many_pings" : limit;
    int32_t last = nghttp2_session_get_last_proc_stream_id(session->nghttp2);
    if (nghttp2_submit_goaway(session->nghttp2, NGHTTP2_FLAG_NONE, last, NGHTTP2_ENHANCE_YOUR_CALM,
                              (const uint8_t *)told, strlen(told)) != 0)
        session->has_failed = true;
    // From here on nghttp2 reads what comes away unseen, the rest of the bytes at hand too. The GOAWAY of its
    // own that this queues never leaves: ours is before it, and the last.
    nghttp2_session_terminate_session2(session->nghttp2, last, NGHTTP2_ENHANCE_YOUR_CALM);
    h2_session_wake(session);
}

bool h2_session_receive(struct h2_session *session, const uint8_t *bytes, size_t length, uint64_t now_ms)
{
    session->now_ms = now_ms;
    if (session->has_failed || session->is_ending)
        return false;
    session->is_in_nghttp2 = true;
    ssize_t taken = nghttp2_session_mem_recv(session->nghttp2, bytes, length);
    session->is_in_nghttp2 = false;
    if (taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS) {
        h2_session_end(session, "continuation_frames");
    } else if (taken == NGHTTP2_ERR_FLOODED) {
        h2_session_end(session, "outbound_frames");
    } else if (taken < 0) {
        session->has_failed = true;
    } else if (nghttp2_session_get_outbound_queue_size(session->nghttp2) > session->limits->outbound_frames) {
        h2_session_end(session, "outbound_frames");
    }
    return !session->has_failed && !session->is_ending && !h2_session_is_over(session);
}

// The next piece of nghttp2's output into session->pending; false when there is none.
static bool fetch(struct h2_session *session)
{
    if (session->has_failed || session->has_ended)
        return false;
    session->is_in_nghttp2 = true;
    ssize_t length = nghttp2_session_mem_send(session->nghttp2, &session->pending);
    session->is_in_nghttp2 = false;
    if (length < 0)
        session->has_failed = true;
    session->pending_length = length > 0 ? (size_t)length : 0;
    return length > 0;
}

size_t h2_session_take(struct h2_session *session, uint8_t *buffer, size_t size)
{
    size_t used = 0;
    session->take_is_wanted = true; // until we return, nobody needs to wake us
    while (used < size) {
        if (session->pending_length == 0) {
            tell_writable(session);
            if (!fetch(session))
                break;
        }
        size_t length = session->pending_length < size - used ? session->pending_length : size - used;
        memcpy(buffer + used, session->pending, length);
        session->pending += length;
        session->pending_length -= length;
        used += length;
    }
    // A full buffer means that the owner comes again; only an empty session waits to be woken.
    if (used < size)
        session->take_is_wanted = false;
    return used;
}

bool h2_session_is_over(const struct h2_session *session)
{
    if (session->pending_length)
        return false;
    return session->has_failed || session->has_ended ||
           (!nghttp2_session_want_read(session->nghttp2) && !nghttp2_session_want_write(session->nghttp2));
}

bool h2_session_has_breached(const struct h2_session *session)
{
    return session->is_ending;
}

// ---- the end in order

void h2_session_drain(struct h2_session *session)
{
    if (session->is_draining || session->is_ending || session->has_failed)
        return;
    session->is_draining = true;
    nghttp2_submit_shutdown_notice(session->nghttp2);
    h2_session_wake(session);
}

void h2_session_drain_now(struct h2_session *session)
{
    if (session->drain_is_final || session->is_ending || session->has_failed)
        return;
    session->is_draining = session->drain_is_final = true;
    nghttp2_submit_goaway(session->nghttp2, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session->nghttp2), NGHTTP2_NO_ERROR, NULL,
                          0);
    h2_session_wake(session);
}

// ---- for deadlines

// Resets once: it stays in the list until the frame has left.
static void reset_late(struct net_stream *stream, const char *limit, uint32_t h2_error)
{
    if (stream->is_reset)
        return;
    counters_limit_hit(stream->session->counters, limit);
    net_stream_reset(stream, h2_error);
}

static void check_answered(struct net_stream *stream, uint64_t now_ms)
{
    if (!stream->answered_ms)
        stream->answered_ms = now_ms;
    else if (now_ms - stream->answered_ms >= stream->session->limits->linger_timeout_ms)
        reset_late(stream, "linger_timeout_ms", NGHTTP2_NO_ERROR);
}

// A client can read the socket and yet open no window (RFC 9113 10.5): what waits for it would wait for ever.
static void check_window(struct net_stream *stream, uint64_t now_ms)
{
    nghttp2_session *nghttp2 = stream->session->nghttp2;
    bool is_shut = nghttp2_session_get_stream_remote_window_size(nghttp2, stream->id) <= 0 ||
                   nghttp2_session_get_remote_window_size(nghttp2) <= 0;
    bool waits = is_shut && net_stream_queued_bytes(stream) > 0;
    if (!waits)
        stream->stalled_ms = 0;
    else if (!stream->stalled_ms || stream->taken_bytes != stream->taken_bytes_seen)
        stream->stalled_ms = now_ms;
    else if (now_ms - stream->stalled_ms >= stream->session->limits->write_timeout_ms)
        reset_late(stream, "write_timeout_ms", NGHTTP2_CANCEL);
    stream->taken_bytes_seen = stream->taken_bytes;
}

void h2_session_check(struct h2_session *session, uint64_t now_ms)
{
    for (struct net_stream *stream = session->streams; stream; stream = stream->next) {
        if (stream->is_answered)
            check_answered(stream, now_ms);
        else
            check_window(stream, now_ms);
    }
}

bool h2_session_is_greeted(const struct h2_session *session)
{
    return session->is_greeted;
}

size_t h2_session_open_streams(const struct h2_session *session)
{
    return session->stream_count;
}

void h2_session_add_queued(const struct h2_session *session, uint64_t *in_bytes, uint64_t *out_bytes)
{
    *in_bytes += session->input_bytes;
    *out_bytes += session->output_bytes;
}

uint64_t h2_session_last_frame_ms(const struct h2_session *session)
{
    return session->last_frame_ms;
}

uint64_t h2_session_header_since_ms(const struct h2_session *session)
{
    return session->header_since_ms;
}
