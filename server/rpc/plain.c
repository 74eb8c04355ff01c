// SPDX-License-Identifier: Apache-2.0
// Plain HTTP answers, see plain.h. Called by dispatch.c.
#include "rpc/plain.h"

#include "net/stream.h"
#include "rpc/dispatch.h"
#include "rpc/pages.h"
#include "rpc/public_files.h"
#include "rpc/web.h"

#include <stdio.h>
#include <string.h>

static void answer(struct net_stream *stream, int status, const char *text, bool with_body)
{
    static const struct net_header headers[] = {{"content-type", "text/plain; charset=utf-8"},
                                                {"cache-control", "no-store"}};
    if (net_stream_send_head(stream, status, headers, 2))
        net_stream_send_data(stream, (const uint8_t *)text, with_body ? strlen(text) : 0, true);
}

// Ready for a load balancer; a person reads what does not work.
static void answer_ready(const struct rpc_dispatch *dispatch, struct net_stream *stream, bool with_body)
{
    enum { TEXT_BYTES = 1024 };
    char text[TEXT_BYTES] = "ready\n";
    const char *words = dispatch_words(dispatch);
    if (dispatch_impaired(dispatch))
        snprintf(text, sizeof text, "ready, but %s cannot do its work: %s\n", dispatch_impaired(dispatch),
                 words);
    else if (*words)
        snprintf(text, sizeof text, "ready. %s\n", words);
    answer(stream, 200, text, with_body);
}

// Who types the host alone wants to check a sheet.
static void answer_home(struct net_stream *stream)
{
    static const struct net_header headers[] = {{"location", "/s"}, {"cache-control", "no-store"}};
    if (net_stream_send_head(stream, 302, headers, 2))
        net_stream_send_data(stream, (const uint8_t *)"", 0, true);
}

static void answer_file(const struct rpc_dispatch *dispatch, struct net_stream *stream,
                        const struct net_request_head *head)
{
    const char *directory = dispatch_public_directory(dispatch);
    if (!public_files_answer(directory, stream, head) && !pages_answer(directory, stream, head))
        answer(stream, 404, "There is nothing here.\n", strcmp(head->method, "HEAD") != 0);
}

void plain_answer(struct rpc_dispatch *dispatch, struct net_stream *stream,
                  const struct net_request_head *head)
{
    bool is_head = strcmp(head->method, "HEAD") == 0;
    bool is_get = strcmp(head->method, "GET") == 0 || is_head;
    if (web_answer(dispatch, stream, head))
        return;
    if (strcmp(head->method, "POST") == 0)
        answer(stream, 415, "This port speaks gRPC: content-type application/grpc.\n", true);
    else if (!is_get)
        answer(stream, 405, "Only GET, HEAD and gRPC's POST.\n", true);
    else if (strcmp(head->path, "/") == 0)
        answer_home(stream);
    else if (strcmp(head->path, "/livez") == 0)
        answer(stream, 200, "alive\n", !is_head);
    else if (strcmp(head->path, "/readyz") != 0)
        answer_file(dispatch, stream, head);
    else if (dispatch_is_serving(dispatch))
        answer_ready(dispatch, stream, !is_head);
    else
        answer(stream, 503, "not ready: the database is away or the daemon is stopping\n", !is_head);
}
