// SPDX-License-Identifier: Apache-2.0
// Everything one run of the program knows, and what all commands do with it: connect, call, fail.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <protobuf-c/protobuf-c.h>

#include "print/style.h"
#include "profile/profile.h"
#include "session/session.h"

struct arena;
struct grammar;
struct invocation;
struct rpc;
struct rpc_outcome;
struct ts_error;

struct client {
    const struct grammar *grammar;
    const struct invocation *invocation;
    struct arena *arena;
    struct profile profile;
    struct session session;
    // NULL until client_connect.
    struct rpc *rpc;
    FILE *out;
    FILE *talk;
    struct print_style out_style;
    struct print_style talk_style;
    // -1 until client_watch_signals.
    int signal_fd;
    bool chinese;
    // The command wipes the secrets of its request itself (secret_wipe): log-in wraps the journal's keys with
    // one.
    bool keeps_secrets;
};

// `invocation` and `grammar` must live as long as the client. False without memory.
bool client_init(struct client *client, const struct grammar *grammar, const struct invocation *invocation,
                 struct arena *arena);
void client_done(struct client *client);

// The value of a flag, or NULL. Fits profile_flag.
const char *client_flag(const void *client, const char *name);

// Works out the profile. Returns false with *error.
bool client_choose_profile(struct client *client, struct ts_error *error);

// The laboratory that is meant: the flag's, else the profile's; "" when neither tells.
const char *client_laboratory(const struct client *client);

// Makes ready to call the profile's server; with `needs_session` there must be one.
bool client_connect(struct client *client, bool needs_session, struct ts_error *error);

// From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT end waiting and no longer the program.
bool client_watch_signals(struct client *client, struct ts_error *error);

// A unary call with retries; kind is an enum retry_kind.
bool client_call(struct client *client, int kind, const char *method, const ProtobufCMessage *request,
                 const ProtobufCMessageDescriptor *response, ProtobufCMessage **ret_response,
                 struct rpc_outcome *ret_outcome);

// Shows an answer as the flags ask: --json, --field or by the view. Returns the exit code.
int client_show(struct client *client, const ProtobufCMessage *response);

// Tells a mistake that no call made; returns the exit code.
int client_fail(struct client *client, const struct ts_error *error);

// Tells a failed call; returns the exit code.
int client_fail_call(struct client *client, const struct rpc_outcome *outcome, bool is_write);

// Tells that memory ended; returns the exit code.
int client_fail_memory(struct client *client);

// Flushes standard output; a full disk or closed pipe turns success into failure.
int client_finish_output(struct client *client, int exit_code);
