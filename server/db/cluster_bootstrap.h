// SPDX-License-Identifier: Apache-2.0
// Roles and database of a private cluster that has just begun to answer. Used by private_cluster.c.
#pragma once

#include <stdbool.h>

struct ts_error;

// conninfo: superuser in database postgres. Does what is missing and nothing else. UNAVAILABLE/CLUSTER_START.
bool cluster_bootstrap_run(const char *conninfo, struct ts_error *error);
