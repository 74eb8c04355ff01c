// SPDX-License-Identifier: Apache-2.0
// A unary call that is repeated while repeating is safe and may help. A write carries the same
// request_id every time, so that the server does it once however often it arrives.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct rpc;
struct rpc_outcome;

enum retry_kind {
    // Changes nothing.
    RETRY_READ,
    // Has a request_id.
    RETRY_WRITE,
    // Changes something and has no key: repeated only while it was surely not done.
    RETRY_UNKEYED_WRITE,
};

struct retry_policy {
    enum retry_kind kind;
    unsigned attempts;
    int signal_fd;
    // Where a repetition is told.
    FILE *talk;
};

// As rpc_unary. For writes the outcome is RPC_NO_ANSWER as soon as one attempt may have been done and no
// later one told the truth.
bool retry_unary(struct rpc *rpc, const struct retry_policy *policy, const char *method,
                 const ProtobufCMessage *request, const ProtobufCMessageDescriptor *response,
                 struct arena *arena, ProtobufCMessage **ret_response, struct rpc_outcome *ret_outcome);
