// SPDX-License-Identifier: Apache-2.0
// Numbers of the pool for the metrics page and for tests; a snapshot filled by pool_read_gauges.
#pragma once

#include "db/statement.h"
#include <stddef.h>
#include <stdint.h>

struct db_gauges {
    size_t connections_ready[DB_CLASS_COUNT];
    size_t in_flight[DB_CLASS_COUNT]; // sent, without PIPELINE_SYNC, orphans included
    size_t waiting[DB_CLASS_COUNT];
    uint64_t connections_lost; // since start: connections that had been ready
    uint64_t answers_unknown;  // since start: tickets that ended as DB_UNKNOWN
};
