// SPDX-License-Identifier: Apache-2.0
// One client connection: the socket under tls_link and h2_session, and the only code that reads or writes it.
// Owned by server.c, which is told when it is gone. A link that has something to write puts itself on the
// owner's dirty list; the owner flushes the list once per loop turn, so that all answers of a turn leave in
// one write.
#pragma once

#include "net/address_book.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct net_counters;
struct net_handlers;
struct net_limits;
struct tcp_link;
struct tls_context;
struct ts_error;

enum { TCP_LINK_READ_BYTES = 65536, TCP_LINK_PLAIN_BYTES = 16384, TCP_LINK_CIPHER_BYTES = 262144 };

// What all links of a server share.
struct tcp_link_owner {
    uv_loop_t *loop;
    const struct net_limits *limits;
    const struct net_handlers *handlers;
    void *handlers_context;
    struct net_counters *counters;
    void (*on_gone)(void *context,
                    struct tcp_link *link); // after its handle has closed; the link is freed then
    void (*on_breach)(void *context, const struct tcp_link *link); // its peer met a limit and was told so
    void *context;
    struct tcp_link *dirty_first, *dirty_last;
    // Working space of the call at hand; nothing stays in it between two callbacks.
    uint8_t read[TCP_LINK_READ_BYTES];
    uint8_t plain[TCP_LINK_PLAIN_BYTES];
    uint8_t cipher[TCP_LINK_CIPHER_BYTES];
};

// Accepts the next connection of a listener. NULL when that failed; a link that must not live is closed by
// tcp_link_abort, which the caller does after looking at its address.
struct tcp_link *tcp_link_accept(struct tcp_link_owner *owner, uv_stream_t *listener, struct ts_error *error);
// Begins TLS; nothing is read for `wait_ms` more. False: the link is closing by itself.
bool tcp_link_start(struct tcp_link *link, struct tls_context *tls, uint64_t wait_ms);
// Begins to read when its time has come. Answers when that will be, or UINT64_MAX when it waits no more.
uint64_t tcp_link_begin_due(struct tcp_link *link, uint64_t now_ms);

const struct address_key *tcp_link_address(const struct tcp_link *link);
// Flushes every link that is on the dirty list now; what gets dirty meanwhile has its turn the next time.
void tcp_link_flush_dirty(struct tcp_link_owner *owner);
// Looks at the deadlines.
void tcp_link_check(struct tcp_link *link, uint64_t now_ms);
// Adds what it holds: messages not yet whole, and answers not yet taken.
void tcp_link_add_queued(const struct tcp_link *link, uint64_t *in_bytes, uint64_t *out_bytes);
// Begins the graceful end; `is_final`: without waiting for the round trip.
void tcp_link_drain(struct tcp_link *link, bool is_final);
// Closes at once.
void tcp_link_abort(struct tcp_link *link);

// The owner's list.
void tcp_link_insert(struct tcp_link *link, struct tcp_link **list);
void tcp_link_remove(struct tcp_link *link, struct tcp_link **list);
struct tcp_link *tcp_link_next(const struct tcp_link *link);
// A mark of the owner: the link is counted in the address book.
void tcp_link_set_counted(struct tcp_link *link, bool is_counted);
bool tcp_link_is_counted(const struct tcp_link *link);
