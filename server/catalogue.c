// SPDX-License-Identifier: Apache-2.0
// Import and export of packs, see catalogue.h. Blocking libpq: nothing else runs in this process.
#include "catalogue.h"

#include "core/config.h"
#include "core/whole_file.h"
#include "database.h"
#include "db/sqlstate.h"
#include "lab/pack.h"
#include "lab/statements.h"
#include "wire/arena.h"

#include <errno.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAULTS_SHOWN 200

static void print_fault(void *context, const char *file, unsigned line, unsigned column, const char *message)
{
    (void)context;
    fprintf(stderr, "%s:%u:%u: %s\n", file, line, column, message);
}

static PGresult *ask(PGconn *connection, const char *statement, const char *const *values, int count,
                     struct ts_error *error)
{
    if (PQstatus(connection) != CONNECTION_OK) {
        const char *message = connection ? PQerrorMessage(connection) : "no memory for a connection";
        error_set(error, TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", "%.*s", (int)strcspn(message, "\n"),
                  message);
        return NULL;
    }
    PGresult *result = PQexecParams(connection, statement, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    sqlstate_read(result, error);
    PQclear(result);
    return NULL;
}

// Columns: kind, file, line, place, message.
static bool print_findings(const PGresult *result, const struct pack *pack, struct ts_error *error)
{
    int faults = 0;
    for (int i = 0; i < PQntuples(result); i++) {
        const char *kind = PQgetvalue(result, i, 0), *file = PQgetvalue(result, i, 1);
        const char *message = PQgetvalue(result, i, 4);
        unsigned line = (unsigned)strtoul(PQgetvalue(result, i, 2), NULL, 10), column = 1;
        unsigned place = (unsigned)strtoul(PQgetvalue(result, i, 3), NULL, 10);
        if (strcmp(kind, "error") == 0) {
            pack_place(pack, file, line, place, &line, &column);
            if (faults++ < FAULTS_SHOWN)
                print_fault(NULL, file, line, column, message);
        } else if (*file) {
            printf("%s: %s %s\n", file, kind, message);
        } else {
            puts(message);
        }
    }
    return faults == 0 || error_set(error, TS_INVALID_ARGUMENT, "PACK_INVALID",
                                    "%d faults%s: nothing of the pack was taken.", faults,
                                    faults > FAULTS_SHOWN ? ", not all of them shown" : "");
}

static const char *author_of(const struct catalogue_order *order)
{
    const struct passwd *self = order->author ? NULL : getpwuid(getuid());
    return order->author ? order->author : self && *self->pw_name ? self->pw_name : "unknown";
}

static bool import_pack(const char *url, const struct pack *pack, const struct catalogue_order *order,
                        struct arena *arena, struct ts_error *error)
{
    const char *const values[] = {pack_json(pack, arena), author_of(order), order->mode,
                                  order->preview ? "true" : "false"};
    if (!values[0])
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The pack is too large.");
    PGconn *connection = PQconnectdb(url);
    PGresult *result = ask(connection, statement_admin_catalogue_import, values, 4, error);
    bool done = result && print_findings(result, pack, error);
    PQclear(result);
    PQfinish(connection);
    return done;
}

// The database as far as this program's schema goes.
static bool open_database(const struct config *config, struct database *ret_database, struct ts_error *error)
{
    return database_open(config, DB_CLUSTER_ADMIN, ret_database, error) &&
           (!ret_database->cluster || database_migrate(ret_database, error));
}

bool catalogue_import(const struct config *config, const struct catalogue_order *order,
                      struct ts_error *error)
{
    struct arena *arena = arena_create(CSV_ARENA_BYTES);
    struct pack *pack = arena ? arena_array(arena, 1, sizeof *pack) : NULL;
    struct database database = {0};
    bool done = pack ? pack_read(order->folder, arena, print_fault, NULL, pack, error)
                     : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the pack");
    done = done && open_database(config, &database, error) &&
           import_pack(database.owner_url, pack, order, arena, error);
    database_close(&database);
    arena_free(arena);
    return done;
}

static bool write_file(const char *folder, const char *name, const char *content, struct ts_error *error)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return error_set(error, TS_INVALID_ARGUMENT, "EXPORT_FAILED", "The folder's name is too long.");
    return whole_file_write(path, content, strlen(content), error);
}

static bool write_files(const PGresult *result, const char *folder, struct ts_error *error)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return error_set(error, TS_INVALID_ARGUMENT, "EXPORT_FAILED", "%s: %m", folder);
    for (int i = 0; i < PQntuples(result); i++) {
        if (!write_file(folder, PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), error))
            return false;
        printf("%s\n", PQgetvalue(result, i, 0));
    }
    return true;
}

bool catalogue_export(const struct config *config, const struct catalogue_order *order,
                      struct ts_error *error)
{
    struct database database = {0};
    bool done = open_database(config, &database, error);
    PGconn *connection = done ? PQconnectdb(database.owner_url) : NULL;
    PGresult *result = done ? ask(connection, statement_admin_catalogue_export, NULL, 0, error) : NULL;
    done = result && write_files(result, order->folder, error);
    PQclear(result);
    PQfinish(connection);
    database_close(&database);
    return done;
}
