// SPDX-License-Identifier: Apache-2.0
// See h2_peer.h.
#include "h2_peer.h"

#include "net/h2_session.h"
#include "wire/error.h"
#include "wire/grpc_frame.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
// cmocka needs the two above first
#include <cmocka.h>

enum { PUMP_BYTES = 16384, FRAME_HEAD = 9 };

struct peer_body {
    struct peer_body *next;
    uint8_t *bytes;
    size_t length, sent, frame;
    bool stays_open;
};

struct peer_stream *peer_stream(struct h2_peer *peer, int32_t id)
{
    size_t index = (size_t)(id - 1) / 2;
    assert_true(index < PEER_STREAMS);
    return &peer->streams[index];
}

// ---- the client's callbacks

static void keep(char *to, size_t size, const uint8_t *value, size_t length)
{
    size_t kept = length < size - 1 ? length : size - 1;
    if (kept)
        memcpy(to, value, kept);
    to[kept] = '\0';
}

static int on_header(nghttp2_session *client, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags, void *user)
{
    struct peer_stream *stream = peer_stream(user, frame->hd.stream_id);
    (void)client;
    (void)flags;
    (void)name_length;
    if (strcmp((const char *)name, ":status") == 0)
        keep(stream->status, sizeof stream->status, value, value_length);
    else if (strcmp((const char *)name, "grpc-status") == 0)
        keep(stream->grpc_status, sizeof stream->grpc_status, value, value_length);
    else if (strcmp((const char *)name, "grpc-accept-encoding") == 0)
        keep(stream->grpc_accept_encoding, sizeof stream->grpc_accept_encoding, value, value_length);
    return 0;
}

static int on_data(nghttp2_session *client, uint8_t flags, int32_t id, const uint8_t *bytes, size_t length,
                   void *user)
{
    struct peer_stream *stream = peer_stream(user, id);
    (void)client;
    (void)flags;
    for (size_t i = 0; i < length && stream->body_length + i < PEER_BODY_KEPT; i++)
        stream->body[stream->body_length + i] = bytes[i];
    stream->body_length += length;
    return 0;
}

static int on_close(nghttp2_session *client, int32_t id, uint32_t h2_error, void *user)
{
    struct peer_stream *stream = peer_stream(user, id);
    stream->is_closed = true;
    stream->h2_error = h2_error;
    (void)client;
    return 0;
}

// GOAWAY is read by hand: after raw frames nghttp2's client may have given up before it comes.
static uint32_t read32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void scan_byte(struct h2_peer *peer, uint8_t byte)
{
    const uint8_t *frame = peer->frame;
    if (peer->frame_have < sizeof peer->frame)
        peer->frame[peer->frame_have] = byte;
    peer->frame_have++;
    size_t length = FRAME_HEAD + (read32(frame) >> 8);
    if (peer->frame_have < FRAME_HEAD || peer->frame_have < length)
        return;
    peer->frame_have = 0;
    if (frame[3] != NGHTTP2_GOAWAY)
        return;
    peer->has_goaway = true;
    peer->goaways++;
    peer->goaway_last = (int32_t)read32(frame + FRAME_HEAD);
    peer->goaway_code = read32(frame + FRAME_HEAD + 4);
    keep(peer->goaway_text, sizeof peer->goaway_text, frame + FRAME_HEAD + 8, length - FRAME_HEAD - 8);
}

static ssize_t read_body(nghttp2_session *client, int32_t id, uint8_t *buffer, size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    struct peer_body *body = source->ptr;
    (void)client;
    (void)id;
    (void)user;
    size_t length = body->length - body->sent;
    if (body->frame && length > body->frame)
        length = body->frame;
    if (length > size)
        length = size;
    if (length == 0 && body->stays_open)
        return NGHTTP2_ERR_DEFERRED;
    memcpy(buffer, body->bytes + body->sent, length);
    body->sent += length;
    if (body->sent == body->length && !body->stays_open)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)length;
}

// ---- life

static void on_wants_take(void *context)
{
    ((struct h2_peer *)context)->wakes++;
}

