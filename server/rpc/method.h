// SPDX-License-Identifier: Apache-2.0
// An RPC is one row of this table (generated from methods.csv). Most rows need no C at all: the
// generic step `rpc_step_sql` maps the request to JSON by its descriptor, calls the row's SQL function
// and maps the answer back. A row names another step where a call waits more than once.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct rpc_call;

// What a step answers. Only the rpc_* functions of call.h make one, so that a path that forgets to
// answer does not compile.
struct rpc_verdict {
    enum { RPC_DONE = 1, RPC_WAITING } kind;
};

struct rpc_method {
    const char *path; // "/touchstone.v1.DeskService/GetItem"
    const char *name; // "DeskService.GetItem"
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response;
    size_t statement;     // of the pool's table; meaningless for methods without SQL
    bool needs_session;   // a bearer token must be present; whose it is, SQL decides
    bool is_write;        // has request_id, is replayed by key; its outcome can be unknown
    bool answers_rows;    // the SQL function's rows are the response's list: rpc/rows.h
    bool takes_blobs;     // may carry pictures: the larger message ceiling holds
    bool is_foreign;      // messages of somebody else's schema: the field rules of ours do not hold
    bool streams_reply;   // server streaming
    bool streams_request; // client or bidirectional streaming: the step runs once per message
    bool keeps_nothing;   // of a request stream: each message's memory goes when its step has answered
    bool is_unbounded;    // no deadline but the client's own: a watch
    bool is_crowded;      // of anybody: so many at once, rpc/crowd.h
    struct rpc_verdict (*step)(struct rpc_call *call);
};

// The tables that serve.c hands to the dispatcher.
extern const struct rpc_method method_table[];
extern const size_t method_table_count;

extern const struct rpc_method rpc_standard_methods[]; // health and reflection
extern const size_t rpc_standard_method_count;
