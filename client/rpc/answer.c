// SPDX-License-Identifier: Apache-2.0
// Headers into an outcome: see answer.h. The table of HTTP statuses is the one of the gRPC project's
// doc/http-grpc-status-mapping.md.
#include "rpc/answer.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "rpc/outcome.h"
#include "wire/arena.h"
#include "wire/base64.h"
#include "wire/percent.h"
#include "wire/rpc_status.h"

void answer_init(struct answer *answer, struct arena *arena)
{
    *answer = (struct answer){.grpc_status = ANSWER_NO_STATUS, .arena = arena};
}

static bool name_is(const char *line, size_t length, const char *name, const char **ret_value,
                    size_t *ret_length)
{
    size_t name_length = strlen(name);

    if (length <= name_length || line[name_length] != ':' || strncasecmp(line, name, name_length) != 0)
        return false;
    line += name_length + 1;
    length -= name_length + 1;
    while (length > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        length--;
    }
    *ret_value = line;
    *ret_length = length;
    return true;
}

// The digits that the text begins with, three at most: a line has no end that strtol would stop at.
static size_t read_number(const char *text, size_t length, int *ret_number)
{
    size_t digits = 0;

    *ret_number = 0;
    while (digits < length && digits < 3 && text[digits] >= '0' && text[digits] <= '9')
        *ret_number = *ret_number * 10 + (text[digits++] - '0');
    return digits;
}

bool answer_header(struct answer *answer, const char *line, size_t length)
{
    const char *value;
    size_t value_length;

    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r' || line[length - 1] == ' '))
        length--;
    if (length > 5 && strncmp(line, "HTTP/", 5) == 0) {
        const char *blank = memchr(line, ' ', length);

        answer->http_status = 0;
        if (blank != NULL)
            read_number(blank + 1, (size_t)(line + length - blank - 1), &answer->http_status);
    } else if (name_is(line, length, "content-type", &value, &value_length)) {
        answer->is_grpc = value_length >= 16 && strncmp(value, "application/grpc", 16) == 0;
    } else if (name_is(line, length, "grpc-status", &value, &value_length)) {
        if (value_length == 0 || read_number(value, value_length, &answer->grpc_status) != value_length)
            answer->grpc_status = TS_UNKNOWN;
    } else if (name_is(line, length, "grpc-message", &value, &value_length)) {
        answer->message = percent_decode(value, value_length, answer->arena);
        return answer->message != NULL;
    } else if (name_is(line, length, "grpc-status-details-bin", &value, &value_length)) {
        answer->details = arena_copy(answer->arena, value, value_length);
        return answer->details != NULL;
    }
    return true;
}

static void conclude_http(const struct answer *answer, struct rpc_outcome *ret_outcome)
{
    static const struct {
        int http_status;
        enum ts_status status;
    } map[] = {{400, TS_INTERNAL},      {401, TS_UNAUTHENTICATED}, {403, TS_PERMISSION_DENIED},
               {404, TS_UNIMPLEMENTED}, {429, TS_UNAVAILABLE},     {502, TS_UNAVAILABLE},
               {503, TS_UNAVAILABLE},   {504, TS_UNAVAILABLE}};
    enum ts_status status = TS_UNKNOWN;

    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (map[i].http_status == answer->http_status)
            status = map[i].status;
    // A gateway that lost the server behind it cannot say what became of the call.
    if (answer->http_status == 502 || answer->http_status == 504)
        ret_outcome->fate = RPC_NO_ANSWER;
    error_set(&ret_outcome->error, status, "NOT_GRPC",
              "the server answered HTTP status %d and no gRPC; is this the address of a Touchstone server?",
              answer->http_status);
}

static bool read_details(const struct answer *answer, struct ts_error *ret_error)
{
    size_t length = answer->details != NULL ? strlen(answer->details) : 0;
    uint8_t *bytes = length > 0 ? arena_alloc(answer->arena, BASE64_BYTES_SIZE(length)) : NULL;

    return bytes != NULL && base64_read(answer->details, length, bytes, &length) &&
           rpc_status_read(bytes, length, answer->arena, ret_error);
}

void answer_conclude(const struct answer *answer, struct rpc_outcome *ret_outcome)
{
    enum ts_status status = TS_UNKNOWN;

    *ret_outcome = (struct rpc_outcome){.fate = RPC_ANSWERED};
    if (answer->grpc_status >= TS_OK && answer->grpc_status <= TS_UNAUTHENTICATED)
        status = (enum ts_status)answer->grpc_status;
    if (answer->grpc_status == ANSWER_NO_STATUS && (answer->http_status != 200 || !answer->is_grpc)) {
        conclude_http(answer, ret_outcome);
    } else if (answer->grpc_status == ANSWER_NO_STATUS) {
        ret_outcome->fate = RPC_NO_ANSWER;
        error_set(&ret_outcome->error, TS_UNKNOWN, "CUT_SHORT", "the answer ended before its status");
    } else if (status != TS_OK) {
        if (!read_details(answer, &ret_outcome->error))
            error_set(&ret_outcome->error, status, "", "%s",
                      answer->message != NULL ? answer->message : error_status_name(status));
        ret_outcome->error.status = status;
    }
}