static void create_client(struct h2_peer *peer)
{
    nghttp2_session_callbacks *callbacks;
    assert_int_equal(0, nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    assert_int_equal(0, nghttp2_session_client_new(&peer->client, callbacks, peer));
    nghttp2_session_callbacks_del(callbacks);
    assert_int_equal(0, nghttp2_submit_settings(peer->client, 0, NULL, 0));
}

void peer_start(struct h2_peer *peer, const struct net_limits *limits)
{
    struct ts_error error = {0};
    memset(peer, 0, sizeof *peer);
    if (limits)
        peer->limits = *limits;
    else
        limits_init(&peer->limits);
    peer->now_ms = 1000000;
    struct h2_session_config config = {.limits = &peer->limits,
                                       .handlers = echo_handlers(),
                                       .handlers_context = &peer->echo,
                                       .peer = "192.0.2.7",
                                       .wants_take = on_wants_take,
                                       .wants_take_context = peer};
    peer->server = h2_session_create(&config, &error);
    assert_non_null(peer->server);
    create_client(peer);
    peer_pump(peer);
    assert_true(h2_session_is_greeted(peer->server));
}

void peer_stop(struct h2_peer *peer)
{
    h2_session_free(peer->server);
    assert_int_equal(0, peer->echo.open);
    assert_int_equal(peer->echo.heads, peer->echo.closeds);
    nghttp2_session_del(peer->client);
    while (peer->bodies) {
        struct peer_body *body = peer->bodies;
        peer->bodies = body->next;
        free(body->bytes);
        free(body);
    }
}

// ---- moving bytes

void peer_raw_bytes(struct h2_peer *peer, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    size_t piece = peer->piece ? peer->piece : length;
    while (length > 0) {
        size_t part = length < piece ? length : piece;
        if (!h2_session_receive(peer->server, at, part, peer->now_ms))
            peer->server_is_over = true;
        at += part;
        length -= part;
    }
}

static bool client_to_server(struct h2_peer *peer)
{
    const uint8_t *bytes;
    ssize_t length;
    bool moved = false;
    while ((length = nghttp2_session_mem_send(peer->client, &bytes)) > 0) {
        peer_raw_bytes(peer, bytes, (size_t)length);
        moved = true;
    }
    return moved;
}

static bool server_to_client(struct h2_peer *peer)
{
    static uint8_t buffer[PUMP_BYTES];
    bool moved = false;
    size_t length;
    while (!peer->reads_nothing && (length = h2_session_take(peer->server, buffer, sizeof buffer)) > 0) {
        for (size_t i = 0; i < length; i++)
            scan_byte(peer, buffer[i]);
        for (size_t at = 0; at < length;) {
            size_t piece = peer->piece && peer->piece < length - at ? peer->piece : length - at;
            assert_true(nghttp2_session_mem_recv(peer->client, buffer + at, piece) >= 0);
            at += piece;
        }
        moved = true;
    }
    return moved;
}

void peer_pump(struct h2_peer *peer)
{
    bool moved = true;
    while (moved) {
        moved = client_to_server(peer);
        moved |= server_to_client(peer);
    }
}

// ---- requests

static nghttp2_nv nv(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value),
                        0};
}

int32_t peer_request(struct h2_peer *peer, const struct peer_request *request)
{
    nghttp2_nv fields[80];
    size_t count = 0;
    fields[count++] = nv(":method", request->method ? request->method : "POST");
    fields[count++] = nv(":scheme", "https");
    fields[count++] = nv(":path", request->path);
    fields[count++] = nv(":authority", "localhost");
    fields[count++] = nv("content-type", request->content_type ? request->content_type : "application/grpc");
    for (size_t i = 0; i < request->header_count; i++)
        fields[count++] = nv(request->headers[i].name, request->headers[i].value);
    struct peer_body *body = calloc(1, sizeof *body);
    assert_non_null(body);
    body->bytes = malloc(request->body_length + 1);
    assert_non_null(body->bytes);
    if (request->body_length)
        memcpy(body->bytes, request->body, request->body_length);
    body->length = request->body_length;
    body->frame = request->data_frame;
    body->stays_open = request->stays_open;
    body->next = peer->bodies;
    peer->bodies = body;
    nghttp2_data_provider provider = {.source = {.ptr = body}, .read_callback = read_body};
    bool has_body = body->length > 0 || body->stays_open;
    int32_t id = nghttp2_submit_request(peer->client, NULL, fields, count, has_body ? &provider : NULL, NULL);
    assert_true(id > 0);
    return id;
}

int32_t peer_call(struct h2_peer *peer, const char *path, const uint8_t *message, size_t length)
{
    uint8_t *framed = malloc(length + GRPC_FRAME_PREFIX);
    assert_non_null(framed);
    grpc_frame_write_prefix(framed, false, (uint32_t)length);
    memcpy(framed + GRPC_FRAME_PREFIX, message, length);
    struct peer_request request = {.path = path, .body = framed, .body_length = length + GRPC_FRAME_PREFIX};
    int32_t id = peer_request(peer, &request);
    free(framed);
    return id;
}

void peer_raw(struct h2_peer *peer, uint8_t type, uint8_t flags, int32_t stream_id, const void *payload,
              size_t length)
{
    uint32_t id = (uint32_t)stream_id;
    const uint8_t head[9] = {
        (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length,    type,       flags,
        (uint8_t)(id >> 24),     (uint8_t)(id >> 16),    (uint8_t)(id >> 8), (uint8_t)id};
    peer_raw_bytes(peer, head, sizeof head);
    if (length)
        peer_raw_bytes(peer, payload, length);
}
