// SPDX-License-Identifier: Apache-2.0
// JSON over plain HTTP, for pages in a browser: POST /v1/PublicService/<Method> with a JSON body, and GET
// with a query where the method's fields are no secrets. The call is the same as gRPC's: the same row, field
// rules and step; only how the request is read and the answer written (web_reply.h) differs. Methods of
// PublicService only, none of which has a session. A method that streams answers its pieces as one file.
#pragma once

#include <stdbool.h>

struct net_request_head;
struct net_stream;
struct rpc_dispatch;

// True when the path is one of these: it is answered, or a call has begun.
bool web_answer(struct rpc_dispatch *dispatch, struct net_stream *stream,
                const struct net_request_head *head);
