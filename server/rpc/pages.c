// SPDX-License-Identifier: Apache-2.0
// See pages.h. A page may be kept and is asked for again by its tag, so that a new version is seen at once;
// its policy lets it load nothing but ourselves, and it tells nobody where the reader came from.
#include "rpc/pages.h"

#include "net/stream.h"
#include "rpc/public_files.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS_MAX = 11, ESCAPED_BYTES = 6 };

// Whoever sets conditions by q= gets the plain bytes, which everybody takes.
static bool takes_gzip(const struct net_request_head *head)
{
    const char *accepted = request_head_find(head, "accept-encoding");
    const char *found = accepted ? strstr(accepted, "gzip") : NULL;
    return found && strchr(", ", found[strlen("gzip")]) != NULL;
}

static void send(struct net_stream *stream, const struct net_request_head *head,
                 const struct web_asset *asset, const uint8_t *bytes, size_t length)
{
    char length_text[24];
    bool is_known = bytes == asset->bytes && request_head_find(head, "if-none-match") &&
                    strcmp(request_head_find(head, "if-none-match"), asset->etag) == 0;
    bool has_body = !is_known && strcmp(head->method, "HEAD") != 0;
    bool is_packed = bytes == asset->bytes && takes_gzip(head);
    struct net_header headers[HEADERS_MAX] = {
        {"content-type", asset->content_type}, {"content-security-policy", asset->policy},
        {"cache-control", "no-cache"},         {"referrer-policy", "no-referrer"},
        {"x-content-type-options", "nosniff"}, {"x-frame-options", "DENY"}};
    size_t count = 6;
    if (is_packed) {
        bytes = asset->packed;
        length = asset->packed_length;
        headers[count++] = (struct net_header){"content-encoding", "gzip"};
    }
    snprintf(length_text, sizeof length_text, "%zu", length);
    if (!is_known)
        headers[count++] = (struct net_header){"content-length", length_text};
    if (asset->marker < 0) {
        headers[count++] = (struct net_header){"etag", asset->etag};
        headers[count++] = (struct net_header){"vary", "accept-encoding"};
    }
    if (asset->worker_scope)
        headers[count++] = (struct net_header){"service-worker-allowed", asset->worker_scope};
    if (net_stream_send_head(stream, is_known ? 304 : 200, headers, count))
        net_stream_send_data(stream, bytes, has_body ? length : 0, true);
}

static void send_failure(struct net_stream *stream, int status, const char *text)
{
    static const struct net_header headers[] = {{"content-type", "text/plain; charset=utf-8"},
                                                {"cache-control", "no-store"}};
    if (net_stream_send_head(stream, status, headers, 2))
        net_stream_send_data(stream, (const uint8_t *)text, strlen(text), true);
}

// JSON that may stand inside a script: no < of it can end one.
static size_t put_data(uint8_t *at, const uint8_t *json, size_t length)
{
    const uint8_t *start = at;
    for (size_t i = 0; i < length; i++)
        if (json[i] == '<') {
            memcpy(at, "\\u003c", ESCAPED_BYTES);
            at += ESCAPED_BYTES;
        } else {
            *at++ = json[i];
        }
    return (size_t)(at - start);
}

static void send_with_data(struct net_stream *stream, const struct net_request_head *head,
                           const struct web_asset *asset, const char *directory)
{
    size_t json_length, marker = (size_t)asset->marker, behind = marker + strlen(WEB_MARKER);
    uint8_t *json = public_files_read(directory, "/s/data.json", strlen("/s/data.json"), &json_length);
    uint8_t *page = json ? malloc(asset->length + json_length * ESCAPED_BYTES) : NULL;
    if (page) {
        memcpy(page, asset->bytes, marker);
        size_t length = marker + put_data(page + marker, json, json_length);
        memcpy(page + length, asset->bytes + behind, asset->length - behind);
        send(stream, head, asset, page, length + asset->length - behind);
    } else {
        send_failure(stream, 503, "Not yet: the log has no checkpoint. Try again in a moment.\n");
    }
    free(page);
    free(json);
}

bool pages_answer(const char *directory, struct net_stream *stream, const struct net_request_head *head)
{
    const struct web_asset *asset = web_find(head->path, strcspn(head->path, "?#"));
    if (!asset)
        return false;
    if (asset->marker >= 0)
        send_with_data(stream, head, asset, directory);
    else
        send(stream, head, asset, asset->bytes, asset->length);
    return true;
}
