// SPDX-License-Identifier: Apache-2.0
// The wall board as a stream of events: while anybody watches, the database is asked four times a second,
// once for all who watch; what changed goes to each. One per daemon, made by serve.c, on the loop's thread.
//
// The stream is no gRPC method: GET /v1/board/events answers text/event-stream (WHATWG HTML, 9.2), one event
// with the JSON of PublicService.ShowBoard whenever the board is another than before.
#pragma once

#include "rpc/method.h"

struct board;
struct db_pool;
struct ts_error;
struct uv_loop_s;

struct board *board_create(struct uv_loop_s *loop, struct db_pool *pool, struct ts_error *error);
// Before pool_close. Frees when the loop has closed the timer. NULL is fine.
void board_free(struct board *board);

// The row of the stream, for the dispatcher.
extern const struct rpc_method board_events;
