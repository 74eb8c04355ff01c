// SPDX-License-Identifier: Apache-2.0
// A test may be named by its item's code when the item has only one: nobody types a UUID at the bench.
#pragma once

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

struct client;
struct rpc_outcome;

// Replaces an item code in the request's test_id by the id of the item's only test, which it asks the
// server for. Does nothing to other requests. The connection must stand.
bool test_name_resolve(struct client *client, ProtobufCMessage *request, struct rpc_outcome *ret_outcome);
