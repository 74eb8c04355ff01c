// SPDX-License-Identifier: Apache-2.0
// Knows a scanner by its speed: six printable ASCII characters or more, none later than 30 ms after the one
// before. Nobody types that; an input method that commits Chinese text at once is not meant, nor a key that
// is held down. What comes is held back until it is clear which of both it was: 30 ms that nobody sees. The
// Enter that a scanner sends behind its code is swallowed. Pure; time is given.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct press;

enum {
    BURST_LEAST = 6,
    BURST_GAP_MS = 30,
    // A scanner's Enter comes within this.
    BURST_ENTER_MS = 250,
    BURST_BYTES = 256,
};

struct burst {
    char text[BURST_BYTES];
    size_t length;
    int64_t last_ms;
    // Of the last scan; its Enter is waited for.
    int64_t scanned_ms;
    bool awaits_enter;
    // More than it holds; all are counted and only the first are kept.
    size_t count;
};

enum burst_result {
    // Held back; nothing is to be done now.
    BURST_HELD,
    // The press is no part of a burst: first take out what is held (burst_take), then do it.
    BURST_PASSED,
    // A code is complete: burst_take tells it.
    BURST_SCANNED,
    // The Enter of a scanner: it does nothing.
    BURST_SWALLOWED,
};

void burst_init(struct burst *burst);

enum burst_result burst_press(struct burst *burst, const struct press *press, int64_t now_ms);

// Whether what is held is due: nothing more came in time. Then burst_take.
bool burst_is_due(const struct burst *burst, int64_t now_ms);

// Milliseconds until it may be due; -1 when nothing is held.
int burst_wait_ms(const struct burst *burst, int64_t now_ms);

// Empties it into `ret_text` and says whether that was a scan (else it was typed and is to be done letter by
// letter). `ret_count` is how many characters came.
bool burst_take(struct burst *burst, int64_t now_ms, char ret_text[BURST_BYTES], size_t *ret_count);
