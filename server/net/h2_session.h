// SPDX-License-Identifier: Apache-2.0
// One HTTP/2 connection without any I/O, over nghttp2: plaintext goes in by receive, comes out by take, and
// requests go up through net_handlers. Counts what nghttp2 does not (limits.h). Owned by tcp_link; tests
// drive it from memory.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h2_session;
struct net_counters;
struct net_handlers;
struct net_limits;
struct ts_error;

struct h2_session_config {
    const struct net_limits *limits;
    const struct net_handlers *handlers;
    void *handlers_context;
    struct net_counters *counters; // may be NULL
    const char *peer;              // copied
    // There is something to take that receive did not cause; called at most once between two takes.
    void (*wants_take)(void *context);
    void *wants_take_context;
};

struct h2_session *h2_session_create(const struct h2_session_config *config, struct ts_error *error);
// Streams still open hear `closed` (h2_error CANCEL).
void h2_session_free(struct h2_session *session);

// Plaintext from the peer. False: the connection is over; take what is left, then close.
bool h2_session_receive(struct h2_session *session, const uint8_t *bytes, size_t length, uint64_t now_ms);
// Copies up to `size` bytes for the peer; 0 when there are none now. Never inside a handler.
size_t h2_session_take(struct h2_session *session, uint8_t *buffer, size_t size);
// Neither side has anything left to say: close when all that was taken is sent.
bool h2_session_is_over(const struct h2_session *session);
// The connection was ended because its peer met a limit.
bool h2_session_has_breached(const struct h2_session *session);

// Begins the graceful end: GOAWAY "no more", then, after a round trip or h2_session_drain_now, GOAWAY with
// the last accepted stream.
void h2_session_drain(struct h2_session *session);
void h2_session_drain_now(struct h2_session *session);

// For the deadlines of tcp_link. check: ends streams whose answer has long left while the client still sends,
// and those whose client opens no window for what waits for it.
void h2_session_check(struct h2_session *session, uint64_t now_ms);
bool h2_session_is_greeted(const struct h2_session *session); // the client's SETTINGS have come
size_t h2_session_open_streams(const struct h2_session *session);
void h2_session_add_queued(const struct h2_session *session, uint64_t *in_bytes, uint64_t *out_bytes);
uint64_t h2_session_last_frame_ms(const struct h2_session *session);
// 0 when no header block is unfinished.
uint64_t h2_session_header_since_ms(const struct h2_session *session);
