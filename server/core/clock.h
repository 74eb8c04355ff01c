// SPDX-License-Identifier: Apache-2.0
// The one clock of the C programs. Code that decides by time takes a `struct clock *`: NULL is the real
// time, a test passes its own and moves it by hand. (The database has its own, lab.ts_now().)
#pragma once

#include <stddef.h>
#include <stdint.h>

struct clock {
    uint64_t monotonic_ms;
    int64_t wall_us; // since 1970-01-01 UTC
};

// Never goes back, starts anywhere.
uint64_t clock_monotonic_ms(const struct clock *clock);
// Microseconds since 1970-01-01 UTC.
int64_t clock_wall_us(const struct clock *clock);
// Moves a test's clock; both times advance.
void clock_advance(struct clock *clock, uint64_t milliseconds);

enum { CLOCK_TEXT_SIZE = 28 };
// "2026-11-24T00:31:14.123456Z"
const char *clock_format(int64_t wall_us, char ret_text[CLOCK_TEXT_SIZE]);
