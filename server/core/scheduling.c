// SPDX-License-Identifier: Apache-2.0
// See scheduling.h. SCHED_RESET_ON_FORK would spare the children's part, but systemd's RestrictRealtime=
// takes the flag for a real-time policy.
#include "core/scheduling.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LONGEST_SLICE_NS = 100 * 1000 * 1000 }; // that the kernel grants

static bool is_batch; // by us

// How long a turn on the processor we ask for, 0 = the usual; who asks for a long one is let in later. Linux
// 6.12 hears it, older kernels and those who forbid it lose nothing but the gain.
static void set_slice(uint64_t slice_ns)
{
    // struct sched_attr of sched_setattr(2); the header that has it redefines what <sched.h> has.
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns, deadline_ns, period_ns;
    } attributes = {.size = sizeof attributes};
    int before = errno;
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0) {
        attributes.runtime_ns = slice_ns;
        syscall(SYS_sched_setattr, 0, &attributes, 0);
    }
    errno = before;
}

bool scheduling_set_batch(bool batch)
{
    const struct sched_param lowest = {0};
    errno = 0;
    if (batch == is_batch)
        return true;
    if (sched_getscheduler(0) != (is_batch ? SCHED_BATCH : SCHED_OTHER) ||
        sched_setscheduler(0, batch ? SCHED_BATCH : SCHED_OTHER, &lowest) != 0)
        return false;
    set_slice(batch ? LONGEST_SLICE_NS : 0);
    is_batch = batch;
    return true;
}

void scheduling_reset_child(void)
{
    const struct sched_param lowest = {0};
    if (is_batch) {
        sched_setscheduler(0, SCHED_OTHER, &lowest);
        set_slice(0);
    }
}
