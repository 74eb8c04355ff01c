// SPDX-License-Identifier: Apache-2.0
// Which addresses had connections ended for a breach lately, and how long a new connection of such an address
// waits for its handshake: a handshake costs the loop more than most floods. Pure: time comes in as a
// parameter. Owned by server.c. The table is fixed: of two addresses in one slot the newer is remembered, so
// that memory stays flat and nobody waits for what another did.
#pragma once

#include "net/address_book.h"

#include <stdbool.h>
#include <stdint.h>

enum { CALM_SLOTS = 256 };

struct net_limits;

struct calm_slot {
    struct address_key key;
    uint64_t window_began_ms, breaches;
    uint64_t next_ms; // when the next connection of the address may begin
};

struct calm {
    struct calm_slot slots[CALM_SLOTS];
};

// A connection of this address was ended for a breach.
void calm_add(struct calm *calm, const struct net_limits *limits, const struct address_key *key,
              uint64_t now_ms);
// NULL, or the name of the limit because of which a new connection waits for *ret_wait_ms, or is refused:
// then *ret_wait_ms is UINT64_MAX.
const char *calm_plan(struct calm *calm, const struct net_limits *limits, const struct address_key *key,
                      uint64_t now_ms, uint64_t *ret_wait_ms);
