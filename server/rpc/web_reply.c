// SPDX-License-Identifier: Apache-2.0
// See web_reply.h.
#include "rpc/web_reply.h"

#include "net/stream.h"
#include "touchstone/internal/v1/rpc_status.pb-c.h"
#include "wire/arena.h"
#include "wire/json_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HTTP_OK = 200, HTTP_INTERNAL = 500, H2_INTERNAL_ERROR = 2 };

// HTTP statuses of google.rpc.Code, in the order of its numbers.
static int http_status(enum ts_status status)
{
    static const int statuses[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                                   400, 409, 400, 501, 500, 503, 500, 401};
    return (size_t)status < sizeof statuses / sizeof *statuses ? statuses[status] : HTTP_INTERNAL;
}

bool web_reply_head(struct net_stream *stream, bool is_file)
{
    const struct net_header headers[] = {{"content-type", is_file ? "application/pdf" : "application/json"},
                                         {"cache-control", "no-store"},
                                         {"x-content-type-options", "nosniff"}};
    return net_stream_send_head(stream, HTTP_OK, headers, 3);
}

bool web_reply_event_head(struct net_stream *stream)
{
    static const struct net_header headers[] = {{"content-type", "text/event-stream"},
                                                {"cache-control", "no-store"},
                                                {"x-content-type-options", "nosniff"}};
    return net_stream_send_head(stream, HTTP_OK, headers, 3);
}

bool web_reply_event(struct net_stream *stream, const char *text, size_t length)
{
    static const char begin[] = "data: ", end[] = "\n\n", beat[] = "event: beat\ndata: 1\n\n";
    if (!text)
        return net_stream_send_data(stream, (const uint8_t *)beat, sizeof beat - 1, false);
    // One piece, so that half an event is never sent.
    size_t total = sizeof begin - 1 + length + sizeof end - 1;
    uint8_t *event = malloc(total);
    bool is_sent = false;
    if (event) {
        memcpy(event, begin, sizeof begin - 1);
        memcpy(event + sizeof begin - 1, text, length);
        memcpy(event + sizeof begin - 1 + length, end, sizeof end - 1);
        is_sent = net_stream_send_data(stream, event, total, false);
    }
    free(event);
    return is_sent;
}

bool web_reply_message(struct net_stream *stream, struct arena *arena, bool is_file,
                       const ProtobufCMessage *message, struct ts_error *error)
{
    struct json_text json;
    if (!is_file)
        return json_message_write(message, arena, &json, error) &&
               net_stream_send_data(stream, (const uint8_t *)json.text, json.length, false);
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "data");
    const ProtobufCBinaryData *data = (const void *)((const char *)message + field->offset);
    return net_stream_send_data(stream, data->data, data->len, false);
}

void web_reply_end(struct net_stream *stream)
{
    net_stream_send_data(stream, NULL, 0, true);
}

// The metadata is an object of texts already.
static const char *error_json(struct arena *arena, const struct ts_error *error)
{
    Touchstone__Internal__V1__WebError told = TOUCHSTONE__INTERNAL__V1__WEB_ERROR__INIT;
    struct json_text json;
    char code[32];
    snprintf(code, sizeof code, "%s", error_status_name(error->status));
    told.code = code;
    told.reason = (char *)error->reason;
    told.message = (char *)error->detail;
    if (!json_message_write(&told.base, arena, &json, NULL))
        return NULL;
    return error->metadata[0] ? arena_printf(arena, "%.*s,\"metadata\":%s}", (int)json.length - 1, json.text,
                                             error->metadata)
                              : json.text;
}

void web_reply_error(struct net_stream *stream, struct arena *arena, bool head_sent,
                     const struct ts_error *error)
{
    static const struct net_header headers[] = {{"content-type", "application/json"},
                                                {"cache-control", "no-store"},
                                                {"x-content-type-options", "nosniff"}};
    const char *json = error_json(arena, error);
    if (head_sent || !json || !net_stream_send_head(stream, http_status(error->status), headers, 3))
        net_stream_reset(stream, H2_INTERNAL_ERROR);
    else
        net_stream_send_data(stream, (const uint8_t *)json, strlen(json), true);
}
