// SPDX-License-Identifier: Apache-2.0
// What goes back to a gRPC client: head, messages, trailers, and the error model (gRPC over HTTP/2
// specification, "Responses"; AIP-193).
#pragma once

#include "wire/arena.h"
#include "wire/error.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct net_stream;

bool reply_send_head(struct net_stream *stream);
// False when the output queue is full, or, with error set, when the message cannot be packed.
bool reply_send_message(struct net_stream *stream, struct arena *arena, const ProtobufCMessage *message,
                        struct ts_error *error);
// Trailers with grpc-status 0.
void reply_send_ok(struct net_stream *stream);
// Trailers (Trailers-Only when no head was sent) with status, message and google.rpc.Status details.
void reply_send_error(struct net_stream *stream, struct arena *arena, const struct ts_error *error);
