// SPDX-License-Identifier: Apache-2.0
// gRPC calls over libcurl: HTTP/2 over TLS by ALPN h2 and nothing else. One `struct rpc` keeps one
// connection for the calls of one run. Blocking; waits end at the deadline or at a signal.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct arena;
struct rpc;
struct rpc_outcome;
struct ts_error;

struct rpc_settings {
    // host:port
    const char *server;
    // PEM file of the authorities to trust; NULL or "" = those of the system.
    const char *ca;
    // NULL = no session.
    const char *token;
    long timeout_ms;
    // A signalfd that ends waiting; -1 = none.
    int signal_fd;
};

// Takes one message of a stream; it lives until the function returns. False stops the call with *error.
typedef bool rpc_take(void *context, const ProtobufCMessage *message, struct ts_error *error);

// The strings of `settings` must live as long as the result. NULL with INVALID_ARGUMENT for an address
// that is none.
struct rpc *rpc_create(const struct rpc_settings *settings, struct ts_error *error);
void rpc_free(struct rpc *rpc);

// One request, one answer, unpacked into the arena. `method` is "/package.Service/Method".
bool rpc_unary(struct rpc *rpc, const char *method, const ProtobufCMessage *request,
               const ProtobufCMessageDescriptor *response, struct arena *arena,
               ProtobufCMessage **ret_response, struct rpc_outcome *ret_outcome);

// One request, any number of answers.
bool rpc_stream(struct rpc *rpc, const char *method, const ProtobufCMessage *request,
                const ProtobufCMessageDescriptor *response, rpc_take *take, void *context,
                struct rpc_outcome *ret_outcome);
