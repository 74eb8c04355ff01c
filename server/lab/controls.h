// SPDX-License-Identifier: Apache-2.0
// What the steps of charts and of worksheets share: the alarms of one point as the database takes them, and
// handing a decision to the act.
#pragma once

#include "touchstone/internal/v1/control.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct control_context;
struct rpc_call;
struct ts_error;

// Those whose pattern this point (from 1) completed. Fails only without memory.
bool controls_alarms_at(const struct control_context *context, size_t position, struct arena *arena,
                        Touchstone__Internal__V1__FoundAlarm ***ret_alarms, size_t *ret_count,
                        struct ts_error *error);

// The message's members become those of "daemon" for the act. False with call->error set.
bool controls_hand_over(struct rpc_call *call, const ProtobufCMessage *decision);
