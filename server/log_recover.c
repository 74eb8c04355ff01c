// SPDX-License-Identifier: Apache-2.0
// See log_recover.h. Everything happens in one transaction; without --yes it is rolled back, so that what is
// told beforehand is what would be done.
#include "log_recover.h"

#include "core/config.h"
#include "database.h"
#include "db/bytea.h"
#include "db/sqlstate.h"
#include "lab/public_copy.h"
#include "lab/statements.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SKIP_USUAL "1000"

enum { ARENA_BYTES = 1 << 30, KEYS_MOST = 8, VALUES_MOST = 4 };

// A parameter: text, or bytes.
struct value {
    const char *bytes;
    size_t length;
    bool is_binary;
};

static struct value text_of(const char *text)
{
    return (struct value){text, 0, false};
}

static struct value bytes_of(const void *bytes, size_t length)
{
    return (struct value){bytes, length, true};
}

static PGresult *ask(PGconn *connection, const char *statement, const struct value *values, int count,
                     struct ts_error *error)
{
    const char *pointers[VALUES_MOST] = {NULL};
    int lengths[VALUES_MOST] = {0}, formats[VALUES_MOST] = {0};
    for (int i = 0; i < count; i++) {
        pointers[i] = values[i].bytes;
        lengths[i] = (int)values[i].length;
        formats[i] = values[i].is_binary;
    }
    PGresult *result = PQexecParams(connection, statement, count, NULL, pointers, lengths, formats, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
        return result;
    sqlstate_read(result, error);
    PQclear(result);
    return NULL;
}

static bool run(PGconn *connection, const char *statement, const struct value *values, int count,
                struct ts_error *error)
{
    PGresult *result = ask(connection, statement, values, count, error);
    PQclear(result);
    return result != NULL;
}

struct state {
    char head[24];
    const uint8_t *root;
    unsigned registry;
    struct public_copy_key keys[KEYS_MOST];
    size_t key_count;
};

static bool decode(PGresult *result, int row, int column, struct arena *arena, const uint8_t **ret_bytes,
                   size_t *ret_length, struct ts_error *error)
{
    const char *hex = arena_printf(arena, "\\x%s", PQgetvalue(result, row, column));
    uint8_t *bytes;
    if (!hex || !bytea_decode(hex, strlen(hex), arena, &bytes, ret_length, error))
        return hex ? false : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory.");
    *ret_bytes = bytes;
    return true;
}

static bool read_keys(PGconn *connection, struct arena *arena, struct state *state, struct ts_error *error)
{
    enum { USE, NAME, SPKI };
    PGresult *result = ask(connection, statement_admin_log_recover_signers, NULL, 0, error);
    bool done = result != NULL;
    for (int row = 0; done && row < PQntuples(result) && row < KEYS_MOST; row++) {
        struct public_copy_key *key = &state->keys[state->key_count++];
        key->kind = strcmp(PQgetvalue(result, row, USE), "log") == 0 ? NOTE_ED25519 : NOTE_P256;
        key->name = arena_copy(arena, PQgetvalue(result, row, NAME), (size_t)PQgetlength(result, row, NAME));
        done = key->name ? decode(result, row, SPKI, arena, &key->spki, &key->length, error)
                         : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory.");
    }
    PQclear(result);
    return done;
}

static bool read_state(PGconn *connection, struct arena *arena, struct state *state, struct ts_error *error)
{
    enum { HEAD, ROOT, REGISTRY };
    size_t length = 0;
    PGresult *result = ask(connection, statement_admin_log_recover_state, NULL, 0, error);
    bool done = result && decode(result, 0, ROOT, arena, &state->root, &length, error);
    if (done) {
        snprintf(state->head, sizeof state->head, "%s", PQgetvalue(result, 0, HEAD));
        state->registry = (unsigned)strtoul(PQgetvalue(result, 0, REGISTRY), NULL, 10);
    }
    PQclear(result);
    return done && read_keys(connection, arena, state, error);
}

static bool put_entries(PGconn *connection, const struct state *state, const struct public_copy *copy,
                        struct ts_error *error)
{
    const struct value values[] = {text_of(state->head), bytes_of(copy->entries, copy->entries_length),
                                   bytes_of(copy->root, HASH_BYTES), text_of(copy->note)};
    return run(connection, statement_admin_log_recover_entries, values, 4, error);
}

// The versions that came in the lost time.
static bool put_registries(PGconn *connection, const struct state *state, const struct public_copy *copy,
                           struct arena *arena, struct ts_error *error)
{
    for (unsigned version = state->registry + 1;; version++) {
        char name[64], *bytes;
        size_t length;
        snprintf(name, sizeof name, "registry/%u.json", version);
        if (!public_copy_file(copy, name, arena, &bytes, &length, error))
            return false;
        if (!bytes)
            return true;
        const struct value value = bytes_of(bytes, length);
        PGresult *result = ask(connection, statement_admin_log_recover_registry, &value, 1, error);
        bool is_last = result && PQgetisnull(result, 0, 0);
        PQclear(result);
        if (!result)
            return false;
        if (is_last)
            return true;
    }
}

static bool put_keys(PGconn *connection, const struct state *state, const struct public_copy *copy,
                     struct arena *arena, struct ts_error *error)
{
    char *bytes;
    size_t length;
    if (!public_copy_file(copy, "keys.json", arena, &bytes, &length, error))
        return false;
    const struct value values[] = {text_of(state->head), text_of(bytes)};
    return !bytes || run(connection, statement_admin_log_recover_keys, values, 2, error);
}

// What was done, a line each.
static bool tell(PGconn *connection, const char *statement, const struct value *values, int count,
                 struct ts_error *error)
{
    PGresult *result = ask(connection, statement, values, count, error);
    if (!result)
        return false;
    for (int row = 0; row < PQntuples(result); row++)
        printf("  %s\n", PQgetvalue(result, row, 0));
    PQclear(result);
    return true;
}

static bool tell_books(PGconn *connection, const struct state *state, struct ts_error *error)
{
    const struct value head = text_of(state->head);
    return tell(connection, statement_admin_log_recover_books, &head, 1, error);
}

static bool skip_numbers(PGconn *connection, const struct log_recover_order *order, struct ts_error *error)
{
    const struct value values[] = {text_of(order->skip ? order->skip : SKIP_USUAL),
                                   text_of(order->yes ? "true" : "false")};
    return tell(connection, statement_admin_log_recover_skip, values, 2, error);
}

static bool put_log_back(PGconn *connection, const struct state *state, const struct public_copy *copy,
                         struct arena *arena, struct ts_error *error)
{
    return put_entries(connection, state, copy, error) &&
           put_registries(connection, state, copy, arena, error) &&
           put_keys(connection, state, copy, arena, error);
}

// Of a log that lacks nothing only the numbers that are asked for are skipped.
static bool put_back(PGconn *connection, const struct state *state, const struct public_copy *copy,
                     const struct log_recover_order *order, struct arena *arena, struct ts_error *error)
{
    bool yes = order->yes, lacks = copy->entries_length > 0;
    bool done = run(connection, "begin", NULL, 0, error) &&
                (!lacks || put_log_back(connection, state, copy, arena, error));
    if (done)
        puts(yes ? "Done:" : "This would be done:");
    done = done && (!lacks || tell_books(connection, state, error)) && skip_numbers(connection, order, error);
    if (!done)
        return false; // what was begun ends with the connection
    if (yes && run(connection, "commit", NULL, 0, error)) {
        puts("Issuing goes on within seconds when the daemon runs: look at /readyz, then run touchstone log "
             "audit.");
        return true;
    }
    if (!yes)
        puts("Nothing was changed. Give --yes to do it.");
    return !yes;
}

static bool recover(PGconn *connection, const char *folder, const struct log_recover_order *order,
                    struct arena *arena, struct ts_error *error)
{
    struct state state = {.key_count = 0};
    struct public_copy *copy = arena_alloc(arena, sizeof *copy);
    if (!copy)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory.");
    if (!read_state(connection, arena, &state, error) ||
        !public_copy_read(folder, state.keys, state.key_count, strtoull(state.head, NULL, 10), arena, copy,
                          error))
        return false;
    if (memcmp(state.root, copy->head_root, HASH_BYTES) != 0)
        return error_set(error, TS_DATA_LOSS, "LOG_DIFFERS",
                         "The database's log is not the beginning of the published one: it is another log, "
                         "or entries were "
                         "made after the backup came back. Restore the backup again and recover before the "
                         "daemon is started.");
    if (copy->entries_length == 0) {
        printf("Nothing is missing: database and files have %s entries.\n", state.head);
        if (!order->skip)
            return true;
    }
    return put_back(connection, &state, copy, order, arena, error);
}

static const char *folder_of(const struct config *config, const struct log_recover_order *order,
                             struct arena *arena)
{
    if (order->folder)
        return order->folder;
    return *config->public.directory ? config->public.directory
                                     : arena_printf(arena, "%s/public", config->state.directory);
}

bool log_recover(const struct config *config, const struct log_recover_order *order, struct ts_error *error)
{
    struct arena *arena = arena_create(ARENA_BYTES);
    const char *folder = arena ? folder_of(config, order, arena) : NULL;
    struct database database = {0};
    bool done = folder ? database_open(config, DB_CLUSTER_ADMIN, &database, error) &&
                             (!database.cluster || database_migrate(&database, error))
                       : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory.");
    PGconn *connection = done ? PQconnectdb(database.owner_url) : NULL;
    if (done && PQstatus(connection) != CONNECTION_OK) {
        const char *message = connection ? PQerrorMessage(connection) : "no memory for a connection";
        done = error_set(error, TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", "%.*s", (int)strcspn(message, "\n"),
                         message);
    }
    done = done && recover(connection, folder, order, arena, error);
    PQfinish(connection);
    database_close(&database);
    arena_free(arena);
    return done;
}
