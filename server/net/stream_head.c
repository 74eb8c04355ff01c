// SPDX-License-Identifier: Apache-2.0
// From header fields to struct net_request_head. nghttp2 has already checked what RFC 9113 section 8 demands
// of names, values and pseudo-headers; here is only what gRPC adds.
#include "net/h2_session_internal.h"
#include "net/h2_stream.h"
#include "wire/arena.h"

#include <string.h>
#include <strings.h>

enum { FIELD_OVERHEAD = 32, FIRST_HEADERS = 16 }; // RFC 9113 6.5.2

struct known_header {
    const char *name;
    size_t offset;
};

#define AT(field) offsetof(struct net_request_head, field)
static const struct known_header known_headers[] = {
    {":method", AT(method)},
    {":path", AT(path)},
    {":scheme", AT(scheme)},
    {":authority", AT(authority)},
    {"content-type", AT(content_type)},
    {"te", AT(te)},
    {"user-agent", AT(user_agent)},
    {"authorization", AT(authorization)},
    {"grpc-encoding", AT(grpc_encoding)},
    {"grpc-accept-encoding", AT(grpc_accept_encoding)},
};

static struct net_header *next_header(struct net_stream *stream)
{
    if (stream->head.header_count == stream->header_capacity) {
        size_t capacity = stream->header_capacity ? stream->header_capacity * 2 : FIRST_HEADERS;
        struct net_header *headers = arena_array(stream->arena, capacity, sizeof *headers);
        if (!headers)
            return NULL;
        if (stream->headers)
            memcpy(headers, stream->headers, stream->head.header_count * sizeof *headers);
        stream->headers = headers;
        stream->head.headers = headers;
        stream->header_capacity = capacity;
    }
    return &stream->headers[stream->head.header_count];
}

static const char **find_known(struct net_stream *stream, const uint8_t *name, size_t length)
{
    for (size_t i = 0; i < sizeof known_headers / sizeof known_headers[0]; i++) {
        const struct known_header *known = &known_headers[i];
        if (strlen(known->name) == length && memcmp(known->name, name, length) == 0)
            return (const char **)((char *)&stream->head + known->offset);
    }
    return NULL;
}

bool h2_stream_add_header(struct net_stream *stream, const uint8_t *name, size_t name_length,
                          const uint8_t *value, size_t value_length)
{
    stream->header_bytes += name_length + value_length + FIELD_OVERHEAD;
    if (stream->header_bytes > stream->session->limits->header_list_bytes) {
        stream->head_is_too_large = true;
        return true;
    }
    const char *text = arena_copy(stream->arena, value, value_length);
    if (!text)
        return false;
    const char **known = find_known(stream, name, name_length);
    if (known && !*known)
        *known = text;
    if (name[0] == ':')
        return true;
    struct net_header *header = next_header(stream);
    if (!header || !(header->name = arena_copy(stream->arena, name, name_length)))
        return false;
    header->value = text;
    stream->head.header_count++;
    return true;
}

const char *request_head_find(const struct net_request_head *head, const char *name)
{
    for (size_t i = 0; i < head->header_count; i++) {
        if (strcmp(head->headers[i].name, name) == 0)
            return head->headers[i].value;
    }
    return NULL;
}

// "application/grpc", "application/grpc+proto", "application/grpc; charset=..." but not
// "application/grpc-web".
static bool is_grpc_type(const char *content_type)
{
    static const char type[] = "application/grpc";
    if (!content_type || strncasecmp(content_type, type, sizeof type - 1) != 0)
        return false;
    char next = content_type[sizeof type - 1];
    return next == '\0' || next == '+' || next == ';' || next == ' ';
}

static bool list_contains(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (list && *list) {
        list += strspn(list, ", \t");
        size_t item = strcspn(list, ", \t;");
        if (item == length && strncasecmp(list, word, length) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

// gRPC over HTTP/2, "Timeout": at most 8 digits and a unit.
static bool parse_timeout(const char *text, uint64_t *ret_ms)
{
    static const char units[] = "HMSmun";
    static const uint64_t nanoseconds[] = {3600000000000, 60000000000, 1000000000, 1000000, 1000, 1};
    size_t digits = strspn(text, "0123456789");
    const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
    if (digits == 0 || digits > 8 || !unit || text[digits + 1])
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (uint64_t)(text[i] - '0');
    uint64_t factor = nanoseconds[unit - units];
    *ret_ms = factor >= 1000000 ? number * (factor / 1000000) : (number * factor + 999999) / 1000000;
    return true;
}

static bool is_word(const char *text, const char *word)
{
    return text && strcasecmp(text, word) == 0;
}

bool h2_stream_finish_head(struct net_stream *stream)
{
    struct net_request_head *head = &stream->head;
    if (!head->method)
        head->method = "";
    if (!head->path)
        head->path = "";
    head->peer = stream->session->peer;
    head->is_grpc = strcmp(head->method, "POST") == 0 && is_grpc_type(head->content_type);
    head->accepts_gzip = list_contains(head->grpc_accept_encoding, "gzip");
    stream->encoding_is_gzip = is_word(head->grpc_encoding, "gzip");
    stream->encoding_is_unknown =
        head->grpc_encoding && !stream->encoding_is_gzip && !is_word(head->grpc_encoding, "identity");
    const char *timeout = request_head_find(head, "grpc-timeout");
    head->has_timeout = timeout && parse_timeout(timeout, &head->timeout_ms);
    return !timeout || head->has_timeout;
}
