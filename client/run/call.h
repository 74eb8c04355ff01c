// SPDX-License-Identifier: Apache-2.0
// The ordinary command: flags to request, call, view. Also in pieces, for commands that do more.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct client;
struct command;
struct ts_error;

// Runs the command; returns the exit code.
int call_run(struct client *client, const struct command *command);

// The request from the flags, with its request id.
bool call_request(struct client *client, const struct command *command, ProtobufCMessage **ret_request,
                  struct ts_error *error);

// The same, and the connection.
bool call_prepare(struct client *client, const struct command *command, ProtobufCMessage **ret_request,
                  struct ts_error *error);

// Everything but showing. On failure it is told, *ret_exit_code is set and false returned.
bool call_answer(struct client *client, const struct command *command, ProtobufCMessage **ret_request,
                 ProtobufCMessage **ret_response, int *ret_exit_code);
