// SPDX-License-Identifier: Apache-2.0
// One thread that talks to the server, one call at a time, so that the screen never waits. The arena of an
// ask belongs to this side while its call runs.
#pragma once

#include <stdbool.h>

#include "desk/ask.h"
#include "rpc/outcome.h"

struct rpc_settings;
struct ts_error;
struct worker;

struct worker_answer {
    struct ask ask;
    // NULL: see outcome.
    ProtobufCMessage *response;
    struct rpc_outcome outcome;
};

// `settings`: server, ca and timeout; the token is copied. NULL with *error.
struct worker *worker_create(const struct rpc_settings *settings, struct ts_error *error);

// Cancels what runs, waits for its end, frees all.
void worker_free(struct worker *worker);

// Readable when an answer can be taken.
int worker_fd(const struct worker *worker);

// Begins the call and takes the ask over; only when none runs.
void worker_start(struct worker *worker, const struct ask *ask);

// Ends the waiting of the call that runs, if one does.
void worker_cancel(struct worker *worker);

// Only while none runs.
void worker_set_token(struct worker *worker, const char *token);

// False while none is there.
bool worker_take(struct worker *worker, struct worker_answer *ret_answer);
