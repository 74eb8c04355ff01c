// SPDX-License-Identifier: Apache-2.0
// The shared fixture: see fixture.h. As root the cluster runs as user postgres, so its directory must be
// passable.
#include "fixture.h"
#include "db/cluster_remove.h"
#include "wire/error.h"
#include <libpq-fe.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void fixture_make_directory(char *ret_path, size_t size, const char *name)
{
    char base[] = "/tmp/touchstone-test-XXXXXX";
    assert_non_null(mkdtemp(base));
    assert_int_equal(chmod(base, 0711), 0);
    snprintf(ret_path, size, "%s%s%s", base, name[0] ? "/" : "", name);
}

void fixture_remove_directory(const char *path)
{
    char base[64];
    snprintf(base, sizeof(base), "%.27s", path); // the part that mkdtemp made
    assert_true(cluster_remove_tree(base));
}

void fixture_open(struct fixture *fixture)
{
    struct ts_error error = {0};
    fixture_make_directory(fixture->directory, sizeof(fixture->directory), "state");
    const struct db_cluster_config config = {.state_dir = fixture->directory, .shared_buffers_mb = 32};
    fixture->cluster = private_cluster_open(&config, DB_CLUSTER_SERVE, &error);
    if (!fixture->cluster)
        fail_msg("cluster: %s %s", error.reason, error.detail);
}

void fixture_close(struct fixture *fixture)
{
    private_cluster_close(fixture->cluster);
    fixture_remove_directory(fixture->directory);
}

// A server that has just lost a backend closes every connection once, and may take a moment to do so.
static PGresult *run(const char *conninfo, const char *sql)
{
    enum { ATTEMPTS = 500, PAUSE_MS = 20 };
    for (int attempt = 1;; attempt++) {
        PGconn *connection = PQconnectdb(conninfo);
        PGresult *result = PQexec(connection, sql);
        if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK) {
            PQfinish(connection);
            return result;
        }
        if (PQstatus(connection) == CONNECTION_OK || attempt == ATTEMPTS)
            fail_msg("%s: %s", sql, PQerrorMessage(connection));
        PQclear(result);
        PQfinish(connection);
        poll(NULL, 0, PAUSE_MS);
    }
}

void fixture_sql_at(const char *conninfo, const char *sql)
{
    PQclear(run(conninfo, sql));
}

long fixture_number_at(const char *conninfo, const char *sql)
{
    PGresult *result = run(conninfo, sql);
    long number = PQntuples(result) > 0 ? strtol(PQgetvalue(result, 0, 0), NULL, 10) : -1;
    PQclear(result);
    return number;
}

static void superuser(const struct fixture *fixture, char *text, size_t size)
{
    // The superuser's own string leads to the database postgres.
    snprintf(text, size, "%s dbname=touchstone", private_cluster_conninfo(fixture->cluster, "postgres"));
}

void fixture_sql(const struct fixture *fixture, const char *sql)
{
    char conninfo[512];
    superuser(fixture, conninfo, sizeof(conninfo));
    fixture_sql_at(conninfo, sql);
}

long fixture_number(const struct fixture *fixture, const char *sql)
{
    char conninfo[512];
    superuser(fixture, conninfo, sizeof(conninfo));
    return fixture_number_at(conninfo, sql);
}

static void on_late(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

static bool turn(uv_loop_t *loop, bool (*condition)(void *context), void *context, uint64_t milliseconds)
{
    uv_timer_t guard;
    bool late = false;
    uv_update_time(loop);
    assert_int_equal(uv_timer_init(loop, &guard), 0);
    guard.data = &late;
    uv_timer_start(&guard, on_late, milliseconds, 0);
    while (!late && !condition(context))
        uv_run(loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&guard, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
    return !late;
}

void fixture_run_until(uv_loop_t *loop, bool (*condition)(void *context), void *context)
{
    if (!turn(loop, condition, context, FIXTURE_PATIENCE_MS))
        fail_msg("waited in vain");
}

void fixture_close_loop(uv_loop_t *loop)
{
    uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(loop), 0);
}
