// SPDX-License-Identifier: Apache-2.0
// What nghttp2 tells us while it reads and writes. Callbacks may submit, never drive: nghttp2 must not be
// re-entered. They return 0 but for lack of memory; a breach marks the session, which receive then ends.
#include "core/metrics.h"
#include "net/counters.h"
#include "net/h2_session_internal.h"
#include "net/h2_stream.h"
#include "wire/error.h"

#include <string.h>

enum { LATE_BYTES_MAXIMUM = 65536, PING_BYTES = 8 };

// Sent behind the notice of a drain (nghttp2 would put it before): its answer says that the notice was read.
static const uint8_t drain_ping[PING_BYTES] = {'d', 'r', 'a', 'i', 'n', 'i', 'n', 'g'};

void h2_session_count(struct h2_session *session, enum flood_kind kind, uint64_t amount)
{
    const char *breached = flood_add(&session->flood, session->limits, kind, amount, session->now_ms);
    if (breached)
        h2_session_end(session, breached);
}

static void end_late_upload(struct net_stream *stream)
{
    if (stream->is_answered && stream->late_bytes > LATE_BYTES_MAXIMUM)
        net_stream_reset(stream, NGHTTP2_NO_ERROR);
}

// ---- reading

static int on_begin_frame(nghttp2_session *nghttp2, const nghttp2_frame_hd *frame, void *user)
{
    struct h2_session *session = user;
    (void)nghttp2;
    session->data_in_frame = 0;
    switch (frame->type) {
    case NGHTTP2_SETTINGS:
        if (!(frame->flags & NGHTTP2_FLAG_ACK))
            h2_session_count(session, FLOOD_SETTINGS, 1);
        break;
    case NGHTTP2_PRIORITY:
        h2_session_count(session, FLOOD_PRIORITY, 1);
        break;
    case NGHTTP2_RST_STREAM:
        h2_session_count(session, FLOOD_RESETS, 1);
        break;
    case NGHTTP2_HEADERS:
        session->flood.continuations = 0;
        break;
    case NGHTTP2_CONTINUATION:
        if (++session->flood.continuations > session->limits->continuation_frames)
            h2_session_end(session, "continuation_frames");
        break;
    default:
        break;
    }
    return 0;
}

// Of this block nothing more is told: nghttp2 takes the rest of it by itself.
static int give_up_block(struct h2_session *session)
{
    session->header_since_ms = 0;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_begin_headers(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user)
{
    struct h2_session *session = user;
    session->header_since_ms = session->now_ms ? session->now_ms : 1;
    session->block_bytes = 0;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct net_stream *stream = h2_stream_create(session, frame->hd.stream_id);
    if (!stream)
        return give_up_block(session);
    stream->next = session->streams;
    if (stream->next)
        stream->next->previous = stream;
    session->streams = stream;
    session->stream_count++;
    nghttp2_session_set_stream_user_data(nghttp2, stream->id, stream);
    if (session->counters) {
        metrics_add(session->counters->streams, 1);
        metrics_add(session->counters->open_streams, 1);
    }
    return 0;
}

static int on_header(nghttp2_session *nghttp2, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags, void *user)
{
    struct h2_session *session = user;
    (void)flags;
    size_t bytes = name_length + value_length;
    session->block_bytes += bytes;
    h2_session_count(session, FLOOD_HEADER_BYTES, bytes);
    if (session->block_bytes > session->limits->header_bytes)
        h2_session_end(session, "header_bytes");
    if (session->is_ending)
        return give_up_block(session);
    struct net_stream *stream = nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id);
    if (!stream || frame->headers.cat != NGHTTP2_HCAT_REQUEST || stream->head_is_too_large)
        return 0;
    return h2_stream_add_header(stream, name, name_length, value, value_length) ? 0 : give_up_block(session);
}

static void refuse_large_head(struct net_stream *stream)
{
    // The handlers have not heard of the stream and never will.
    nghttp2_nv status = {(uint8_t *)(uintptr_t) ":status", (uint8_t *)(uintptr_t) "431", 7, 3,
                         NGHTTP2_NV_FLAG_NONE};
    stream->input_is_over = stream->output_is_ended = true;
    counters_limit_hit(stream->session->counters, "header_list_bytes");
    nghttp2_submit_response(stream->session->nghttp2, stream->id, &status, 1, NULL);
}

