// SPDX-License-Identifier: Apache-2.0
// JSON over plain HTTP, see web.h. Called by plain.c.
#include "rpc/web.h"

#include "net/stream.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "wire/percent.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    BODY_BYTES = 4096, // two secrets and a number
    PATH_BYTES = 80,
    METHOD_BYTES = 40,
};

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
    static const char begin[] = "/v1/PublicService/", events[] = "/v1/board/events";
    size_t whole = strcspn(path, "?");
    if (whole == sizeof events - 1 && memcmp(path, events, whole) == 0)
        return snprintf(ret_path, PATH_BYTES, "%s", events + strlen("/v1")) > 0;
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

// What is a secret does not stand in an address: addresses are kept in histories and logs.
static bool may_be_got(const char *path)
{
    static const char *const open[] = {"/touchstone.v1.PublicService/LookUpSheet",
                                       "/touchstone.v1.PublicService/ShowBoard",
                                       "/touchstone.v1.PublicService/ShowStatistics", "/board/events"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (strcmp(path, open[i]) == 0)
            return true;
    return false;
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
    if (is_get ? !may_be_got(path) : strcmp(head->method, "POST") != 0)
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
    if (!is_get) {
        net_stream_take_body(stream, BODY_BYTES);
        return true;
    }
    call->message_seen = true; // the query is all of it
    if (!read_query(call, head->path) || !dispatch_check_request(call))
        rpc_call_fail(call);
    return true;
}
