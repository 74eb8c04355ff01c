// SPDX-License-Identifier: Apache-2.0
// Compares what the database says was applied with what the program carries, then applies the difference. The
// comparison is done again under the lock, so of two daemons that start together the second finds nothing to
// do.
#include "db/migrate.h"
#include "db_sql.h"
#include "wire/error.h"
#include <libpq-fe.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKSUM_SIZE 65 // SHA-256 in hex
#define BUNDLE_NAME "functions"
#define CONNECT_TIMEOUT_S "5" // of each host

struct migration_run {
    PGconn *connection;
    const struct db_migration_set *set;
    migrate_step *step;
    void *context;
    unsigned applied;
    PGresult *known; // rows: name, checksum
};

static void write_hex(const unsigned char *digest, unsigned length, char ret_text[CHECKSUM_SIZE])
{
    for (unsigned i = 0; i < length && i < 32; i++)
        snprintf(ret_text + 2 * i, 3, "%02x", digest[i]);
}

// The joint checksum of count files: names and texts with their NULs, so that no two lists give the same
// bytes.
static bool joint_checksum(const struct db_migration *files, size_t count, bool with_names,
                           char ret_text[CHECKSUM_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool fine = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    for (size_t i = 0; fine && i < count; i++) {
        if (with_names)
            fine = EVP_DigestUpdate(context, files[i].name, strlen(files[i].name) + 1);
        size_t size = strlen(files[i].sql) + (with_names ? 1 : 0);
        fine = fine && EVP_DigestUpdate(context, files[i].sql, size);
    }
    fine = fine && EVP_DigestFinal_ex(context, digest, &length);
    EVP_MD_CTX_free(context);
    if (fine)
        write_hex(digest, length, ret_text);
    return fine;
}

static bool connection_error(PGconn *connection, struct ts_error *error)
{
    const char *message = connection ? PQerrorMessage(connection) : "out of memory";
    return error_set(error, TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", "%.*s", (int)strcspn(message, "\n"),
                     message);
}

static bool run_plain(struct migration_run *run, const char *sql, struct ts_error *error)
{
    PGresult *result = PQexec(run->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return true;
    if (PQstatus(run->connection) == CONNECTION_BAD)
        return connection_error(run->connection, error);
    const char *message = PQerrorMessage(run->connection);
    return error_set(error, TS_FAILED_PRECONDITION, "MIGRATION_FAILED", "%.*s", (int)strcspn(message, "\n"),
                     message);
}

static unsigned line_of(const char *sql, const char *position)
{
    unsigned line = 1;
    long characters = position ? strtol(position, NULL, 10) : 0;
    // Positions count characters from 1: bytes that continue one are not counted.
    for (; *sql && characters > 1; sql++) {
        characters -= ((unsigned char)sql[1] & 0xC0) != 0x80;
        line += *sql == '\n';
    }
    return line;
}

static bool file_error(PGconn *connection, const PGresult *result, const struct db_migration *file,
                       struct ts_error *error)
{
    if (PQstatus(connection) == CONNECTION_BAD)
        return connection_error(connection, error);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    if (position)
        return error_set(error, TS_FAILED_PRECONDITION, "MIGRATION_FAILED", "%s line %u: %s", file->name,
                         line_of(file->sql, position), message ? message : "");
    return error_set(error, TS_FAILED_PRECONDITION, "MIGRATION_FAILED", "%s: %s%s%.*s", file->name,
                     message ? message : "", context ? " in " : "", context ? (int)strcspn(context, "\n") : 0,
                     context ? context : "");
}

// A file inside the open transaction.
static bool run_file(struct migration_run *run, const struct db_migration *file, struct ts_error *error)
{
    if (run->step)
        run->step(run->context, file->name);
    PGresult *result = PQexec(run->connection, file->sql);
    ExecStatusType status = PQresultStatus(result);
    bool fine = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
    if (!fine)
        file_error(run->connection, result, file, error);
    else if (PQtransactionStatus(run->connection) != PQTRANS_INTRANS)
        fine = error_set(error, TS_FAILED_PRECONDITION, "MIGRATION_FAILED", "%s ends its own transaction",
                         file->name);
    PQclear(result);
    return fine;
}

static bool note(struct migration_run *run, const char *name, const char *checksum, struct ts_error *error)
{
    const char *values[] = {name, checksum, run->set->version};
    PGresult *result = PQexecParams(run->connection, sql_migrate_note, 3, NULL, values, NULL, NULL, 0);
    bool fine = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return fine || connection_error(run->connection, error);
}

// Some files and their one row, in one transaction; nothing of them stays when anything fails.
static bool apply_files(struct migration_run *run, const struct db_migration *files, size_t count,
                        const char *name, const char *checksum, struct ts_error *error)
{
    // What an earlier file may have set for the session does not reach this one.
    bool fine = run_plain(run, "reset all", error) && run_plain(run, sql_migrate_session, error) &&
                run_plain(run, "begin", error);
    for (size_t i = 0; fine && i < count; i++)
        fine = run_file(run, &files[i], error);
    fine = fine && note(run, name, checksum, error) && run_plain(run, "commit", error);
    if (!fine) {
        PQclear(PQexec(run->connection, "rollback"));
        return false;
    }
    run->applied++;
    return true;
}

static const char *known_checksum(const struct migration_run *run, const char *name)
{
    for (int i = 0; i < PQntuples(run->known); i++)
        if (strcmp(PQgetvalue(run->known, i, 0), name) == 0)
            return PQgetvalue(run->known, i, 1);
    return NULL;
}

static bool carries(const struct db_migration_set *set, const char *name)
{
    if (strcmp(name, BUNDLE_NAME) == 0)
        return true;
    for (size_t i = 0; i < set->numbered_count; i++)
        if (strcmp(set->numbered[i].name, name) == 0)
            return true;
    return false;
}

static bool check_not_newer(const struct migration_run *run, struct ts_error *error)
{
    for (int i = 0; i < PQntuples(run->known); i++) {
        const char *name = PQgetvalue(run->known, i, 0);
        if (!carries(run->set, name))
            return error_set(
                error, TS_FAILED_PRECONDITION, "SCHEMA_NEWER",
                "the database has %s, which this program (%s) does not know: use a newer program", name,
                run->set->version);
    }
    return true;
}

// What is applied must be a prefix of the list with unchanged texts; its length is the first to apply.
static bool check_applied(const struct migration_run *run, size_t *ret_first, struct ts_error *error)
{
    size_t first = run->set->numbered_count;
    for (size_t i = 0; i < run->set->numbered_count; i++) {
        const struct db_migration *file = &run->set->numbered[i];
        const char *known = known_checksum(run, file->name);
        char own[CHECKSUM_SIZE] = "";
        if (!known && first > i)
            first = i;
        if (!known)
            continue;
        if (first < i)
            return error_set(error, TS_FAILED_PRECONDITION, "MIGRATION_MISSING",
                             "%s was never applied, but the later %s was", run->set->numbered[first].name,
                             file->name);
        if (!joint_checksum(file, 1, false, own))
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for a checksum");
        if (strcmp(known, own) != 0)
            return error_set(error, TS_FAILED_PRECONDITION, "MIGRATION_CHANGED",
                             "%s was changed after it was applied: write a new migration instead",
                             file->name);
    }
    *ret_first = first;
    return true;
}

static bool read_known(struct migration_run *run, struct ts_error *error)
{
    PQclear(run->known);
    run->known = PQexec(run->connection, sql_migrate_list);
    if (PQresultStatus(run->known) != PGRES_TUPLES_OK)
        return connection_error(run->connection, error);
    return check_not_newer(run, error);
}

static bool bundle_is_due(const struct migration_run *run, char ret_checksum[CHECKSUM_SIZE], bool *ret_due,
                          struct ts_error *error)
{
    const char *known = known_checksum(run, BUNDLE_NAME);
    if (!joint_checksum(run->set->repeatable, run->set->repeatable_count, true, ret_checksum))
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for a checksum");
    *ret_due = run->set->repeatable_count > 0 && (!known || strcmp(known, ret_checksum) != 0);
    return true;
}

static bool apply_all(struct migration_run *run, struct ts_error *error)
{
    size_t first = 0;
    bool due = false;
    char checksum[CHECKSUM_SIZE] = "";
    if (!run_plain(run, sql_migrate_session, error) || !run_plain(run, sql_migrate_lock, error) ||
        !run_plain(run, sql_migrate_table, error) || !read_known(run, error) ||
        !check_applied(run, &first, error))
        return false;
    for (size_t i = first; i < run->set->numbered_count; i++) {
        const struct db_migration *file = &run->set->numbered[i];
        if (!joint_checksum(file, 1, false, checksum))
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for a checksum");
        if (!apply_files(run, file, 1, file->name, checksum, error))
            return false;
    }
    if (!bundle_is_due(run, checksum, &due, error))
        return false;
    return !due ||
           apply_files(run, run->set->repeatable, run->set->repeatable_count, BUNDLE_NAME, checksum, error);
}

static bool check_all(struct migration_run *run, struct ts_error *error)
{
    size_t first = 0;
    bool due = false;
    char checksum[CHECKSUM_SIZE] = "";
    PGresult *table = PQexec(run->connection, sql_migrate_exists);
    bool answered = PQresultStatus(table) == PGRES_TUPLES_OK, exists = PQntuples(table) > 0;
    PQclear(table);
    if (!answered)
        return connection_error(run->connection, error);
    if (exists && (!read_known(run, error) || !check_applied(run, &first, error)))
        return false;
    if (first < run->set->numbered_count)
        return error_set(error, TS_FAILED_PRECONDITION, "SCHEMA_OLDER",
                         "the database lacks %s: run touchstoned migrate", run->set->numbered[first].name);
    if (!bundle_is_due(run, checksum, &due, error))
        return false;
    if (due)
        return error_set(error, TS_FAILED_PRECONDITION, "SCHEMA_OLDER",
                         "the database's functions are not this program's: run touchstoned migrate");
    return true;
}

static void ignore_notice(void *context, const char *message)
{
    (void)context;
    (void)message;
}

static bool open_run(struct migration_run *run, const char *conninfo, struct ts_error *error)
{
    // The string's own connect_timeout, which comes later, wins.
    const char *const keywords[] = {"connect_timeout", "dbname", NULL};
    const char *const values[] = {CONNECT_TIMEOUT_S, conninfo, NULL};
    run->connection = PQconnectdbParams(keywords, values, 1);
    if (PQstatus(run->connection) != CONNECTION_OK)
        return connection_error(run->connection, error);
    PQsetNoticeProcessor(run->connection, ignore_notice, NULL);
    return true;
}

static void close_run(struct migration_run *run)
{
    PQclear(run->known);
    PQfinish(run->connection);
}

bool migrate_apply(const char *conninfo, const struct db_migration_set *set, migrate_step *step,
                   void *context, unsigned *ret_applied, struct ts_error *error)
{
    struct migration_run run = {.set = set, .step = step, .context = context};
    bool fine = open_run(&run, conninfo, error) && apply_all(&run, error);
    close_run(&run);
    if (fine && ret_applied)
        *ret_applied = run.applied;
    return fine;
}

bool migrate_check(const char *conninfo, const struct db_migration_set *set, struct ts_error *error)
{
    struct migration_run run = {.set = set};
    bool fine = open_run(&run, conninfo, error) && check_all(&run, error);
    close_run(&run);
    return fine;
}
