// SPDX-License-Identifier: Apache-2.0
// JSON over plain HTTP, see web.h. Called by plain.c, dispatch.c and call.c.
#include "rpc/web.h"

#include "net/stream.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "touchstone/internal/v1/rpc_status.pb-c.h"
#include "wire/json_message.h"
#include "wire/percent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    BODY_BYTES = 4096, // two secrets and a number
    PATH_BYTES = 80,
    METHOD_BYTES = 40,
    HTTP_OK = 200,
    HTTP_INTERNAL = 500,
    H2_INTERNAL_ERROR = 2,
};

// HTTP statuses of google.rpc.Code, in the order of its numbers.
static int http_status(enum ts_status status)
{
    static const int statuses[] = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                                   400, 409, 400, 501, 500, 503, 500, 401};
    return (size_t)status < sizeof statuses / sizeof *statuses ? statuses[status] : HTTP_INTERNAL;
}

// ---- before there is a call

static bool answer_text(struct net_stream *stream, const struct net_request_head *head, int status,
                        const char *code, const char *reason, const char *text)
{
    static const struct net_header headers[] = {{"content-type", "application/json"},
                                                {"cache-control", "no-store"},
                                                {"x-content-type-options", "nosniff"}};
    char json[256];
    bool is_head = strcmp(head->method, "HEAD") == 0;
    int length = snprintf(json, sizeof json, "{\"code\":\"%s\",\"reason\":\"%s\",\"message\":\"%s\"}\n", code,
                          reason, text);
    if (net_stream_send_head(stream, status, headers, 3))
        net_stream_send_data(stream, (const uint8_t *)json, is_head ? 0 : (size_t)length, true);
    return true;
}

// The path as gRPC names it, or false.
static bool grpc_path(const char *path, char ret_path[PATH_BYTES])
{
    static const char begin[] = "/v1/PublicService/";
    if (strncmp(path, begin, sizeof begin - 1) != 0)
        return false;
    const char *method = path + sizeof begin - 1;
    size_t length = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    if (length == 0 || length > METHOD_BYTES || (method[length] && method[length] != '?'))
        return false;
    snprintf(ret_path, PATH_BYTES, "/touchstone.v1.PublicService/%.*s", (int)length, method);
    return true;
}

static bool is_json(const char *content_type)
{
    static const char type[] = "application/json";
    return content_type && strncasecmp(content_type, type, sizeof type - 1) == 0 &&
           strchr("; ", content_type[sizeof type - 1]) != NULL; // strchr finds the end, too
}

// ---- requests

static bool fail_request(struct rpc_call *call, const char *reason, const char *text)
{
    return error_set(&call->error, TS_INVALID_ARGUMENT, reason, "%s", text);
}

// One "name=value" into its text field; what the message does not know is skipped, as in JSON.
static bool take_pair(struct rpc_call *call, ProtobufCMessage *request, const char *pair, size_t length)
{
    const char *equals = memchr(pair, '=', length);
    size_t name_length = equals ? (size_t)(equals - pair) : length;
    char *name = arena_copy(call->arena, pair, name_length);
    char *value = equals ? percent_decode(equals + 1, length - name_length - 1, call->arena)
                         : arena_copy(call->arena, "", 0);
    if (!name)
        return fail_request(call, "QUERY_INVALID", "The query is too long.");
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(request->descriptor, name);
    if (!field)
        return true;
    if (!value || field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED)
        return fail_request(call, "QUERY_INVALID", "The query is not one of this method: send JSON by POST.");
    *(char **)((char *)request + field->offset) = value;
    return true;
}

static bool read_query(struct rpc_call *call, const char *path)
{
    const ProtobufCMessageDescriptor *kind = call->method->request;
    const char *query = strchr(path, '?');
    ProtobufCMessage *request = arena_alloc(call->arena, kind->sizeof_message);
    if (!request)
        return error_set(&call->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                         "The server is too busy. Try again.");
    protobuf_c_message_init(kind, request);
    for (query = query ? query + 1 : ""; *query; query += *query == '&') {
        size_t length = strcspn(query, "&");
        if (length && !take_pair(call, request, query, length))
            return false;
        query += length;
    }
    call->request = request;
    return true;
}

bool web_read(struct rpc_call *call, const uint8_t *bytes, size_t length)
{
    call->request =
        json_message_read(call->method->request, (const char *)bytes, length, call->arena, &call->error);
    return call->request != NULL;
}

