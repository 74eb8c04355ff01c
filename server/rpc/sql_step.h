// SPDX-License-Identifier: Apache-2.0
// The generic step: request to JSON, one SQL function, answer to response. What most rows use whole, and
// multi-stage steps use for their last act.
#pragma once

#include "rpc/method.h"

enum { SQL_STEP_ANSWER = 100 }; // the stage after the act

struct rpc_verdict rpc_step_sql(struct rpc_call *call);

// Sends the request to the row's SQL function, with call->daemon_json; goes on at SQL_STEP_ANSWER.
struct rpc_verdict sql_step_begin(struct rpc_call *call);
// Before the act, for a step that decides something in between: reads by a statement that takes (token hash,
// request) what it is decided by; goes on at `stage`.
struct rpc_verdict sql_step_ask(struct rpc_call *call, size_t statement, int stage);
// What was decided, for the act: its members become those of "daemon". False with call->error set.
bool sql_step_hand_over(struct rpc_call *call, const ProtobufCMessage *decision);
// True when the act was done; on a refusal call->error is set. The answer is then in row.value[0].
bool sql_step_accepted(struct rpc_call *call);
// Replies with the answer, or fails with the refusal.
struct rpc_verdict sql_step_answer(struct rpc_call *call);
