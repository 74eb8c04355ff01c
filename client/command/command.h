// SPDX-License-Identifier: Apache-2.0
// The command table's row. One row is one command: the parser, the request, the view, help,
// completion and the manual page are all made from it, so that a new RPC is one more row.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "command/argument.h"
#include "command/version_source.h"
#include "command/view.h"

struct arena;
struct client;
struct ts_error;

enum command_trait {
    // Changes something: carries a request_id and may end with an unknown outcome.
    COMMAND_WRITE = 1,
    // Is called without a session.
    COMMAND_OPEN = 2,
    // The answer is a page of a list: --page-size, --page-token and --all apply.
    COMMAND_PAGED = 4,
    // Changes something but carries no request_id: repeated only while it was surely not done.
    COMMAND_UNKEYED = 8,
};

struct command {
    // NULL ends the table.
    const char *noun;
    // NULL for a command of one word.
    const char *verb;
    const char *summary;
    const char *summary_zh;
    // "/touchstone.v1.BenchService/GetTest"; NULL when the command calls nothing by itself.
    const char *method;
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response;
    unsigned traits;
    // Ends with a NULL name.
    const struct argument *arguments;
    const struct view *view;
    // Where the row version comes from when --version is not given. NULL = the request has none.
    const struct version_source *version;
    // Completes the request after the flags are in it. NULL = nothing to do.
    bool (*finish)(struct arena *arena, ProtobufCMessage *request, struct ts_error *error);
    // Runs the command; NULL = the ordinary way: request, call, view. Returns the exit code.
    int (*run)(struct client *client, const struct command *command);
    // Shown below the summary in help; NULL = nothing.
    const char *details;
    // Lines of examples, without the program's name; NULL = none.
    const char *examples;
};
