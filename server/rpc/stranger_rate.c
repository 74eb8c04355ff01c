// SPDX-License-Identifier: Apache-2.0
// See stranger_rate.h. A slot holds one number, the time by which all its calls so far would have been used
// up at the allowed pace; a minute ahead of now is the most (a leaky bucket, as ATM's GCRA counts it).
#include "rpc/stranger_rate.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

enum { MINUTE_MS = 60000, IPV6_PREFIX_BYTES = 8, IPV4_BYTES = 4 };

static size_t slot_of(const char *peer, uint32_t seed)
{
    uint8_t address[sizeof(struct in6_addr)] = {0};
    size_t length = inet_pton(AF_INET, peer, address) == 1    ? IPV4_BYTES
                    : inet_pton(AF_INET6, peer, address) == 1 ? IPV6_PREFIX_BYTES
                                                              : 0;
    uint32_t hash = 2166136261u ^ seed; // FNV-1a
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ address[i]) * 16777619u;
    return (hash ^ hash >> 16) % STRANGER_RATE_SLOTS;
}

bool stranger_rate_take(struct stranger_rate *rate, const char *peer, uint64_t now_ms)
{
    uint64_t *spent_ms = &rate->spent_ms[slot_of(peer, rate->seed)];
    uint64_t from_ms = *spent_ms > now_ms ? *spent_ms : now_ms;
    uint64_t until_ms = from_ms + MINUTE_MS / rate->calls_per_minute;
    if (until_ms > now_ms + MINUTE_MS)
        return false;
    *spent_ms = until_ms;
    return true;
}
