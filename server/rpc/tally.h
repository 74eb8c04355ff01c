// SPDX-License-Identifier: Apache-2.0
// What dispatch counts of each method: calls by status, and how long they took. One row per method, filled at
// its first call, so that the page holds only what was used.
#pragma once

#include "wire/error.h"

#include <stdint.h>

struct metric;
struct metrics;

enum { TALLY_STATUSES = TS_UNAUTHENTICATED + 1 };

struct rpc_tally {
    struct metric *calls[TALLY_STATUSES];
    struct metric *seconds;
};

// A call has ended. NULL metrics are fine.
void tally_count(struct rpc_tally *tally, struct metrics *metrics, const char *method, enum ts_status status,
                 uint64_t duration_us);
