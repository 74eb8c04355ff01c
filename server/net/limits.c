// SPDX-License-Identifier: Apache-2.0
// The table of every ceiling with its default, see limits.h. docs/limits.md lists the same rows: a lint
// compares.
#include "net/limits.h"

#include <string.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

#define LIMIT(field, initial)                                                                                \
    {                                                                                                        \
#field, offsetof(struct net_limits, field), initial, true                                            \
    }
// What shapes another limit is no limit itself: nothing is ended for it, nothing counted.
#define SHAPE(field, initial)                                                                                \
    {                                                                                                        \
#field, offsetof(struct net_limits, field), initial, false                                           \
    }

const struct net_limit net_limit_table[NET_LIMIT_COUNT] = {
    LIMIT(connections, 1024),
    LIMIT(connections_per_address, 256),
    LIMIT(handshake_timeout_ms, 10000),
    LIMIT(idle_timeout_ms, 900000),
    LIMIT(header_timeout_ms, 10000),
    LIMIT(write_timeout_ms, 30000),
    LIMIT(drain_timeout_ms, 30000),
    LIMIT(linger_timeout_ms, 1000),
    LIMIT(streams, 100),
    LIMIT(header_list_bytes, 16 * KIB),
    LIMIT(stream_window_bytes, 1 * MIB),
    LIMIT(connection_window_bytes, 4 * MIB),
    LIMIT(message_bytes, 4 * MIB),
    LIMIT(connection_input_bytes, 32 * MIB),
    LIMIT(stream_output_bytes, 256 * KIB),
    SHAPE(stream_output_low_bytes, 64 * KIB),
    LIMIT(connection_output_bytes, 64 * MIB),
    LIMIT(outbound_frames, 10000),
    SHAPE(window_ms, 10000),
    LIMIT(calm_breaches, 5),
    SHAPE(calm_interval_ms, 200),
    LIMIT(calm_wait_ms, 2000),
    SHAPE(ping_minimum_ms, 20000),
    LIMIT(ping_strikes, 2),
    LIMIT(ping_strikes_active, 100),
    LIMIT(settings_frames, 50),
    LIMIT(empty_data_frames, 1000),
    LIMIT(tiny_window_updates, 1000),
    SHAPE(tiny_window_update_bytes, 256),
    LIMIT(priority_frames, 1000),
    LIMIT(reset_frames, 1000),
    LIMIT(rapid_resets, 100),
    SHAPE(rapid_reset_ms, 10),
    LIMIT(continuation_frames, 8),
    LIMIT(header_bytes, 256 * KIB),
    LIMIT(header_window_bytes, 64 * MIB),
    LIMIT(inflated_window_bytes, 1 * MIB),
};

static uint64_t *field(struct net_limits *limits, const struct net_limit *limit)
{
    return (uint64_t *)((char *)limits + limit->offset);
}

void limits_init(struct net_limits *ret_limits)
{
    for (size_t i = 0; i < NET_LIMIT_COUNT; i++)
        *field(ret_limits, &net_limit_table[i]) = net_limit_table[i].initial;
}

bool limits_set(struct net_limits *limits, const char *name, uint64_t value)
{
    for (size_t i = 0; i < NET_LIMIT_COUNT; i++) {
        if (strcmp(net_limit_table[i].name, name) == 0) {
            *field(limits, &net_limit_table[i]) = value;
            return true;
        }
    }
    return false;
}