static void tell_head(struct h2_session *session, struct net_stream *stream)
{
    struct ts_error error = {0};
    bool timeout_is_good = h2_stream_finish_head(stream);
    if (stream->head_is_too_large) {
        refuse_large_head(stream);
        return;
    }
    stream->head_is_told = true;
    session->handlers.head(session->handlers_context, stream, &stream->head);
    if (!stream->head.is_grpc)
        return;
    if (!timeout_is_good) {
        error_set(&error, TS_INVALID_ARGUMENT, "TIMEOUT_INVALID", "grpc-timeout is malformed.");
        h2_stream_break(stream, &error);
    } else if (stream->encoding_is_unknown) {
        error_set(&error, TS_UNIMPLEMENTED, "ENCODING_UNKNOWN",
                  "Only gzip and identity are understood here.");
        h2_stream_break(stream, &error);
    }
}

static void on_ping(struct h2_session *session, const nghttp2_frame *frame)
{
    if (frame->hd.flags & NGHTTP2_FLAG_ACK) {
        if (session->is_draining)
            h2_session_drain_now(session);
        return;
    }
    const char *breached =
        flood_ping(&session->flood, session->limits, session->stream_count > 0, session->now_ms);
    if (breached)
        h2_session_end(session, breached);
}

static int on_frame_recv(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user)
{
    struct h2_session *session = user;
    struct net_stream *stream =
        frame->hd.stream_id ? nghttp2_session_get_stream_user_data(nghttp2, frame->hd.stream_id) : NULL;
    bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    session->last_frame_ms = session->now_ms;
    switch (frame->hd.type) {
    case NGHTTP2_SETTINGS:
        session->is_greeted = true;
        break;
    case NGHTTP2_PING:
        on_ping(session, frame);
        break;
    case NGHTTP2_RST_STREAM:
        // One that is answered is only closed by it, as by a client whose upload was refused at its head.
        if (stream && !stream->is_answered &&
            session->now_ms - stream->began_ms < session->limits->rapid_reset_ms)
            h2_session_count(session, FLOOD_RAPID_RESETS, 1);
        break;
    case NGHTTP2_WINDOW_UPDATE:
        if ((uint64_t)frame->window_update.window_size_increment < session->limits->tiny_window_update_bytes)
            h2_session_count(session, FLOOD_TINY_WINDOW_UPDATES, 1);
        break;
    case NGHTTP2_HEADERS:
        session->header_since_ms = 0;
        if (stream && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
            tell_head(session, stream);
        if (stream && ends)
            h2_stream_end_body(stream);
        break;
    case NGHTTP2_DATA:
        if (!ends && session->data_in_frame == 0)
            h2_session_count(session, FLOOD_EMPTY_DATA, 1);
        if (stream && ends)
            h2_stream_end_body(stream);
        break;
    default:
        break;
    }
    return 0;
}

static int on_data_chunk(nghttp2_session *nghttp2, uint8_t flags, int32_t stream_id, const uint8_t *bytes,
                         size_t length, void *user)
{
    struct h2_session *session = user;
    (void)flags;
    session->data_in_frame += length;
    struct net_stream *stream = nghttp2_session_get_stream_user_data(nghttp2, stream_id);
    if (stream && stream->output_is_ended) {
        stream->late_bytes += length;
        end_late_upload(stream);
    } else if (stream && stream->head_is_told) {
        h2_stream_take_body(stream, bytes, length);
    }
    return 0;
}

static int on_stream_close(nghttp2_session *nghttp2, int32_t stream_id, uint32_t h2_error, void *user)
{
    struct h2_session *session = user;
    struct net_stream *stream = nghttp2_session_get_stream_user_data(nghttp2, stream_id);
    if (stream) {
        nghttp2_session_set_stream_user_data(nghttp2, stream_id, NULL);
        h2_session_close_stream(session, stream, h2_error);
    }
    return 0;
}

static int on_invalid_frame(nghttp2_session *nghttp2, const nghttp2_frame *frame, int code, void *user)
{
    (void)nghttp2;
    struct h2_session *session = user;
    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    session->header_since_ms = 0;
    // Once the client has acknowledged the number, nghttp2 ends the connection for one stream more.
    bool is_refused = code == NGHTTP2_ERR_REFUSED_STREAM;
    if (is_refused || (code == NGHTTP2_ERR_PROTO && session->stream_count >= session->limits->streams))
        counters_limit_hit(session->counters, "streams");
    if (is_refused)
        h2_session_count(session, FLOOD_RESETS, 1);
    return 0;
}

// ---- writing

// A stream too many is counted when it comes, see on_invalid_frame: a thousand may come before one is
// refused.
static bool is_peers_fault(uint32_t h2_error)
{
    return h2_error == NGHTTP2_PROTOCOL_ERROR || h2_error == NGHTTP2_FLOW_CONTROL_ERROR ||
           h2_error == NGHTTP2_STREAM_CLOSED || h2_error == NGHTTP2_FRAME_SIZE_ERROR;
}

// RFC 9113 8.1: the answer is whole, so the rest of the request may be refused by RST NO_ERROR. Not at once:
// some clients (curl 7.88) lose the answer when the RST overtakes their own END_STREAM.
static void mark_answered(nghttp2_session *nghttp2, int32_t stream_id)
{
    struct net_stream *stream = nghttp2_session_get_stream_user_data(nghttp2, stream_id);
    if (stream && nghttp2_session_get_stream_remote_close(nghttp2, stream_id) == 0) {
        stream->is_answered = true;
        end_late_upload(stream);
    }
}

// nghttp2 keeps these limits by itself; what it sends says which.
static void count_refusal(struct h2_session *session, uint32_t h2_error, bool is_stream)
{
    if (h2_error == NGHTTP2_FLOW_CONTROL_ERROR)
        counters_limit_hit(session->counters, is_stream ? "stream_window_bytes" : "connection_window_bytes");
}

static int on_frame_send(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *user)
{
    struct h2_session *session = user;
    switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
        flood_forgive_window_updates(&session->flood); // gRPC sends some for an error, which has no DATA, too
        flood_forgive_pings(&session->flood);
        if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
            mark_answered(nghttp2, frame->hd.stream_id);
        break;
    case NGHTTP2_RST_STREAM:
        count_refusal(session, frame->rst_stream.error_code, true);
        if (is_peers_fault(frame->rst_stream.error_code))
            h2_session_count(session, FLOOD_RESETS, 1);
        break;
    case NGHTTP2_GOAWAY:
        count_refusal(session, frame->goaway.error_code, false);
        if (session->is_ending)
            session->has_ended = true;
        else if (session->is_draining && !session->drain_is_final)
            nghttp2_submit_ping(nghttp2, NGHTTP2_FLAG_NONE, drain_ping);
        break;
    default:
        break;
    }
    return 0;
}

