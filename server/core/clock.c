// SPDX-License-Identifier: Apache-2.0
// Real time or a test's time, see clock.h.
#include "core/clock.h"

#include <stdio.h>
#include <time.h>

uint64_t clock_monotonic_ms(const struct clock *clock)
{
    if (clock)
        return clock->monotonic_ms;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t clock_wall_us(const struct clock *clock)
{
    if (clock)
        return clock->wall_us;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void clock_advance(struct clock *clock, uint64_t milliseconds)
{
    clock->monotonic_ms += milliseconds;
    clock->wall_us += (int64_t)milliseconds * 1000;
}

const char *clock_format(int64_t wall_us, char ret_text[CLOCK_TEXT_SIZE])
{
    int64_t microseconds = wall_us % 1000000;
    if (microseconds < 0)
        microseconds += 1000000;
    time_t seconds = (time_t)((wall_us - microseconds) / 1000000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    char date[40];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(ret_text, CLOCK_TEXT_SIZE, "%.19s.%06dZ", date, (int)microseconds);
    return ret_text;
}
