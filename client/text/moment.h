// SPDX-License-Identifier: Apache-2.0
// Moments on papers and screens: by the institute's clock, whatever the machine's own is.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { MOMENT_BYTES = 40 };

// "2027-03-15 09:30" in the zone ("Asia/Shanghai"). False: this machine does not know the zone, or there is
// none; then it is by UTC, and the text says so.
bool moment_write(const char *zone, int64_t seconds, char ret_text[MOMENT_BYTES]);
