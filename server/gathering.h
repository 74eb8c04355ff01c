// SPDX-License-Identifier: Apache-2.0
// Lets answers gather under load. A process of SCHED_BATCH does not interrupt others when it wakes: while
// many acts wait for the database the daemon leaves PostgreSQL its processor, and takes what it has finished
// together. With few acts under way it is SCHED_OTHER and wakes at once. See docs/decisions/scheduling.md.
// Owned by serve.c, on the loop's thread.
#pragma once

#include "wire/error.h"

struct db_pool;
struct gathering;
struct uv_loop_s;

// Of the calling thread, which is to run the loop; its children have the usual policy whatever it has itself.
struct gathering *gathering_create(struct uv_loop_s *loop, const struct db_pool *pool,
                                   struct ts_error *error);
// Stops at once and frees when the loop has closed the handle. Before pool_close. NULL is fine.
void gathering_free(struct gathering *gathering);
