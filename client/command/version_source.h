// SPDX-License-Identifier: Apache-2.0
// Where the client reads the row version of an object before it writes to it: a call that names the
// object, or a list in which it is looked for.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct client;
struct rpc_outcome;

struct version_source {
    const char *method;
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response;
    // The field that names the object: of the write, and of the read (by key) or its rows (by search).
    const char *key;
    // The field of the read that takes the laboratory; NULL = none.
    const char *laboratory;
    // Rows of the answer to search for the key; NULL = the answer is the one object.
    const char *rows;
    // Path of the version, below the rows when there are any.
    const char *version;
    // Of rows, when the key is in none: what to say after the key, or who finds out more. The latter always
    // returns false.
    const char *unlisted;
    bool (*explain)(struct client *client, const char *key, struct rpc_outcome *ret_outcome);
};
