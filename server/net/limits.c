// SPDX-License-Identifier: Apache-2.0
// The defaults of every ceiling, see limits.h.
#include "net/limits.h"

enum { KIB = 1 << 10, MIB = 1 << 20 };

void limits_init(struct net_limits *ret_limits)
{
    *ret_limits = (struct net_limits){
        .connections = 1024,
        .connections_per_address = 256,
        .handshake_timeout_ms = 10000,
        .idle_timeout_ms = 900000,
        .header_timeout_ms = 10000,
        .write_timeout_ms = 30000,
        .drain_timeout_ms = 30000,
        .linger_timeout_ms = 1000,

        .streams = 100,
        .header_list_bytes = 16 * KIB,
        .stream_window_bytes = 1 * MIB,
        .connection_window_bytes = 4 * MIB,

        .message_bytes = 4 * MIB,
        .connection_input_bytes = 32 * MIB,
        .stream_output_bytes = 256 * KIB,
        .stream_output_low_bytes = 64 * KIB,
        .connection_output_bytes = 64 * MIB,
        .outbound_frames = 10000,

        .window_ms = 10000,
        .ping_minimum_ms = 20000,
        .ping_strikes = 2,
        .ping_strikes_active = 100,
        .settings_frames = 50,
        .empty_data_frames = 1000,
        .tiny_window_updates = 10000,
        .tiny_window_update_bytes = 256,
        .priority_frames = 1000,
        .reset_frames = 1000,
        .continuation_frames = 8,
        .header_bytes = 256 * KIB,
        .header_window_bytes = 64 * MIB,
    };
}
