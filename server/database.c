// SPDX-License-Identifier: Apache-2.0
// Opening and migrating the database, see database.h. Called by serve.c and admin.c.
#include "database.h"

#include "core/config.h"
#include "core/log.h"
#include "db/migrate.h"

#include <string.h>

extern const struct db_migration_set migration_set; // generated from migrations/

bool database_open(const struct config *config, enum db_cluster_use use, struct database *ret_database,
                   struct ts_error *error)
{
    memset(ret_database, 0, sizeof *ret_database);
    if (strcmp(config->postgresql.mode, "external") == 0) {
        // libpq would take "" for its own defaults: somebody's database, but not ours.
        if (use == DB_CLUSTER_ADMIN && !*config->postgresql.migrate_url)
            return error_set(error, TS_FAILED_PRECONDITION, "CONFIG_INVALID",
                             "For this the configuration needs [postgresql] migrate_url.");
        ret_database->owner_url = config->postgresql.migrate_url;
        ret_database->daemon_url = config->postgresql.url;
        return true;
    }
    const struct db_cluster_config cluster = {
        .state_dir = config->state.directory,
        .run_user = *config->postgresql.user ? config->postgresql.user : NULL,
        .bin_dir = *config->postgresql.bin_directory ? config->postgresql.bin_directory : NULL,
    };
    ret_database->cluster = private_cluster_open(&cluster, use, error);
    if (!ret_database->cluster)
        return false;
    ret_database->owner_url = private_cluster_conninfo(ret_database->cluster, PRIVATE_CLUSTER_OWNER);
    ret_database->daemon_url = private_cluster_conninfo(ret_database->cluster, PRIVATE_CLUSTER_DAEMON);
    return true;
}

void database_close(struct database *database)
{
    private_cluster_close(database->cluster);
    database->cluster = NULL;
}

static void on_migration(void *context, const char *name)
{
    (void)context;
    log_write(LOG_INFO, "migrating", "file", name, NULL);
}

bool database_migrate(const struct database *database, struct ts_error *error)
{
    unsigned applied = 0;
    if (!migrate_apply(database->owner_url, &migration_set, on_migration, NULL, &applied, error))
        return false;
    log_write(LOG_INFO, "migrated", "files", log_number(applied), NULL);
    return true;
}

bool database_check(const struct database *database, struct ts_error *error)
{
    if (migrate_check(database->daemon_url, &migration_set, error))
        return true;
    if (error->status != TS_UNAVAILABLE)
        return false;
    log_error(LOG_WARNING, "schema_not_checked", error);
    *error = (struct ts_error){0};
    return true;
}
