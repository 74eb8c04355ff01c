// SPDX-License-Identifier: Apache-2.0
// Every statement here can be repeated: a daemon killed in between begins again at its next start.
#include "db/cluster_bootstrap.h"
#include "db_sql.h"
#include "wire/error.h"
#include <libpq-fe.h>
#include <string.h>

static bool run(PGconn *connection, const char *sql, int *ret_rows, struct ts_error *error)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (ret_rows)
        *ret_rows = PQntuples(result);
    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return true;
    const char *message = PQerrorMessage(connection);
    return error_set(error, TS_UNAVAILABLE, "CLUSTER_START", "%.*s", (int)strcspn(message, "\n"), message);
}

static bool bootstrap(PGconn *connection, struct ts_error *error)
{
    int rows = 0;
    if (!run(connection, sql_cluster_roles, NULL, error) ||
        !run(connection, sql_cluster_database_exists, &rows, error))
        return false;
    if (rows == 0 && !run(connection, sql_cluster_database, NULL, error))
        return false;
    return run(connection, sql_cluster_connect, NULL, error);
}

bool cluster_bootstrap_run(const char *conninfo, struct ts_error *error)
{
    PGconn *connection = PQconnectdb(conninfo);
    bool fine = PQstatus(connection) == CONNECTION_OK;
    if (fine) {
        fine = bootstrap(connection, error);
    } else {
        const char *message = connection ? PQerrorMessage(connection) : "no memory for a connection";
        error_set(error, TS_UNAVAILABLE, "CLUSTER_START", "%.*s", (int)strcspn(message, "\n"), message);
    }
    PQfinish(connection);
    return fine;
}
