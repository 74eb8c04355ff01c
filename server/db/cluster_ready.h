// SPDX-License-Identifier: Apache-2.0
// Waiting for a postmaster to accept connections, by the events of its own status file instead of trying
// again and again. Used by private_cluster.c.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// An inotify descriptor on the data directory, made before the postmaster is started. -1 when there is none
// (the wait then looks every 50 ms).
int cluster_ready_watch(const char *data);
// True when postmaster.pid is this process's and says ready; false when the process ended or the time is
// over.
bool cluster_ready_await(int watch, const char *data, pid_t pid, uint64_t timeout_ms);
