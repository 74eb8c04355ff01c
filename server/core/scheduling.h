// SPDX-License-Identifier: Apache-2.0
// The loop's scheduling policy, when nobody chose one for us: SCHED_OTHER, or SCHED_BATCH with the longest
// slice for a while. See docs/decisions/scheduling.md. Called by gathering.c, and between fork and exec.
#pragma once

#include <stdbool.h>

// Of the calling thread, which is to run the loop; costs nothing when it is so already. False with errno when
// the system forbids it, and with 0 when its policy is not the usual one: whoever chose it knows why.
bool scheduling_set_batch(bool batch);

// In a child: what we start has the usual policy whatever we have ourselves. Async-signal-safe.
void scheduling_reset_child(void);
