// SPDX-License-Identifier: Apache-2.0
// Paths and files of a private cluster. All of it lies in <state_dir>/postgres (0700, the cluster's user):
// data/ (data.new/ while initdb runs), log/, lock, socket (or a short directory elsewhere, named in
// socket-dir). Used by private_cluster.c.
#pragma once

#include "db/cluster_process.h"
#include <limits.h>
#include <stdbool.h>

struct ts_error;

#define CLUSTER_PATH_MAX 1024

struct cluster_files {
    char home[CLUSTER_PATH_MAX];
    char data[CLUSTER_PATH_MAX];
    char data_new[CLUSTER_PATH_MAX];
    char log[CLUSTER_PATH_MAX]; // what initdb and the postmaster say before their own log begins
    char socket_dir[108];       // short enough for sun_path
    char bin_dir[CLUSTER_PATH_MAX];
};

struct cluster_settings {
    unsigned shared_buffers_mb, max_connections;
};

// Fills the paths (not socket_dir and bin_dir) and makes state_dir and home.
// FAILED_PRECONDITION/CLUSTER_DIRECTORY.
bool cluster_files_init(struct cluster_files *files, const char *state_dir,
                        const struct cluster_identity *identity, struct ts_error *error);
// Chooses, makes and remembers socket_dir.
bool cluster_files_make_socket_dir(struct cluster_files *files, const struct cluster_identity *identity,
                                   struct ts_error *error);
// The directory another process of ours has remembered.
bool cluster_files_read_socket_dir(struct cluster_files *files, struct ts_error *error);
// Finds bin_dir: wanted when given, else the version of the data, else the newest >= 15. POSTGRES_NOT_FOUND.
bool cluster_files_find_programs(struct cluster_files *files, const char *wanted, struct ts_error *error);
// postgresql.conf, pg_hba.conf and pg_ident.conf into a data directory, all of them ours.
bool cluster_files_write_settings(const struct cluster_files *files, const char *data,
                                  const struct cluster_identity *identity,
                                  const struct cluster_settings *settings, struct ts_error *error);
// Opens the log for appending; -1 on error.
int cluster_files_open_log(const struct cluster_files *files, const struct cluster_identity *identity);
