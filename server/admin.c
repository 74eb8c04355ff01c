// SPDX-License-Identifier: Apache-2.0
// The admin subcommands, see admin.h. Blocking libpq: nothing else runs in these processes.
#include "admin.h"

#include "auth/password.h"
#include "core/config.h"
#include "database.h"
#include "db/sqlstate.h"
#include "lab/statements.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_MAX = 128, PASSWORD_MIN = 10 };

bool admin_migrate(const struct config *config, struct ts_error *error)
{
    struct database database;
    bool done =
        database_open(config, DB_CLUSTER_ADMIN, &database, error) && database_migrate(&database, error);
    database_close(&database);
    return done;
}

static bool read_line(FILE *file, char ret_password[PASSWORD_MAX + 2], struct ts_error *error)
{
    bool read = fgets(ret_password, PASSWORD_MAX + 2, file) != NULL;
    if (read)
        ret_password[strcspn(ret_password, "\r\n")] = '\0';
    size_t length = read ? strlen(ret_password) : 0;
    if (length >= PASSWORD_MIN && length <= PASSWORD_MAX)
        return true;
    return error_set(error, TS_INVALID_ARGUMENT, "PASSWORD_LENGTH", "A password has %d to %d characters.",
                     PASSWORD_MIN, PASSWORD_MAX);
}

static bool ask_password(char ret_password[PASSWORD_MAX + 2], struct ts_error *error)
{
    struct termios with_echo, silent;
    if (tcgetattr(STDIN_FILENO, &with_echo) != 0)
        return error_set(error, TS_INVALID_ARGUMENT, "PASSWORD_MISSING",
                         "No terminal to ask for the password: give --password-file FILE.");
    silent = with_echo;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    fputs("Password: ", stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    bool read = read_line(stdin, ret_password, error);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &with_echo);
    fputc('\n', stderr);
    return read;
}

static bool read_password(const char *path, char ret_password[PASSWORD_MAX + 2], struct ts_error *error)
{
    if (!path)
        return ask_password(ret_password, error);
    if (strcmp(path, "-") == 0)
        return read_line(stdin, ret_password, error);
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, TS_INVALID_ARGUMENT, "PASSWORD_FILE", "--password-file %s: %m", path);
    bool read = read_line(file, ret_password, error);
    fclose(file);
    return read;
}

static bool hash_password_of(const struct config *config, const char *path, char ret_hash[PASSWORD_HASH_SIZE],
                             struct ts_error *error)
{
    const struct password_cost cost = {.memory_kib = (uint32_t)config->argon2.memory_kib,
                                       .passes = (uint32_t)config->argon2.passes,
                                       .lanes = (uint32_t)config->argon2.lanes};
    char password[PASSWORD_MAX + 2];
    bool done = read_password(path, password, error) && password_hash(&cost, password, ret_hash, error);
    explicit_bzero(password, sizeof password);
    return done;
}

static bool run(const char *url, const char *statement, const char *const *values, int count,
                struct ts_error *error)
{
    PGconn *connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK) {
        const char *message = connection ? PQerrorMessage(connection) : "no memory for a connection";
        error_set(error, TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", "%.*s", (int)strcspn(message, "\n"),
                  message);
        PQfinish(connection);
        return false;
    }
    PGresult *result = PQexecParams(connection, statement, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (!done)
        sqlstate_read(result, error);
    PQclear(result);
    PQfinish(connection);
    return done;
}

// Opens, migrates (so that the first administrator can be made before the first start), runs, closes.
static bool run_on_database(const struct config *config, const char *statement, const char *const *values,
                            int count, struct ts_error *error)
{
    struct database database;
    bool done = database_open(config, DB_CLUSTER_ADMIN, &database, error) &&
                (!database.cluster || database_migrate(&database, error)) &&
                run(database.owner_url, statement, values, count, error);
    database_close(&database);
    return done;
}

// Whoever typed the command knows flags, not fields.
static bool name_flag(const struct admin_staff *staff, struct ts_error *error)
{
    const struct {
        const char *field, *flag, *value;
    } flags[] = {{"username", "--username", staff->username},
                 {"name", "--name", staff->name},
                 {"laboratory", "--laboratory", staff->laboratory},
                 {"roles", "--role", staff->role}};
    struct ts_error wrong = *error;
    for (size_t i = 0; wrong.violation_count > 0 && i < sizeof(flags) / sizeof(*flags); i++)
        if (strcmp(wrong.violations[0].field, flags[i].field) == 0)
            error_set(error, wrong.status, wrong.reason, "%s '%.60s': %s", flags[i].flag, flags[i].value,
                      wrong.detail);
    return false;
}

bool admin_staff_add(const struct config *config, const struct admin_staff *staff, struct ts_error *error)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!hash_password_of(config, staff->password_file, hash, error))
        return false;
    const char *const values[] = {staff->username, staff->name, staff->laboratory, staff->role, hash};
    return run_on_database(config, statement_admin_staff_add, values, 5, error) || name_flag(staff, error);
}

bool admin_staff_reset_password(const struct config *config, const struct admin_staff *staff,
                                struct ts_error *error)
{
    char hash[PASSWORD_HASH_SIZE];
    if (!hash_password_of(config, staff->password_file, hash, error))
        return false;
    const char *const values[] = {staff->username, hash};
    return run_on_database(config, statement_admin_staff_reset_password, values, 2, error) ||
           name_flag(staff, error);
}
