// SPDX-License-Identifier: Apache-2.0
// JSON over plain HTTP, for pages in a browser: POST /v1/PublicService/<Method> with a JSON body, and GET
// with a query where the method's fields are no secrets. The call is the same as gRPC's: the same row, field
// rules and step; only how the request is read and the answer written differs. Methods of PublicService only,
// none of which has a session. A method that streams answers its pieces as one file.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_request_head;
struct net_stream;
struct rpc_call;
struct rpc_dispatch;
typedef struct ProtobufCMessage ProtobufCMessage;

// True when the path is one of these: it is answered, or a call has begun.
bool web_answer(struct rpc_dispatch *dispatch, struct net_stream *stream,
                const struct net_request_head *head);

// ---- for dispatch.c and call.c, of calls with is_web
// The body into call->request; false with call->error.
bool web_read(struct rpc_call *call, const uint8_t *bytes, size_t length);
bool web_send_head(struct rpc_call *call);
// False when the client must read first, or with call->error.
bool web_send_message(struct rpc_call *call, const ProtobufCMessage *message);
void web_send_end(struct rpc_call *call);
void web_send_error(struct rpc_call *call);
