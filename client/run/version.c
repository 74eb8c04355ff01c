// SPDX-License-Identifier: Apache-2.0
// Reads row versions: see version.h. Objects with a call of their own take one call; others are looked for
// page by page in the list that has them.
#include "run/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "command/invocation.h"
#include "message/path.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "wire/arena.h"

static bool fail(struct rpc_outcome *ret_outcome, const struct ts_error *error)
{
    ret_outcome->fate = RPC_ANSWERED;
    ret_outcome->error = *error;
    return false;
}

// The request of the read. NULL with *error.
static ProtobufCMessage *read_request(struct client *client, const struct version_source *source,
                                      const char *key, struct ts_error *error)
{
    ProtobufCMessage *request = path_new_message(client->arena, source->request);

    if (request == NULL)
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    else if (source->rows == NULL && !value_set(client->arena, request, source->key, key, error))
        return NULL;
    else if (source->rows != NULL && !value_set(client->arena, request, "page.page_size", "200", error))
        return NULL;
    else if (source->laboratory != NULL &&
             !value_set(client->arena, request, source->laboratory, client_laboratory(client), error))
        return NULL;
    return request;
}

static int64_t version_in_rows(const struct version_source *source, const ProtobufCMessage *answer,
                               const char *key)
{
    const ProtobufCFieldDescriptor *rows =
        protobuf_c_message_descriptor_get_field_by_name(answer->descriptor, source->rows);

    for (size_t i = 0; rows != NULL && i < path_count(answer, rows); i++) {
        const ProtobufCMessage *row = path_element(answer, rows, i);
        const char *name = value_text(row, source->key);

        if (name != NULL && strcmp(name, key) == 0)
            return value_int(row, source->version);
    }
    return 0;
}

// The version, or 0 with *ret_outcome.
static int64_t find_version(struct client *client, const struct version_source *source, const char *key,
                            struct rpc_outcome *ret_outcome)
{
    struct ts_error error = {0};
    ProtobufCMessage *request = read_request(client, source, key, &error), *answer;
    const char *token;
    int64_t version;

    while (request != NULL) {
        if (!client_call(client, RETRY_READ, source->method, request, source->response, &answer, ret_outcome))
            return 0;
        if (source->rows == NULL)
            return value_int(answer, source->version);
        version = version_in_rows(source, answer, key);
        token = value_text(answer, "next_page_token");
        if (version != 0)
            return version;
        if (token == NULL && source->explain != NULL) {
            source->explain(client, key, ret_outcome);
            return 0;
        }
        if (token == NULL) {
            error_set(&error, TS_NOT_FOUND, "NOT_LISTED", "'%.60s' %s", key, source->unlisted);
            break;
        }
        if (!value_set(client->arena, request, "page.page_token", token, &error))
            break;
    }
    fail(ret_outcome, &error);
    return 0;
}

bool version_fill(struct client *client, ProtobufCMessage *request, struct rpc_outcome *ret_outcome)
{
    const struct version_source *source = client->invocation->command->version;
    const char *key = source != NULL ? value_text(request, source->key) : NULL;
    struct ts_error error = {0};
    int64_t version;
    char *text;

    // Without a key the server tells what is missing.
    if (source == NULL || key == NULL || value_int(request, "version") != 0)
        return true;
    version = find_version(client, source, key, ret_outcome);
    if (version == 0 && ret_outcome->error.status != TS_OK)
        return false;
    text = arena_printf(client->arena, "%" PRId64, version);
    if (text == NULL)
        error_set(&error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    else if (value_set(client->arena, request, "version", text, &error))
        return true;
    return fail(ret_outcome, &error);
}
