// SPDX-License-Identifier: Apache-2.0
// Counts one connection's frames that are cheap to send and dear to serve, per window of time. Pure: time
// comes in as a parameter. h2_callbacks.c asks, and ends the connection at the first breach.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_limits;

enum flood_kind {
    FLOOD_SETTINGS,
    FLOOD_EMPTY_DATA,
    FLOOD_TINY_WINDOW_UPDATES,
    FLOOD_PRIORITY,
    FLOOD_RESETS,
    FLOOD_RAPID_RESETS,
    FLOOD_HEADER_BYTES,
    FLOOD_INFLATED_BYTES,
    FLOOD_KINDS
};

struct flood {
    uint64_t window_began_ms;
    uint64_t counts[FLOOD_KINDS];
    uint64_t last_ping_ms;
    bool has_ping;
    uint64_t ping_strikes, ping_strikes_active;
    uint64_t continuations; // of the open header block
};

// NULL, or the name of the limit that this breaches.
const char *flood_add(struct flood *flood, const struct net_limits *limits, enum flood_kind kind,
                      uint64_t amount, uint64_t now_ms);
// A PING from the peer (gRPC A8): NULL or the name of the limit.
const char *flood_ping(struct flood *flood, const struct net_limits *limits, bool has_streams,
                       uint64_t now_ms);
// We sent DATA or HEADERS: the client has reason to measure.
void flood_forgive_pings(struct flood *flood);
// We sent HEADERS or DATA: the client has reason to open the windows of the stream and of the connection.
void flood_forgive_window_updates(struct flood *flood);
