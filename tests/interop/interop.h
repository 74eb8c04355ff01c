// SPDX-License-Identifier: Apache-2.0
// grpc.testing.TestService (gRPC's interoperability test descriptions), for the test build of the daemon
// only.
#pragma once

#include "rpc/method.h"

extern const struct rpc_method interop_methods[];
extern const size_t interop_method_count;
