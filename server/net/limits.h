// SPDX-License-Identifier: Apache-2.0
// Every ceiling of net in one place. limits_init() gives the defaults; serve.c overwrites some from the
// configuration. Those "per window" count one connection's frames in limits.window_ms; a breach ends the
// connection with GOAWAY ENHANCE_YOUR_CALM and the limit's name as its debug text. Each time one is met, the
// counter touchstone_net_limit_total{limit="<name>"} grows. 0 never means "no limit" but "none allowed".
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_limits {
    // Connections (server.c, tcp_link.c)
    uint64_t connections;             // open at once
    uint64_t connections_per_address; // of one IPv4 address or one IPv6 /64
    uint64_t handshake_timeout_ms;    // from accept to the client's first SETTINGS
    uint64_t idle_timeout_ms;         // without an open stream and without a whole frame
    uint64_t header_timeout_ms;       // from a header block's first frame to its last
    uint64_t write_timeout_ms;        // the peer takes no byte of what waits, or opens no window
    uint64_t drain_timeout_ms;        // from drain to closing what is still open
    uint64_t linger_timeout_ms;       // after our last byte of a connection or stream, for the peer's last

    // Announced by SETTINGS (h2_session.c)
    uint64_t streams;
    uint64_t header_list_bytes; // as RFC 9113 6.5.2 counts; above it the request is answered 431
    uint64_t stream_window_bytes;
    uint64_t connection_window_bytes;

    // Memory
    uint64_t message_bytes;           // of one message, where the stream has no ceiling of its own
    uint64_t connection_input_bytes;  // all unfinished messages of one connection; the stream is broken
    uint64_t stream_output_bytes;     // queue of one stream: full above it
    uint64_t stream_output_low_bytes; // `writable` below it
    uint64_t connection_output_bytes; // all queues of one connection; above it the connection ends
    uint64_t outbound_frames;         // control frames waiting because the peer does not read

    // Floods
    uint64_t window_ms;
    uint64_t calm_breaches;    // per window: connections of one address that were ended for a breach (calm.h)
    uint64_t calm_interval_ms; // between the handshakes of such an address
    uint64_t calm_wait_ms;     // the longest that one of its connections waits; above it, it is closed
    uint64_t ping_minimum_ms;  // between two PINGs with no stream open
    uint64_t ping_strikes;     // PINGs too early that are forgiven; sending DATA or HEADERS forgives all
    uint64_t ping_strikes_active; // the same while a stream is open, PINGs closer than a second
    uint64_t settings_frames;     // per window
    uint64_t empty_data_frames;   // per window
    uint64_t tiny_window_updates; // per window, below tiny_window_update_bytes; HEADERS, DATA excuse two
    uint64_t tiny_window_update_bytes;
    uint64_t priority_frames; // per window
    uint64_t reset_frames;    // per window: RST_STREAM from the peer, and streams it makes us reset
    uint64_t rapid_resets;    // per window: RST_STREAM for a stream that is younger than rapid_reset_ms
    uint64_t rapid_reset_ms;
    uint64_t continuation_frames;   // of one header block
    uint64_t header_bytes;          // of one header block, decoded; above it the connection ends
    uint64_t header_window_bytes;   // per window, decoded
    uint64_t inflated_window_bytes; // per window, of gzip messages: what is above 16 times their length
};

// One row for every field above.
struct net_limit {
    const char *name;
    size_t offset;
    uint64_t initial;
    bool is_counted; // false: it only shapes another limit
};
enum { NET_LIMIT_COUNT = sizeof(struct net_limits) / sizeof(uint64_t) };
extern const struct net_limit net_limit_table[NET_LIMIT_COUNT];

void limits_init(struct net_limits *ret_limits);
// By name, for tests. False: there is no such limit.
bool limits_set(struct net_limits *limits, const char *name, uint64_t value);
