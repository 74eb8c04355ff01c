// SPDX-License-Identifier: Apache-2.0
// The daemon's way to its database: the private PostgreSQL, or the one of the connection string. Used by
// serve and by the admin commands.
#pragma once

#include "db/private_cluster.h"
#include "wire/error.h"

#include <stdbool.h>

struct config;

struct database {
    struct db_cluster *cluster; // NULL in external mode
    const char *owner_url;      // logs in as the schema's owner; "" when not configured
    const char *daemon_url;     // logs in as the daemon's role
};

bool database_open(const struct config *config, enum db_cluster_use use, struct database *ret_database,
                   struct ts_error *error);
void database_close(struct database *database);
// Brings the schema up to this program; tells each file on the log.
bool database_migrate(const struct database *database, struct ts_error *error);
// For an external one, which its administrator migrates: false when the schema is another program's. A
// database that is away is no reason not to start; the log tells that the schema was not looked at.
bool database_check(const struct database *database, struct ts_error *error);
