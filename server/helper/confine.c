// SPDX-License-Identifier: Apache-2.0
// How a helper gives up what it does not need, see confine.h.
#include "helper/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

bool confine_process(void)
{
    struct rlimit none = {0, 0};
    bool no_dump = setrlimit(RLIMIT_CORE, &none) == 0;
    // The leak sanitizer traces its own process.
    bool no_trace = SANITIZED || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    return no_dump && no_trace && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool confine_to_parent(void)
{
    pid_t parent = getppid();
    // The parent may have ended before the signal was asked for: then we have another one now.
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent;
}

bool confine_memory_to_ram(void)
{
    return SANITIZED || mlockall(MCL_CURRENT) == 0;
}

bool confine_memory(size_t bytes)
{
    struct rlimit ceiling = {bytes, bytes};
    return SANITIZED || setrlimit(RLIMIT_AS, &ceiling) == 0;
}

bool confine_work(unsigned seconds)
{
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0)
        return false;
    limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + seconds;
    return setrlimit(RLIMIT_CPU, &limit) == 0;
}

bool confine_calls(const char *const *names)
{
    if (SANITIZED)
        return true;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return false;
    bool loaded = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0; // threads that run already
    for (size_t i = 0; names[i]; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number != __NR_SCMP_ERROR)
            loaded = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) == 0 && loaded;
    }
    loaded = loaded && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return loaded;
}
