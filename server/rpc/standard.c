// SPDX-License-Identifier: Apache-2.0
// Rows of the standard methods, see standard.h. No session, no SQL.
#include "rpc/standard.h"

#include "grpc/health/v1/health.pb-c.h"
#include "grpc/reflection/v1/reflection.pb-c.h"

const struct rpc_method rpc_standard_methods[] = {
    {.path = "/grpc.health.v1.Health/Check",
     .name = "Health.Check",
     .request = &grpc__health__v1__health_check_request__descriptor,
     .response = &grpc__health__v1__health_check_response__descriptor,
     .step = health_check},
    {.path = "/grpc.health.v1.Health/Watch",
     .name = "Health.Watch",
     .request = &grpc__health__v1__health_check_request__descriptor,
     .response = &grpc__health__v1__health_check_response__descriptor,
     .streams_reply = true,
     .is_unbounded = true,
     .step = health_watch},
    {.path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
     .name = "ServerReflection.v1",
     .request = &grpc__reflection__v1__server_reflection_request__descriptor,
     .response = &grpc__reflection__v1__server_reflection_response__descriptor,
     .streams_reply = true,
     .streams_request = true,
     .keeps_nothing = true,
     .is_unbounded = true,
     .step = reflection_info},
    {.path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
     .name = "ServerReflection.v1alpha",
     .request = &grpc__reflection__v1__server_reflection_request__descriptor,
     .response = &grpc__reflection__v1__server_reflection_response__descriptor,
     .streams_reply = true,
     .streams_request = true,
     .keeps_nothing = true,
     .is_unbounded = true,
     .step = reflection_info},
};

const size_t rpc_standard_method_count = sizeof rpc_standard_methods / sizeof rpc_standard_methods[0];
