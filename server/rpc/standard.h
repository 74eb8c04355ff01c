// SPDX-License-Identifier: Apache-2.0
// The methods that every gRPC server has: health and reflection; their rows are in standard.c.
#pragma once

#include "rpc/method.h"

struct rpc_verdict health_check(struct rpc_call *call);
struct rpc_verdict health_watch(struct rpc_call *call);
// v1 and v1alpha: the same messages under two names, equal on the wire.
struct rpc_verdict reflection_info(struct rpc_call *call);