static ssize_t end_of_data(nghttp2_session *nghttp2, struct net_stream *stream, uint32_t *data_flags)
{
    nghttp2_nv fields[64];
    *data_flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!stream->trailers)
        return 0;
    *data_flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    for (size_t i = 0; i < stream->trailer_count; i++) {
        const struct net_header *trailer = &stream->trailers[i];
        fields[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)trailer->name, (uint8_t *)(uintptr_t)trailer->value,
                                 strlen(trailer->name), strlen(trailer->value), NGHTTP2_NV_FLAG_NONE};
    }
    return nghttp2_submit_trailer(nghttp2, stream->id, fields, stream->trailer_count) == 0
               ? 0
               : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

ssize_t h2_callbacks_read_data(nghttp2_session *nghttp2, int32_t stream_id, uint8_t *buffer, size_t length,
                               uint32_t *data_flags, nghttp2_data_source *source, void *user)
{
    struct net_stream *stream = source->ptr;
    (void)stream_id;
    (void)user;
    size_t taken = stream->is_reset ? 0 : h2_stream_take(stream, buffer, length);
    if (!stream->is_reset && stream->output_is_ended && net_stream_queued_bytes(stream) == 0) {
        ssize_t code = end_of_data(nghttp2, stream, data_flags);
        return code < 0 ? code : (ssize_t)taken;
    }
    if (taken)
        return (ssize_t)taken;
    stream->is_deferred = true;
    return NGHTTP2_ERR_DEFERRED;
}

nghttp2_session_callbacks *h2_callbacks_create(void)
{
    nghttp2_session_callbacks *callbacks;
    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return NULL;
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
    return callbacks;
}
