// SPDX-License-Identifier: Apache-2.0
// The output side of a request: the functions of stream.h. They only queue and submit; bytes move when the
// connection is flushed at the end of the loop's turn. nghttp2 is told, never driven, from here.
#include "net/stream.h"

#include "net/counters.h"
#include "net/gzip.h"
#include "net/h2_session_internal.h"
#include "net/h2_stream.h"
#include "wire/arena.h"
#include "wire/grpc_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE_FIRST_BYTES = 1024, HEADERS_MAXIMUM = 64, ARENA_SLACK = 131072 };

struct net_stream *h2_stream_create(struct h2_session *session, int32_t id)
{
    struct arena *arena = arena_create(session->limits->header_list_bytes * 4 + ARENA_SLACK);
    struct net_stream *stream = arena ? arena_array(arena, 1, sizeof *stream) : NULL;
    if (!stream) {
        arena_free(arena);
        return NULL;
    }
    stream->arena = arena;
    stream->session = session;
    stream->id = id;
    stream->began_ms = session->now_ms;
    stream->message_ceiling = session->limits->message_bytes;
    return stream;
}

static void drop_queue(struct net_stream *stream)
{
    stream->session->output_bytes -= stream->queue.end - stream->queue.begin;
    free(stream->queue.bytes);
    stream->queue = (struct h2_queue){0};
}

void h2_stream_free(struct net_stream *stream)
{
    h2_stream_drop_input(stream);
    drop_queue(stream);
    arena_free(stream->arena);
}

void net_stream_set_user(struct net_stream *stream, void *user)
{
    stream->user = user;
}

void *net_stream_user(const struct net_stream *stream)
{
    return stream->user;
}

const struct net_request_head *net_stream_head(const struct net_stream *stream)
{
    return &stream->head;
}

void net_stream_set_message_ceiling(struct net_stream *stream, size_t bytes)
{
    stream->message_ceiling = bytes;
}

void net_stream_take_body(struct net_stream *stream, size_t ceiling)
{
    stream->body_ceiling = ceiling;
}

bool net_stream_message_was_compressed(const struct net_stream *stream)
{
    return stream->message_was_compressed;
}

size_t net_stream_queued_bytes(const struct net_stream *stream)
{
    return stream->queue.end - stream->queue.begin;
}

// ---- the queue

static bool make_room(struct h2_queue *queue, size_t length)
{
    size_t used = queue->end - queue->begin;
    if (length <= queue->capacity - queue->end)
        return true;
    if (queue->begin > 0 && length <= queue->capacity - used && used <= queue->begin) {
        memcpy(queue->bytes, queue->bytes + queue->begin, used);
    } else {
        size_t capacity = queue->capacity ? queue->capacity : QUEUE_FIRST_BYTES;
        while (capacity < used + length)
            capacity *= 2;
        uint8_t *bytes = malloc(capacity);
        if (!bytes)
            return false;
        if (used)
            memcpy(bytes, queue->bytes + queue->begin, used);
        free(queue->bytes);
        queue->bytes = bytes;
        queue->capacity = capacity;
    }
    queue->begin = 0;
    queue->end = used;
    return true;
}

static void queue_put(struct h2_queue *queue, const uint8_t *bytes, size_t length)
{
    if (length)
        memcpy(queue->bytes + queue->end, bytes, length);
    queue->end += length;
}

size_t h2_stream_take(struct net_stream *stream, uint8_t *buffer, size_t size)
{
    struct h2_queue *queue = &stream->queue;
    size_t length = queue->end - queue->begin < size ? queue->end - queue->begin : size;
    if (!length)
        return 0;
    memcpy(buffer, queue->bytes + queue->begin, length);
    queue->begin += length;
    stream->taken_bytes += length;
    stream->session->output_bytes -= length;
    if (queue->begin == queue->end)
        drop_queue(stream);
    size_t left = net_stream_queued_bytes(stream);
    if (stream->was_refused && left < stream->session->limits->stream_output_low_bytes)
        h2_session_plan_writable(stream->session, stream);
    return length;
}

// ---- submitting

static bool is_over(const struct net_stream *stream)
{
    return stream->is_closed || stream->is_reset || stream->output_is_ended;
}

static void resume(struct net_stream *stream)
{
    if (stream->is_deferred) {
        stream->is_deferred = false;
        // What nghttp2 has no memory to send would be waited for until the client's own deadline.
        if (nghttp2_session_resume_data(stream->session->nghttp2, stream->id) == NGHTTP2_ERR_NOMEM)
            stream->session->has_failed = true;
    }
    h2_session_wake(stream->session);
}

static void fill_nv(nghttp2_nv *nv, const struct net_header *header)
{
    *nv = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)header->name,
                       .value = (uint8_t *)(uintptr_t)header->value,
                       .namelen = strlen(header->name),
                       .valuelen = strlen(header->value)};
}

