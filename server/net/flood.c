// SPDX-License-Identifier: Apache-2.0
// See flood.h. Windows are fixed, not sliding: at worst twice a limit passes across a border.
#include "net/flood.h"

#include "net/limits.h"

#include <string.h>

enum { PING_ACTIVE_MINIMUM_MS = 1000, WINDOW_UPDATES_OF_ANSWER = 2 };

struct flood_row {
    const char *name;
    size_t limit_offset;
};

static const struct flood_row rows[FLOOD_KINDS] = {
    [FLOOD_SETTINGS] = {"settings_frames", offsetof(struct net_limits, settings_frames)},
    [FLOOD_EMPTY_DATA] = {"empty_data_frames", offsetof(struct net_limits, empty_data_frames)},
    [FLOOD_TINY_WINDOW_UPDATES] = {"tiny_window_updates", offsetof(struct net_limits, tiny_window_updates)},
    [FLOOD_PRIORITY] = {"priority_frames", offsetof(struct net_limits, priority_frames)},
    [FLOOD_RESETS] = {"reset_frames", offsetof(struct net_limits, reset_frames)},
    [FLOOD_RAPID_RESETS] = {"rapid_resets", offsetof(struct net_limits, rapid_resets)},
    [FLOOD_HEADER_BYTES] = {"header_window_bytes", offsetof(struct net_limits, header_window_bytes)},
    [FLOOD_INFLATED_BYTES] = {"inflated_window_bytes", offsetof(struct net_limits, inflated_window_bytes)},
};

const char *flood_add(struct flood *flood, const struct net_limits *limits, enum flood_kind kind,
                      uint64_t amount, uint64_t now_ms)
{
    if (now_ms - flood->window_began_ms >= limits->window_ms) {
        flood->window_began_ms = now_ms;
        memset(flood->counts, 0, sizeof flood->counts);
    }
    uint64_t limit = *(const uint64_t *)((const char *)limits + rows[kind].limit_offset);
    flood->counts[kind] += amount;
    return flood->counts[kind] > limit ? rows[kind].name : NULL;
}

const char *flood_ping(struct flood *flood, const struct net_limits *limits, bool has_streams,
                       uint64_t now_ms)
{
    uint64_t since_ms = now_ms - flood->last_ping_ms;
    uint64_t minimum_ms = has_streams ? PING_ACTIVE_MINIMUM_MS : limits->ping_minimum_ms;
    bool is_early = flood->has_ping && since_ms < minimum_ms;
    flood->has_ping = true;
    flood->last_ping_ms = now_ms;
    if (!is_early)
        return NULL;
    uint64_t *strikes = has_streams ? &flood->ping_strikes_active : &flood->ping_strikes;
    uint64_t allowed = has_streams ? limits->ping_strikes_active : limits->ping_strikes;
    if (++*strikes <= allowed)
        return NULL;
    return has_streams ? "ping_strikes_active" : "ping_strikes";
}

void flood_forgive_pings(struct flood *flood)
{
    flood->has_ping = false;
    flood->ping_strikes = flood->ping_strikes_active = 0;
}

void flood_forgive_window_updates(struct flood *flood)
{
    uint64_t *count = &flood->counts[FLOOD_TINY_WINDOW_UPDATES];
    *count -= *count < WINDOW_UPDATES_OF_ANSWER ? *count : WINDOW_UPDATES_OF_ANSWER;
}
