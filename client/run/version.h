// SPDX-License-Identifier: Apache-2.0
// Fills the row version of a write that was given none, by reading the object first.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct client;
struct rpc_outcome;

// Does nothing when the command has no version or it is set. The connection must stand.
bool version_fill(struct client *client, ProtobufCMessage *request, struct rpc_outcome *ret_outcome);
