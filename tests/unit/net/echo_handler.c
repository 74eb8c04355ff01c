// SPDX-License-Identifier: Apache-2.0
// See echo_handler.h.
#include "echo_handler.h"

#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct echo_call {
    struct echo_call *next;
    struct net_stream *stream;
    uint8_t *bytes;
    size_t length, left;
    char path[64];
    bool is_finished;
};

static const struct net_header grpc_head[] = {{"content-type", "application/grpc"}};
static const struct net_header gzip_head[] = {{"content-type", "application/grpc"},
                                              {"grpc-encoding", "gzip"}};

static bool is_path(const struct echo_call *call, const char *path)
{
    return strcmp(call->path, path) == 0;
}

static void finish(struct echo_call *call, int status)
{
    char number[12];
    snprintf(number, sizeof number, "%d", status);
    struct net_header trailers[] = {{"grpc-status", number}, {"grpc-message", status ? "refused" : ""}};
    call->is_finished = true;
    net_stream_finish(call->stream, trailers, status ? 2 : 1);
}

static void answer_plain(struct net_stream *stream, const struct net_request_head *head)
{
    static const struct net_header text[] = {{"content-type", "text/plain"}};
    bool is_get = strcmp(head->method, "GET") == 0;
    net_stream_send_head(stream, is_get ? 200 : 415, text, 1);
    net_stream_send_data(stream, (const uint8_t *)head->path, strlen(head->path), true);
}

static void on_head(void *context, struct net_stream *stream, const struct net_request_head *head)
{
    struct echo *echo = context;
    struct echo_call *call = calloc(1, sizeof *call);
    if (!call)
        abort();
    echo->heads++;
    echo->open++;
    call->stream = stream;
    call->left = ECHO_STREAM_COUNT;
    snprintf(call->path, sizeof call->path, "%s", head->path);
    call->next = echo->calls;
    echo->calls = call;
    net_stream_set_user(stream, call);
    if (!head->is_grpc)
        answer_plain(stream, head);
    else if (is_path(call, "/echo.Echo/Early"))
        finish(call, TS_UNAUTHENTICATED);
}

static void on_message(void *context, struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    struct echo *echo = context;
    struct echo_call *call = net_stream_user(stream);
    echo->messages++;
    echo->message_bytes += length;
    free(call->bytes);
    call->bytes = malloc(length + 1);
    if (!call->bytes)
        abort();
    memcpy(call->bytes, bytes, length);
    call->length = length;
    if (is_path(call, "/echo.Echo/Reset"))
        net_stream_reset(stream, 8);
}

static void send_stream(struct echo_call *call)
{
    while (call->left > 0 && net_stream_send_message(call->stream, call->bytes, call->length))
        call->left--;
    if (call->left == 0 && !call->is_finished)
        finish(call, 0);
}

static void on_half_close(void *context, struct net_stream *stream)
{
    struct echo *echo = context;
    struct echo_call *call = net_stream_user(stream);
    echo->half_closes++;
    if (is_path(call, "/echo.Echo/Hang") || call->is_finished)
        return;
    bool gzip = is_path(call, "/echo.Echo/Gzip");
    net_stream_send_head(stream, 200, gzip ? gzip_head : grpc_head, gzip ? 2 : 1);
    if (is_path(call, "/echo.Echo/Stream") && call->bytes) {
        send_stream(call);
        return;
    }
    if (call->bytes && gzip)
        net_stream_send_message_gzip(stream, call->bytes, call->length);
    else if (call->bytes)
        net_stream_send_message(stream, call->bytes, call->length);
    finish(call, 0);
}

static void on_broken(void *context, struct net_stream *stream, const struct ts_error *error)
{
    struct echo *echo = context;
    struct echo_call *call = net_stream_user(stream);
    echo->brokens++;
    snprintf(echo->last_broken, sizeof echo->last_broken, "%s", error->reason);
    if (!call->is_finished)
        finish(call, (int)error->status);
}

static void on_closed(void *context, struct net_stream *stream, uint32_t h2_error)
{
    struct echo *echo = context;
    struct echo_call *call = net_stream_user(stream);
    echo->closeds++;
    echo->open--;
    echo->last_h2_error = h2_error;
    // All of these must be harmless on a stream that is over.
    net_stream_send_head(stream, 200, grpc_head, 1);
    net_stream_send_message(stream, (const uint8_t *)"x", 1);
    net_stream_finish(stream, grpc_head, 1);
    net_stream_reset(stream, 8);
    struct echo_call **link = &echo->calls;
    while (*link != call)
        link = &(*link)->next;
    *link = call->next;
    free(call->bytes);
    free(call);
}

static void on_writable(void *context, struct net_stream *stream)
{
    struct echo *echo = context;
    echo->writables++;
    send_stream(net_stream_user(stream));
}

const struct net_handlers *echo_handlers(void)
{
    static const struct net_handlers handlers = {.head = on_head,
                                                 .message = on_message,
                                                 .half_close = on_half_close,
                                                 .broken = on_broken,
                                                 .closed = on_closed,
                                                 .writable = on_writable};
    return &handlers;
}

void echo_release(struct echo *echo)
{
    for (struct echo_call *call = echo->calls; call; call = call->next) {
        if (!call->is_finished)
            finish(call, 0);
    }
}
