// SPDX-License-Identifier: Apache-2.0
// The reception desk: everything that the screen shows and everything that a key does, without a screen, a
// network or a clock of its own. The loop (client/terminal) gives it presses and answers with the time, takes
// out what is to be asked, and has it painted (paint.h).
#pragma once

#include "desk/state.h"

struct desk_guest;
struct press;
struct rpc_outcome;

// NULL without memory. `username` "" = nobody is logged in.
struct desk *desk_create(const char *server, const char *username, const char *laboratory, const char *desk,
                         bool chinese);
void desk_free(struct desk *desk);

// Takes the state over.
void desk_invite(struct desk *desk, const struct desk_guest *guest, void *state);

// A press as it came from the keyboard: scans and pastes are told from typing here.
void desk_press(struct desk *desk, const struct press *press, int64_t now_ms);

// Time has passed.
void desk_tick(struct desk *desk, int64_t now_ms);

// How long until desk_tick has something to do.
int desk_wait_ms(const struct desk *desk, int64_t now_ms);

// Takes out the next call; the desk waits for its answer. False when there is none.
bool desk_take_ask(struct desk *desk, struct ask *ret_ask);

// The answer (NULL: it failed, see outcome). Takes the ask over.
void desk_answer(struct desk *desk, struct ask *ask, ProtobufCMessage *response,
                 const struct rpc_outcome *outcome);
