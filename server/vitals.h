// SPDX-License-Identifier: Apache-2.0
// The numbers of the metrics page that no layer counts by itself: pool, workers, queues, helpers, sheets that
// wait, the loop's lag, the process. Owned by serve.c, on the loop's thread.
#pragma once

#include "wire/error.h"

struct db_pool;
struct log_works;
struct metrics;
struct net_server;
struct sheet_works;
struct uv_loop_s;
struct vitals;
struct workers;

// Whose numbers they are; what is NULL has none. All must outlive the vitals.
struct vitals_sources {
    struct metrics *metrics;
    struct db_pool *pool;
    struct workers *workers;
    struct net_server *server;
    struct sheet_works *sheets;
    struct log_works *log;
};

// Measures the loop's lag from here on. Before uv_run.
struct vitals *vitals_create(struct uv_loop_s *loop, const struct vitals_sources *sources,
                             struct ts_error *error);
// Sets the gauges to what is true now; the metrics socket asks before each answer.
void vitals_collect(void *vitals);
// Stops at once and frees when the loop has closed the handles. Before pool_close. NULL is fine.
void vitals_free(struct vitals *vitals);
