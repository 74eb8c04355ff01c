// SPDX-License-Identifier: Apache-2.0
// The daemon's own steps (checks, SQL arguments, judgement, answers) under another engine: one thread, one
// connection, waiting in libpq. Used by peer_stack.c.
#pragma once

#include "rpc/call.h"

#include <libpq-fe.h>

struct peer_steps {
    struct rpc_call call; // first: the steps see only this
    PGconn *database;
    PGresult *result;
    const uint8_t *answer; // in the arena
    size_t answer_length;
};

// Connects by the connection string and $PGOPTIONS and prepares all that the table's first `count` rows run;
// ends the program when that fails.
PGconn *peer_steps_connect(const char *conninfo, const struct rpc_method *const *methods, size_t count);
// False when the call failed; steps->call.error then tells.
bool peer_steps_run(struct peer_steps *steps, PGconn *database, const struct rpc_method *method,
                    const char *authorization, const uint8_t *bytes, size_t length);
void peer_steps_done(struct peer_steps *steps);
