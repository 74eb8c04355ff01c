// SPDX-License-Identifier: Apache-2.0
// A client and the server's h2_session joined in memory, without sockets and without time: bytes go over in
// pieces of a chosen size, the clock moves by hand. The upper side is echo_handler.
#pragma once

#include "echo_handler.h"
#include "net/limits.h"

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h2_session;
struct peer_body;

enum { PEER_STREAMS = 256, PEER_BODY_KEPT = 64 };

// What the client has seen of one stream; index is (stream id - 1) / 2.
struct peer_stream {
    char status[8], grpc_status[8], grpc_accept_encoding[32];
    uint8_t body[PEER_BODY_KEPT]; // its first bytes
    size_t body_length;
    bool is_closed;
    uint32_t h2_error;
};

struct h2_peer {
    struct net_limits limits;
    struct echo echo;
    struct h2_session *server;
    nghttp2_session *client;
    uint64_t now_ms;
    size_t piece;        // bytes handed over at once; 0: all
    bool reads_nothing;  // the client takes nothing from the server
    bool server_is_over; // h2_session_receive answered false
    size_t wakes;        // calls of wants_take
    struct peer_stream streams[PEER_STREAMS];
    struct peer_body *bodies;
    bool has_goaway;
    uint32_t goaway_code;
    int32_t goaway_last;
    size_t goaways;
    char goaway_text[64];
    uint8_t frame[128]; // the beginning of the frame that is being scanned
    size_t frame_have;
};

// One request; all but path may be 0.
struct peer_request {
    const char *method, *path, *content_type;
    const uint8_t *body;
    size_t body_length;
    size_t data_frame; // bytes per DATA frame; 0: as many as fit
    bool stays_open;   // no END_STREAM
    const struct net_header *headers;
    size_t header_count;
};

// Greets both sides. `limits` NULL: the defaults.
void peer_start(struct h2_peer *peer, const struct net_limits *limits);
void peer_stop(struct h2_peer *peer);
// Hands bytes over in both directions until nothing moves.
void peer_pump(struct h2_peer *peer);
// Submits without pumping; answers the stream id.
int32_t peer_request(struct h2_peer *peer, const struct peer_request *request);
// A gRPC call with one message of `length` bytes, half-closed.
int32_t peer_call(struct h2_peer *peer, const char *path, const uint8_t *message, size_t length);
struct peer_stream *peer_stream(struct h2_peer *peer, int32_t id);
// Frames by hand, straight into the server.
void peer_raw(struct h2_peer *peer, uint8_t type, uint8_t flags, int32_t stream_id, const void *payload,
              size_t length);
void peer_raw_bytes(struct h2_peer *peer, const void *bytes, size_t length);
