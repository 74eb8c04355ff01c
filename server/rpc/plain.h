// SPDX-License-Identifier: Apache-2.0
// Plain HTTP on the gRPC port: GET /livez and /readyz for load balancers.
#pragma once

struct net_request_head;
struct net_stream;
struct rpc_dispatch;

// Answers a request that is not gRPC: 200, 503, 404, 405 or 415.
void plain_answer(struct rpc_dispatch *dispatch, struct net_stream *stream,
                  const struct net_request_head *head);
