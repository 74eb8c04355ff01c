// SPDX-License-Identifier: Apache-2.0
// Programs of PostgreSQL as children of ours: forked by hand, because the parent-death signal has to be set
// after the change of user (which clears it). Main thread only. Used by private_cluster.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ts_error;

#define CLUSTER_GROUPS_MAX 64

// Whom the cluster belongs to.
struct cluster_identity {
    char name[64];
    uid_t uid;
    gid_t gid;
    bool switch_user; // we are root and become this one
    gid_t groups[CLUSTER_GROUPS_MAX];
    int group_count;
};

// run_user counts only when we are root. FAILED_PRECONDITION/CLUSTER_USER_UNKNOWN.
bool cluster_process_identity(const char *run_user, struct cluster_identity *ret_identity,
                              struct ts_error *error);

// Starts argv as the identity in the directory, with a small environment of our own, its own session and its
// output appended to output_fd; it receives death_signal when we die. Errors when it could not be executed:
// FAILED_PRECONDITION/CLUSTER_DIRECTORY or CLUSTER_START.
bool cluster_process_start(const char *const *argv, const struct cluster_identity *identity,
                           const char *directory, int output_fd, int death_signal, pid_t *ret_pid,
                           struct ts_error *error);

// Waits for a child of ours. false when it still runs after timeout_ms.
bool cluster_process_wait(pid_t pid, uint64_t timeout_ms, int *ret_status);

// Processes whose working directory is that directory: whatever PostgreSQL has left of an earlier run, the
// postmaster among them. Sends the signal to each (0: to none) and returns how many there are.
size_t cluster_process_signal_leftovers(const char *directory, int signal);
// Waits until there are none. false at the time limit.
bool cluster_process_await_leftovers(const char *directory, uint64_t timeout_ms);

// A descriptor that becomes readable when the process ends; -1 when it is gone or cannot be watched.
int cluster_process_descriptor(pid_t pid);
