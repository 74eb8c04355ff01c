// SPDX-License-Identifier: Apache-2.0
// What net counts for the metrics page. One per server, shared by its connections. All fields may be NULL
// (metrics_add takes it).
#pragma once

struct metric;
struct metrics;

struct net_counters {
    struct metric *accepted, *refused_total, *refused_address, *open_connections;
    struct metric *handshakes_failed, *handshakes_late;
    struct metric *idle_closed, *stalled_closed;
    struct metric *streams, *open_streams;
    struct metric *bytes_in, *bytes_out;
    struct metrics *registry; // for the counters of breached limits, found by name
};

void counters_init(struct net_counters *counters, struct metrics *registry);
// Adds one to touchstone_net_limit_total{limit="<name>"}.
void counters_limit_hit(struct net_counters *counters, const char *name);
