// SPDX-License-Identifier: Apache-2.0
// Ordinary commands: see call.h. The order matters: everything that can be wrong on this side is found
// before the server is asked for anything.
#include "run/call.h"

#include <inttypes.h>
#include <string.h>

#include "command/command.h"
#include "command/invocation.h"
#include "files/read_file.h"
#include "message/path.h"
#include "message/unknown_key.h"
#include "message/value.h"
#include "request/build.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "run/request_id.h"
#include "run/secret.h"
#include "run/test_name.h"
#include "run/version.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "wire/arena.h"
#include "wire/json_message.h"

enum { REQUEST_FILE_CEILING_BYTES = 64 * 1024 * 1024 };

static const char request_id_path[] = "request_id";

static bool has_request_id(const struct command *command)
{
    return protobuf_c_message_descriptor_get_field_by_name(command->request, request_id_path) != NULL;
}

// An empty request, or the one in the file that --file names.
static ProtobufCMessage *begin_request(struct client *client, const struct command *command,
                                       struct ts_error *error)
{
    const char *path = client_flag(client, "file");
    ProtobufCMessage *request;
    uint8_t *bytes;
    size_t length;

    if (path != NULL) {
        if (!read_file_whole(path, REQUEST_FILE_CEILING_BYTES, client->arena, &bytes, &length, error))
            return NULL;
        request = json_message_read(command->request, (const char *)bytes, length, client->arena, error);
        return request != NULL &&
                       unknown_key_refuse(command->request, (const char *)bytes, length, client->arena, error)
                   ? request
                   : NULL;
    }
    request = path_new_message(client->arena, command->request);
    if (request == NULL)
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return request;
}

static bool give_request_id(struct client *client, const struct command *command, ProtobufCMessage *request,
                            struct ts_error *error)
{
    const char *given = client_flag(client, "request-id");
    char made[REQUEST_ID_SIZE];

    if (!has_request_id(command) || (given == NULL && value_text(request, request_id_path) != NULL))
        return true;
    if (given == NULL) {
        if (!request_id_make(made))
            return error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
        given = arena_copy(client->arena, made, strlen(made));
    }
    if (given == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return value_set(client->arena, request, request_id_path, given, error);
}

bool call_request(struct client *client, const struct command *command, ProtobufCMessage **ret_request,
                  struct ts_error *error)
{
    *ret_request = client_choose_profile(client, error) ? begin_request(client, command, error) : NULL;
    return *ret_request != NULL &&
           build_request(command, client->invocation, &client->profile, client->arena, *ret_request, error) &&
           give_request_id(client, command, *ret_request, error);
}

bool call_prepare(struct client *client, const struct command *command, ProtobufCMessage **ret_request,
                  struct ts_error *error)
{
    return call_request(client, command, ret_request, error) &&
           client_connect(client, !(command->traits & COMMAND_OPEN), error);
}

// How to find out, and finish, what may or may not have been done.
static void tell_how_to_repeat(struct client *client, const ProtobufCMessage *request)
{
    const char *id = value_text(request, request_id_path);
    int64_t version = value_int(request, "version");

    if (id == NULL)
        return;
    fprintf(client->talk, "it may have been done or not; repeat the same command with\n  --request-id ");
    safe_write(client->talk, id, false);
    if (version != 0)
        fprintf(client->talk, " --version %" PRId64, version);
    fprintf(client->talk, "\nand it is done once, whether or not it was done before\n");
}

static enum retry_kind kind_of(const struct command *command)
{
    if (command->traits & COMMAND_WRITE)
        return RETRY_WRITE;
    return command->traits & COMMAND_UNKEYED ? RETRY_UNKEYED_WRITE : RETRY_READ;
}

static int fail_call(struct client *client, const struct command *command, const ProtobufCMessage *request,
                     const struct rpc_outcome *outcome)
{
    // A write without a key (log-in) can simply be repeated.
    bool is_keyed = kind_of(command) == RETRY_WRITE;
    int exit_code = client_fail_call(client, outcome, is_keyed);

    if (is_keyed && (exit_code == EXIT_CODE_UNKNOWN_OUTCOME || exit_code == EXIT_CODE_INTERRUPTED))
        tell_how_to_repeat(client, request);
    return exit_code;
}

// Appends the rows of the next pages to the first answer.
static bool add_pages(struct client *client, const struct command *command, ProtobufCMessage *request,
                      ProtobufCMessage *first, struct rpc_outcome *ret_outcome)
{
    const ProtobufCFieldDescriptor *rows =
        protobuf_c_message_descriptor_get_field_by_name(command->response, command->view->rows);
    const ProtobufCFieldDescriptor *token_field =
        protobuf_c_message_descriptor_get_field_by_name(command->response, "next_page_token");
    const char *token;

    while ((token = value_text(first, "next_page_token")) != NULL) {
        ProtobufCMessage *page;
        void *place;

        ret_outcome->fate = RPC_ANSWERED;
        if (!value_set(client->arena, request, "page.page_token", token, &ret_outcome->error) ||
            !client_call(client, RETRY_READ, command->method, request, command->response, &page, ret_outcome))
            return false;
        for (size_t i = 0; i < path_count(page, rows); i++) {
            if (!path_append(client->arena, first, rows, &place, &ret_outcome->error))
                return false;
            *(ProtobufCMessage **)place = path_element(page, rows, i);
        }
        *(void **)path_place(first, token_field) = *(void **)path_place(page, token_field);
    }
    return true;
}

bool call_answer(struct client *client, const struct command *command, ProtobufCMessage **ret_request,
                 ProtobufCMessage **ret_response, int *ret_exit_code)
{
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};
    bool done;

    if (!call_prepare(client, command, ret_request, &error)) {
        *ret_exit_code = client_fail(client, &error);
        return false;
    }
    if (!test_name_resolve(client, *ret_request, &outcome) || !version_fill(client, *ret_request, &outcome)) {
        *ret_exit_code = client_fail_call(client, &outcome, false);
        return false;
    }
    // Last, so that nobody types a password for what cannot be done.
    if (!secret_fill(client, *ret_request, &error)) {
        *ret_exit_code = client_fail(client, &error);
        secret_wipe(client, *ret_request);
        return false;
    }
    done = client_call(client, (int)kind_of(command), command->method, *ret_request, command->response,
                       ret_response, &outcome) &&
           (!invocation_has(client->invocation, "all") ||
            add_pages(client, command, *ret_request, *ret_response, &outcome));
    if (!done || !client->keeps_secrets)
        secret_wipe(client, *ret_request);
    if (!done)
        *ret_exit_code = fail_call(client, command, *ret_request, &outcome);
    return done;
}

int call_run(struct client *client, const struct command *command)
{
    ProtobufCMessage *request, *response;
    const char *token;
    int exit_code;

    if (!call_answer(client, command, &request, &response, &exit_code))
        return exit_code;
    exit_code = client_show(client, response);
    if (exit_code != EXIT_CODE_OK && kind_of(command) != RETRY_READ)
        fputs("it was done; only its answer could not be shown\n", client->talk);
    token = command->traits & COMMAND_PAGED ? value_text(response, "next_page_token") : NULL;
    if (token != NULL && !invocation_has(client->invocation, "json")) {
        fputs("more: --page-token ", client->talk);
        safe_write(client->talk, token, false);
        fputs(" (or --all)\n", client->talk);
    }
    return exit_code;
}