bool web_answer(struct rpc_dispatch *dispatch, struct net_stream *stream, const struct net_request_head *head)
{
    char path[PATH_BYTES];
    bool is_get = strcmp(head->method, "GET") == 0;
    if (strncmp(head->path, "/v1/", 4) != 0)
        return false;
    if (!grpc_path(head->path, path) || !dispatch_knows_path(dispatch, path))
        return answer_text(stream, head, 404, "UNIMPLEMENTED", "METHOD_UNKNOWN",
                           "There is no such method here.");
    // What is a secret does not stand in an address: addresses are kept in histories and logs.
    if (!(is_get && strcmp(path, "/touchstone.v1.PublicService/LookUpSheet") == 0) &&
        strcmp(head->method, "POST") != 0)
        return answer_text(stream, head, 405, "UNIMPLEMENTED", "POST_ONLY", "Send JSON by POST.");
    if (!is_get && !is_json(head->content_type))
        return answer_text(stream, head, 415, "INVALID_ARGUMENT", "JSON_ONLY",
                           "Send content-type application/json.");
    struct rpc_call *call = dispatch_begin_web(dispatch, stream, head, path);
    if (!call)
        return answer_text(stream, head, 503, "RESOURCE_EXHAUSTED", "OUT_OF_MEMORY",
                           "The server is too busy. Try again.");
    if (call->finished)
        return true;
    if (!is_get)
        net_stream_take_body(stream, BODY_BYTES);
    else if (!(call->message_seen = true) || !read_query(call, head->path) || !dispatch_check_request(call))
        rpc_call_fail(call);
    return true;
}

// ---- answers

bool web_send_head(struct rpc_call *call)
{
    const struct net_header headers[] = {
        {"content-type", call->method->streams_reply ? "application/pdf" : "application/json"},
        {"cache-control", "no-store"},
        {"x-content-type-options", "nosniff"}};
    return net_stream_send_head(call->stream, HTTP_OK, headers, 3);
}

static bool send_json(struct rpc_call *call, const ProtobufCMessage *message)
{
    struct json_text json;
    return json_message_write(message, call->arena, &json, &call->error) &&
           net_stream_send_data(call->stream, (const uint8_t *)json.text, json.length, false);
}

bool web_send_message(struct rpc_call *call, const ProtobufCMessage *message)
{
    if (!call->method->streams_reply)
        return send_json(call, message);
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, "data");
    const ProtobufCBinaryData *data = (const void *)((const char *)message + field->offset);
    return net_stream_send_data(call->stream, data->data, data->len, false);
}

void web_send_end(struct rpc_call *call)
{
    if (call->head_sent || web_send_head(call))
        net_stream_send_data(call->stream, NULL, 0, true);
}

// {"code","reason","message"}, and "metadata" when there is any: an object of texts already.
static const char *error_json(struct rpc_call *call, size_t *ret_length)
{
    Touchstone__Internal__V1__WebError told = TOUCHSTONE__INTERNAL__V1__WEB_ERROR__INIT;
    struct json_text json;
    char code[32];
    snprintf(code, sizeof code, "%s", error_status_name(call->error.status));
    told.code = code;
    told.reason = call->error.reason;
    told.message = call->error.detail;
    if (!json_message_write(&told.base, call->arena, &json, NULL))
        return NULL;
    const char *text = call->error.metadata[0]
                           ? arena_printf(call->arena, "%.*s,\"metadata\":%s}", (int)json.length - 1,
                                          json.text, call->error.metadata)
                           : json.text;
    *ret_length = text ? strlen(text) : 0;
    return text;
}

void web_send_error(struct rpc_call *call)
{
    static const struct net_header headers[] = {{"content-type", "application/json"},
                                                {"cache-control", "no-store"},
                                                {"x-content-type-options", "nosniff"}};
    size_t length = 0;
    const char *json = error_json(call, &length);
    // What has begun as a file cannot end as an error: the client sees that it was cut.
    if (call->head_sent || !json ||
        !net_stream_send_head(call->stream, http_status(call->error.status), headers, 3))
        net_stream_reset(call->stream, H2_INTERNAL_ERROR);
    else
        net_stream_send_data(call->stream, (const uint8_t *)json, length, true);
}
