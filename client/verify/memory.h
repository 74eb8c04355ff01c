// SPDX-License-Identifier: Apache-2.0
// Whether a check of a seal ran out of memory. OpenSSL says "no" to a signature and for want of memory alike,
// and a good sheet must not be called altered.
#pragma once

#include <stdbool.h>

// Before a check: forgets what was noted.
void memory_begin(void);

// Notes that memory was missing; beside OpenSSL, which notes it itself.
void memory_missed(void);

// After a check: whether memory was missing since memory_begin, or is now.
bool memory_was_missed(void);
