// SPDX-License-Identifier: Apache-2.0
// What net counts for the metrics page. One per server, shared by its connections. All fields may be NULL
// (metrics_add takes it).
#pragma once

#include "net/limits.h"

struct metric;
struct metrics;

struct net_counters {
    struct metric *accepted, *open_connections, *handshakes_failed;
    struct metric *streams, *open_streams;
    struct metric *bytes_in, *bytes_out;
    struct metric *limits[NET_LIMIT_COUNT]; // as net_limit_table
};

void counters_init(struct net_counters *counters, struct metrics *registry);
// Adds one to touchstone_net_limit_total{limit="<name>"}. NULL counters are fine.
void counters_limit_hit(struct net_counters *counters, const char *name);
