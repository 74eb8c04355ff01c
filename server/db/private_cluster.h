// SPDX-License-Identifier: Apache-2.0
// The private PostgreSQL: made by initdb below the state directory when absent, run as a supervised child (as
// another user when we are root, with a parent-death signal), reachable only through a 0700 socket directory.
// Called by database.c before the loop starts (serve) and by the admin subcommands, which use a running
// daemon's cluster when there is one. Blocking, main thread only (the parent-death signal follows the thread
// that forks).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uv_loop_s;
struct db_cluster;
struct ts_error;

#define PRIVATE_CLUSTER_OWNER "touchstone_owner"   // owns schemas and runs migrations
#define PRIVATE_CLUSTER_DAEMON "touchstone_daemon" // what the pool logs in as
#define PRIVATE_CLUSTER_DATABASE "touchstone"

enum db_cluster_use {
    DB_CLUSTER_SERVE, // we supervise it; refused with CLUSTER_IN_USE when another daemon does
    DB_CLUSTER_ADMIN  // use the running daemon's, else start it for as long as we need it
};

struct db_cluster_config {
    const char *state_dir; // created when missing; the cluster lives in <state_dir>/postgres
    const char *run_user;  // when we are root [postgres]; ignored otherwise
    const char *bin_dir;   // with initdb and postgres; NULL = found, the newest >= 15 or what the data needs
    unsigned shared_buffers_mb; // [128]
    unsigned max_connections;   // [60]
    uint64_t start_timeout_ms;  // [120000] crash recovery included
    uint64_t stop_timeout_ms;   // [30000] then SIGQUIT (immediate; recovered at the next start)
    uint64_t stable_ms;         // [60000] after it ran for so long, the pauses before a restart begin anew
};

// Locks the state directory, makes the cluster when needed, starts it, waits until it answers, and makes sure
// of the roles and the database. NULL on error: FAILED_PRECONDITION with CLUSTER_IN_USE, POSTGRES_NOT_FOUND,
// CLUSTER_USER_UNKNOWN, CLUSTER_DIRECTORY; UNAVAILABLE/CLUSTER_START (detail names the log file).
struct db_cluster *private_cluster_open(const struct db_cluster_config *config, enum db_cluster_use use,
                                        struct ts_error *error);

// libpq connection string for a role (PRIVATE_CLUSTER_OWNER, PRIVATE_CLUSTER_DAEMON, "postgres" = superuser);
// lives as long as the cluster. Roles: any other gives NULL.
const char *private_cluster_conninfo(const struct db_cluster *cluster, const char *role);

// Process id of the postmaster we started, 0 when it is another process's or is just being restarted.
int private_cluster_pid(const struct db_cluster *cluster);

// From here on a crash is noticed on the loop and the postmaster is started again with growing pauses. The
// handles do not keep the loop alive. false only when the loop refuses handles.
bool private_cluster_supervise(struct db_cluster *cluster, struct uv_loop_s *loop, struct ts_error *error);
// Ends supervising (closes the handles; run the loop until they are closed). Before private_cluster_close.
void private_cluster_unsupervise(struct db_cluster *cluster);

// Stops what we started (SIGINT, fast shutdown), waits for it, unlocks and frees. NULL is fine.
void private_cluster_close(struct db_cluster *cluster);
