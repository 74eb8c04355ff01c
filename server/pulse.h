// SPDX-License-Identifier: Apache-2.0
// Asks the database every second whether it answers and takes writes: open connections tell nothing when the
// server behind them is frozen. Keeps house there now and then, too. Owned by serve.c, on the loop's thread.
#pragma once

#include "wire/error.h"

#include <stdbool.h>

struct db_pool;
struct pulse;
struct uv_loop_s;

// `changed` comes when the answer is another than before; at first the database is taken to answer.
struct pulse *pulse_create(struct uv_loop_s *loop, struct db_pool *pool,
                           void (*changed)(void *context, bool answers), void *context,
                           struct ts_error *error);
// Stops at once and frees when the loop has closed the timers. Before pool_close. NULL is fine.
void pulse_free(struct pulse *pulse);
