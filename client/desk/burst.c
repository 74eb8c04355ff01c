// SPDX-License-Identifier: Apache-2.0
// Scans by their speed: see burst.h.
#include "desk/burst.h"

#include <string.h>

#include "desk/press.h"

void burst_init(struct burst *burst)
{
    *burst = (struct burst){.scanned_ms = INT64_MIN / 2};
}

static bool is_held_down(const struct burst *burst)
{
    for (size_t i = 1; i < burst->length; i++)
        if (burst->text[i] != burst->text[0])
            return false;
    return true;
}

static bool is_scan(const struct burst *burst)
{
    return burst->length >= BURST_LEAST && !is_held_down(burst);
}

static void keep(struct burst *burst, uint32_t character, int64_t now_ms)
{
    if (burst->length + 1 < BURST_BYTES)
        burst->text[burst->length++] = (char)character;
    burst->text[burst->length] = '\0';
    burst->count++;
    burst->last_ms = now_ms;
}

enum burst_result burst_press(struct burst *burst, const struct press *press, int64_t now_ms)
{
    bool in_time = burst->length > 0 && now_ms - burst->last_ms <= BURST_GAP_MS;

    if (press->kind == PRESS_CHARACTER && press->character > ' ' && press->character < 0x7f) {
        burst->awaits_enter = false;
        if (burst->length > 0 && !in_time)
            return BURST_PASSED;
        keep(burst, press->character, now_ms);
        return BURST_HELD;
    }
    if (press->kind == PRESS_ENTER && burst->awaits_enter && burst->length == 0) {
        burst->awaits_enter = false;
        if (now_ms - burst->scanned_ms <= BURST_ENTER_MS)
            return BURST_SWALLOWED;
    }
    if (press->kind == PRESS_ENTER && in_time && is_scan(burst))
        return BURST_SCANNED;
    return BURST_PASSED;
}

bool burst_is_due(const struct burst *burst, int64_t now_ms)
{
    return burst->length > 0 && now_ms - burst->last_ms > BURST_GAP_MS;
}

int burst_wait_ms(const struct burst *burst, int64_t now_ms)
{
    int64_t wait = burst->last_ms + BURST_GAP_MS + 1 - now_ms;

    if (burst->length == 0)
        return -1;
    return wait > 0 ? (int)wait : 0;
}

bool burst_take(struct burst *burst, int64_t now_ms, char ret_text[BURST_BYTES], size_t *ret_count)
{
    bool was_scan = is_scan(burst);

    memcpy(ret_text, burst->text, burst->length);
    ret_text[burst->length] = '\0';
    *ret_count = burst->count;
    burst->length = burst->count = 0;
    burst->awaits_enter = was_scan;
    burst->scanned_ms = was_scan ? now_ms : burst->scanned_ms;
    return was_scan;
}
