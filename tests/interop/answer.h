// SPDX-License-Identifier: Apache-2.0
// What the interop cases ask of an answer beyond the product's own: echoed metadata, a status of the
// client's choice, messages compressed or not by request. Used by interop.c and duplex.c.
#pragma once

#include "rpc/call.h"

#include "grpc/testing/messages.pb-c.h"

#include <stdbool.h>

// Sends the head when none was sent, with the echoed initial metadata; grpc-encoding names gzip when the
// client can read it, so that each message may be compressed or not.
void answer_head(struct rpc_call *call);
// One message with a payload of `size` zeros in the field `payload` of `response`. False when the client must
// read first.
bool answer_send(struct rpc_call *call, ProtobufCMessage *response, bool compressed);
// A payload of zeros in the call's arena; NULL without memory or for an impossible size.
Grpc__Testing__Payload *answer_payload(struct rpc_call *call, int32_t size);
// Ends the call with the status that the client chose, or OK for NULL, and the echoed trailing metadata.
struct rpc_verdict answer_end(struct rpc_call *call, const Grpc__Testing__EchoStatus *status);
// False, with call->error set, when the message that is being handled did not come as the client promised.
bool answer_came_as_promised(struct rpc_call *call, const Grpc__Testing__BoolValue *expect_compressed);
struct rpc_verdict answer_out_of_memory(struct rpc_call *call);
