// SPDX-License-Identifier: Apache-2.0
// The interop methods that answer with a stream. Used by the rows of interop.c.
#pragma once

#include "rpc/method.h"

struct rpc_verdict duplex_output(struct rpc_call *call);
struct rpc_verdict duplex_full(struct rpc_call *call);
// Answers only when the client has sent everything.
struct rpc_verdict duplex_half(struct rpc_call *call);
