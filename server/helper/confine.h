// SPDX-License-Identifier: Apache-2.0
// How a helper gives up what it does not need. Called from main, before the first byte from outside is
// read. Each step tells whether it took effect; a helper says on standard error what did not.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// No core dumps, no ptrace by others, no new privileges.
bool confine_process(void);
// SIGKILL when the parent ends. False when the parent is gone already.
bool confine_to_parent(void);
// Keeps what is in memory now out of swap; best effort, as RLIMIT_MEMLOCK often forbids it. Future pages are
// not locked: under a small limit that would make allocations fail later.
bool confine_memory_to_ram(void);
// Ceiling of the address space. Without effect under the address sanitizer, which reserves terabytes.
bool confine_memory(size_t bytes);
// SIGXCPU after so many seconds of work from now on; called before each request.
bool confine_work(unsigned seconds);
// Only the named system calls from now on, ended by NULL; any other fails with EPERM. Needs
// confine_process() before. Without effect under the sanitizers, which use calls of their own.
bool confine_calls(const char *const *names);
