// SPDX-License-Identifier: Apache-2.0
// How often strangers may ask: calls of PublicService per minute and address (one IPv4 address or one IPv6
// /64), so that guessing receipts floods neither the books nor the connections that the desks write by. Owned
// by dispatch.c.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { STRANGER_RATE_SLOTS = 4096 };

struct stranger_rate {
    uint64_t calls_per_minute;
    uint32_t seed; // secret: else a stranger with many addresses takes one that shares somebody's slot
    // When each slot has used up what it was given; addresses that share one share their calls.
    uint64_t spent_ms[STRANGER_RATE_SLOTS];
};

// Whether this address may ask now; then it has used one call. A minute's calls may come at once.
bool stranger_rate_take(struct stranger_rate *rate, const char *peer, uint64_t now_ms);
