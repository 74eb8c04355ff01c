// SPDX-License-Identifier: Apache-2.0
// See scheduling.h. SCHED_RESET_ON_FORK would spare the children's part, but systemd's RestrictRealtime=
// takes the flag for a real-time policy.
#include "core/scheduling.h"

#include <errno.h>
#include <sched.h>

static bool is_batch; // by us

bool scheduling_set_batch(bool batch)
{
    const struct sched_param lowest = {0};
    errno = 0;
    if (batch == is_batch)
        return true;
    if (sched_getscheduler(0) != (is_batch ? SCHED_BATCH : SCHED_OTHER) ||
        sched_setscheduler(0, batch ? SCHED_BATCH : SCHED_OTHER, &lowest) != 0)
        return false;
    is_batch = batch;
    return true;
}

void scheduling_reset_child(void)
{
    const struct sched_param lowest = {0};
    if (is_batch)
        sched_setscheduler(0, SCHED_OTHER, &lowest);
}
