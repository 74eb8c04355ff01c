// SPDX-License-Identifier: Apache-2.0
// What calls without a session ask of the database: fields of the request as they are, no token. Used by the
// steps of PublicService.
#pragma once

#include "rpc/method.h"

#include <stddef.h>

enum { PUBLIC_FIELDS_MAX = 4 };

// Asks `statement` with these text fields of the request as its parameters; sql_step_accepted reads what
// comes, at the stage SQL_STEP_ANSWER.
struct rpc_verdict public_ask(struct rpc_call *call, size_t statement, const char *const *fields,
                              size_t count);
