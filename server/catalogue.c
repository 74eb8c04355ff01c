// SPDX-License-Identifier: Apache-2.0
// Import and export of packs, see catalogue.h. Blocking libpq: nothing else runs in this process.
#include "catalogue.h"

#include "core/config.h"
#include "core/whole_file.h"
#include "database.h"
#include "db/sqlstate.h"
#include "formula/formula.h"
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

struct formula_columns {
    size_t expression, report;
};

// One row's expression and report form. Their own places are told behind the cell's.
static size_t check_formula(const struct csv_row *row, const struct formula_columns *at, const char *file,
                            struct formula_program *program)
{
    const struct csv_cell *expression = &row->cells[at->expression], *report = &row->cells[at->report];
    struct ts_error wrong = {0};
    if (!*expression->text) // told as an empty cell
        return 0;
    if (!formula_parse(expression->text, program, &wrong)) {
        fprintf(stderr, "%s:%u:%u: expression: %s\n", file, expression->line, expression->column,
                wrong.detail);
        return 1;
    }
    if (*report->text && !formula_report_check(report->text, program, &wrong)) {
        fprintf(stderr, "%s:%u:%u: report: %s\n", file, report->line, report->column, wrong.detail);
        return 1;
    }
    return 0;
}

// A formula must be readable before it may be used: the database cannot tell. A pack without the columns is
// refused there.
static size_t check_formulas(const struct pack *pack, struct arena *arena)
{
    size_t faults = 0;
    struct formula_program *program = arena_alloc(arena, sizeof *program);
    for (size_t f = 0; program && f < pack->count; f++) {
        const struct csv_table *table = &pack->files[f].table;
        struct formula_columns at;
        if (strcmp(pack->files[f].name, "formulas.csv") != 0 ||
            !csv_find_column(table, "expression", &at.expression) ||
            !csv_find_column(table, "report", &at.report))
            continue;
        for (size_t r = 1; r < table->count; r++)
            faults += check_formula(&table->rows[r], &at, pack->files[f].name, program);
    }
    return faults;
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
static bool print_findings(const PGresult *result, const struct pack *pack, size_t formula_faults,
                           struct ts_error *error)
{
    size_t faults = formula_faults;
    for (int i = 0; i < PQntuples(result); i++) {
        const char *kind = PQgetvalue(result, i, 0), *file = PQgetvalue(result, i, 1);
        const char *message = PQgetvalue(result, i, 4);
        unsigned line = (unsigned)strtoul(PQgetvalue(result, i, 2), NULL, 10), column = 1;
        unsigned place = (unsigned)strtoul(PQgetvalue(result, i, 3), NULL, 10);
        if (strcmp(kind, "error") == 0) {
            pack_place(pack, file, line, place, &line, &column);
            if (faults++ < FAULTS_SHOWN)
                print_fault(NULL, file, line, column, message);
        } else if (formula_faults > 0) {
            continue;
        } else if (*file) {
            printf("%s: %s %s\n", file, kind, message);
        } else {
            puts(message);
        }
    }
    return faults == 0 || error_set(error, TS_INVALID_ARGUMENT, "PACK_INVALID",
                                    "%zu faults%s: nothing of the pack was taken.", faults,
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
    size_t formula_faults = check_formulas(pack, arena);
    const char *const values[] = {pack_json(pack, arena), author_of(order), order->mode,
                                  order->preview || formula_faults > 0 ? "true" : "false"};
    if (!values[0])
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The pack is too large.");
    PGconn *connection = PQconnectdb(url);
    PGresult *result = ask(connection, statement_admin_catalogue_import, values, 4, error);
    bool done = result && print_findings(result, pack, formula_faults, error);
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
