// SPDX-License-Identifier: Apache-2.0
// See calm.h. Windows are fixed as in flood.c.
#include "net/calm.h"

#include "net/limits.h"

static struct calm_slot *slot_of(struct calm *calm, const struct address_key *key)
{
    return &calm->slots[address_key_hash(key) % CALM_SLOTS];
}

static bool is_of_window(const struct calm_slot *slot, const struct net_limits *limits,
                         const struct address_key *key, uint64_t now_ms)
{
    return slot->breaches > 0 && address_key_is_same(&slot->key, key) &&
           now_ms - slot->window_began_ms < limits->window_ms;
}

void calm_add(struct calm *calm, const struct net_limits *limits, const struct address_key *key,
              uint64_t now_ms)
{
    struct calm_slot *slot = slot_of(calm, key);
    if (!is_of_window(slot, limits, key, now_ms))
        *slot = (struct calm_slot){.key = *key, .window_began_ms = now_ms};
    slot->breaches++;
}

const char *calm_plan(struct calm *calm, const struct net_limits *limits, const struct address_key *key,
                      uint64_t now_ms, uint64_t *ret_wait_ms)
{
    struct calm_slot *slot = slot_of(calm, key);
    *ret_wait_ms = 0;
    if (!is_of_window(slot, limits, key, now_ms) || slot->breaches <= limits->calm_breaches)
        return NULL;
    uint64_t least_ms = now_ms + limits->calm_interval_ms;
    uint64_t begin_ms = slot->next_ms > least_ms ? slot->next_ms : least_ms;
    if (begin_ms - now_ms > limits->calm_wait_ms) {
        *ret_wait_ms = UINT64_MAX;
        return "calm_wait_ms";
    }
    *ret_wait_ms = begin_ms - now_ms;
    slot->next_ms = begin_ms + limits->calm_interval_ms;
    return "calm_breaches";
}
