// SPDX-License-Identifier: Apache-2.0
// What the steps of charts and of worksheets share: a chart as the database tells it, and the alarms of one
// point as it takes them.
#pragma once

#include "touchstone/internal/v1/control.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct control_context;
struct rpc_call;
struct ts_error;

// The chart that the statement before answered with; NULL with call->error set.
const Touchstone__Internal__V1__ControlContext *controls_read_context(struct rpc_call *call);
// Those whose pattern this point (from 1) completed. Fails only without memory.
bool controls_alarms_at(const struct control_context *context, size_t position, struct arena *arena,
                        Touchstone__Internal__V1__FoundAlarm ***ret_alarms, size_t *ret_count,
                        struct ts_error *error);