static bool submit_head(struct net_stream *stream, int http_status, const struct net_header *headers,
                        size_t count, bool with_body)
{
    char status[12];
    nghttp2_nv fields[HEADERS_MAXIMUM + 1];
    snprintf(status, sizeof status, "%d", http_status);
    struct net_header first = {":status", status};
    fill_nv(&fields[0], &first);
    if (count > HEADERS_MAXIMUM)
        return false;
    for (size_t i = 0; i < count; i++)
        fill_nv(&fields[i + 1], &headers[i]);
    nghttp2_data_provider provider = {.source = {.ptr = stream}, .read_callback = h2_callbacks_read_data};
    return nghttp2_submit_response(stream->session->nghttp2, stream->id, fields, count + 1,
                                   with_body ? &provider : NULL) == 0;
}

bool net_stream_send_head(struct net_stream *stream, int http_status, const struct net_header *headers,
                          size_t count)
{
    if (is_over(stream) || stream->head_is_sent)
        return false;
    if (!submit_head(stream, http_status, headers, count, true)) {
        net_stream_reset(stream, NGHTTP2_INTERNAL_ERROR);
        return false;
    }
    stream->head_is_sent = true;
    h2_session_wake(stream->session);
    return true;
}

// Room for `length` bytes in the queue; a refusal promises `writable`.
static bool admit(struct net_stream *stream, size_t length)
{
    struct h2_session *session = stream->session;
    size_t queued = net_stream_queued_bytes(stream);
    if (is_over(stream) || !stream->head_is_sent)
        return false;
    if (queued > 0 && queued + length > session->limits->stream_output_bytes) {
        if (!stream->was_refused)
            counters_limit_hit(session->counters, "stream_output_bytes");
        stream->was_refused = true;
        return false;
    }
    if (session->output_bytes + length > session->limits->connection_output_bytes) {
        h2_session_end(session, "connection_output_bytes");
        return false;
    }
    if (!make_room(&stream->queue, length)) {
        net_stream_reset(stream, NGHTTP2_INTERNAL_ERROR);
        return false;
    }
    session->output_bytes += length;
    return true;
}

static bool send_message(struct net_stream *stream, const uint8_t *bytes, size_t length, bool compressed)
{
    uint8_t prefix[GRPC_FRAME_PREFIX];
    if (length > UINT32_MAX || !admit(stream, length + sizeof prefix))
        return false;
    grpc_frame_write_prefix(prefix, compressed, (uint32_t)length);
    queue_put(&stream->queue, prefix, sizeof prefix);
    queue_put(&stream->queue, bytes, length);
    resume(stream);
    return true;
}

bool net_stream_send_message(struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    return send_message(stream, bytes, length, false);
}

bool net_stream_send_message_gzip(struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    uint8_t *packed;
    size_t packed_length;
    if (is_over(stream) || !gzip_deflate(bytes, length, &packed, &packed_length))
        return false;
    bool sent = send_message(stream, packed, packed_length, true);
    free(packed);
    return sent;
}

bool net_stream_send_data(struct net_stream *stream, const uint8_t *bytes, size_t length, bool end)
{
    if (!admit(stream, length))
        return false;
    queue_put(&stream->queue, bytes, length);
    if (end) {
        stream->output_is_ended = true;
        stream->input_is_over = true;
    }
    resume(stream);
    return true;
}

// ---- ending

static bool keep_trailers(struct net_stream *stream, const struct net_header *trailers, size_t count)
{
    struct net_header *kept = arena_array(stream->arena, count ? count : 1, sizeof *kept);
    if (!kept || count > HEADERS_MAXIMUM)
        return false;
    for (size_t i = 0; i < count; i++) {
        kept[i].name = arena_copy(stream->arena, trailers[i].name, strlen(trailers[i].name));
        kept[i].value = arena_copy(stream->arena, trailers[i].value, strlen(trailers[i].value));
        if (!kept[i].name || !kept[i].value)
            return false;
    }
    stream->trailers = kept;
    stream->trailer_count = count;
    return true;
}

static bool submit_trailers_only(struct net_stream *stream, const struct net_header *trailers, size_t count)
{
    struct net_header fields[HEADERS_MAXIMUM];
    size_t used = 0;
    fields[used++] = (struct net_header){"content-type", "application/grpc"};
    if (stream->encoding_is_unknown)
        fields[used++] = (struct net_header){"grpc-accept-encoding", "identity,gzip"};
    if (count > HEADERS_MAXIMUM - used)
        return false;
    memcpy(fields + used, trailers, count * sizeof *trailers);
    return submit_head(stream, 200, fields, used + count, false);
}

void net_stream_finish(struct net_stream *stream, const struct net_header *trailers, size_t count)
{
    if (is_over(stream))
        return;
    bool submitted = stream->head_is_sent ? keep_trailers(stream, trailers, count)
                                          : submit_trailers_only(stream, trailers, count);
    if (!submitted) {
        net_stream_reset(stream, NGHTTP2_INTERNAL_ERROR);
        return;
    }
    stream->head_is_sent = true;
    stream->output_is_ended = true;
    stream->input_is_over = true;
    resume(stream);
}

void net_stream_reset(struct net_stream *stream, uint32_t h2_error)
{
    if (stream->is_closed || stream->is_reset)
        return;
    stream->is_reset = true;
    stream->input_is_over = true;
    drop_queue(stream);
    if (nghttp2_submit_rst_stream(stream->session->nghttp2, NGHTTP2_FLAG_NONE, stream->id, h2_error) != 0)
        stream->session->has_failed = true;
    h2_session_wake(stream->session);
}
