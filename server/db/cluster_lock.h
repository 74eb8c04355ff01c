// SPDX-License-Identifier: Apache-2.0
// Who may run the cluster of a state directory: an flock on <home>/lock, which dies with its holder, and a
// line in it that says what the holder is doing ("serve 1234 ready"). Others wait for changes by inotify and
// for the holder's end by pidfd. Used by private_cluster.c.
#pragma once

#include "db/private_cluster.h"
#include <stdbool.h>
#include <stdint.h>

struct ts_error;

enum cluster_lock_result {
    CLUSTER_LOCK_TAKEN,    // *ret_fd is ours until closed
    CLUSTER_LOCK_ATTACHED, // another process's cluster is ready for us (DB_CLUSTER_ADMIN only)
    CLUSTER_LOCK_FAILED
};

// Takes the lock. Held by an admin subcommand: waits for its end. Held by a daemon:
// FAILED_PRECONDITION/CLUSTER_IN_USE for DB_CLUSTER_SERVE, waits until it says ready for DB_CLUSTER_ADMIN.
enum cluster_lock_result cluster_lock_take(const char *home, enum db_cluster_use use, uint64_t timeout_ms,
                                           int *ret_fd, struct ts_error *error);
// Says that the cluster answers and has its roles and database.
bool cluster_lock_set_ready(int fd, enum db_cluster_use use);
