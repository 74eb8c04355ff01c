// SPDX-License-Identifier: Apache-2.0
// SQLSTATE to status: exact codes first, then classes (two characters), everything else INTERNAL. The codes
// are those of PostgreSQL's appendix A; 'TS0nn' is raised by our own functions, nn being the gRPC status.
#include "db/sqlstate.h"
#include "core/log.h"
#include <stdio.h>
#include <string.h>

struct sqlstate_row {
    const char *code; // five characters, or two for a class
    enum ts_status status;
    const char *reason;
    const char *detail;
};

static const char busy_text[] = "the database is busy, try again";
static const char away_text[] = "the database is not available, try again";
static const char unknown_text[] = "the outcome is unknown; send the same request again to learn it";

static const struct sqlstate_row table[] = {
    {"40001", TS_ABORTED, "CONCURRENT_CHANGE", "somebody changed the same rows at the same time, try again"},
    {"40P01", TS_ABORTED, "CONCURRENT_CHANGE", "somebody changed the same rows at the same time, try again"},
    {"40003", TS_UNKNOWN, "OUTCOME_UNKNOWN", unknown_text},
    {"08007", TS_UNKNOWN, "OUTCOME_UNKNOWN", unknown_text},
    {"57014", TS_DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", "the database took too long"},
    {"55P03", TS_DEADLINE_EXCEEDED, "LOCK_TIMEOUT", "the database took too long"},
    {"25P03", TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", away_text},
    {"25006", TS_UNAVAILABLE, "DATABASE_READ_ONLY", away_text},
    {"53100", TS_RESOURCE_EXHAUSTED, "DATABASE_DISK_FULL", "the database has no space left"},
    {"53200", TS_RESOURCE_EXHAUSTED, "DATABASE_BUSY", busy_text},
    {"53300", TS_UNAVAILABLE, "DATABASE_BUSY", busy_text},
    {"53", TS_RESOURCE_EXHAUSTED, "DATABASE_BUSY", busy_text},
    {"08", TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", away_text},
    {"57P", TS_UNAVAILABLE, "DATABASE_UNAVAILABLE", away_text},
};

static const struct sqlstate_row other = {"", TS_INTERNAL, "DATABASE_ERROR",
                                          "the database refused unexpectedly"};

static const struct sqlstate_row *find_row(const char *sqlstate)
{
    if (!sqlstate)
        return &other;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strncmp(table[i].code, sqlstate, strlen(table[i].code)) == 0)
            return &table[i];
    return &other;
}

// The status in 'TS0nn', or TS_OK when the code is none of ours.
static enum ts_status own_status(const char *sqlstate)
{
    if (!sqlstate || strlen(sqlstate) != 5 || strncmp(sqlstate, "TS0", 3) != 0)
        return TS_OK;
    if (sqlstate[3] < '0' || sqlstate[3] > '9' || sqlstate[4] < '0' || sqlstate[4] > '9')
        return TS_OK;
    int number = (sqlstate[3] - '0') * 10 + sqlstate[4] - '0';
    return number <= TS_UNAUTHENTICATED ? (enum ts_status)number : TS_OK;
}

enum ts_status sqlstate_status(const char *sqlstate)
{
    enum ts_status own = own_status(sqlstate);
    return own != TS_OK ? own : find_row(sqlstate)->status;
}

static const char *field_text(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);
    return text ? text : "";
}

static void copy_refusal(const PGresult *result, enum ts_status status, struct ts_error *ret_error)
{
    const char *reason = field_text(result, PG_DIAG_CONSTRAINT_NAME);
    const char *field = field_text(result, PG_DIAG_COLUMN_NAME);
    const char *message = field_text(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *metadata = field_text(result, PG_DIAG_MESSAGE_DETAIL);
    if (field[0])
        error_violation(ret_error, field, "%s", message);
    // error_set drops violations: keep the one just made.
    struct ts_error with_field = *ret_error;
    error_set(ret_error, status, reason[0] ? reason : "REFUSED", "%s", message);
    if (field[0]) {
        ret_error->violation_count = with_field.violation_count;
        memcpy(ret_error->violations, with_field.violations, sizeof(with_field.violations));
    }
    // Half a JSON object is worse than none.
    if (metadata[0] == '{' && strlen(metadata) < sizeof(ret_error->metadata))
        strcpy(ret_error->metadata, metadata);
}

void sqlstate_read(const PGresult *result, struct ts_error *ret_error)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    enum ts_status own = own_status(sqlstate);
    memset(ret_error, 0, sizeof(*ret_error));
    if (own != TS_OK) {
        copy_refusal(result, own, ret_error);
        return;
    }
    const struct sqlstate_row *row = find_row(sqlstate);
    error_set(ret_error, row->status, row->reason, "%s", row->detail);
}

enum db_result_kind sqlstate_kind(const struct ts_error *error)
{
    if (error->status == TS_UNAVAILABLE)
        return DB_UNAVAILABLE;
    if (error->status == TS_UNKNOWN && strcmp(error->reason, "OUTCOME_UNKNOWN") == 0)
        return DB_UNKNOWN;
    return DB_REFUSED;
}

// The innermost "PL/pgSQL function lab.x(text) line 12 at ..." of the context up to "at": the rest may quote
// SQL.
static void function_line(const PGresult *result, char *ret_line, size_t size)
{
    static const char prefix[] = "PL/pgSQL function ";
    const char *start = strstr(field_text(result, PG_DIAG_CONTEXT), prefix);
    size_t length = 0;
    if (start) {
        start += sizeof(prefix) - 1;
        const char *end = strstr(start, " at ");
        length = end ? (size_t)(end - start) : strcspn(start, "\n");
    }
    snprintf(ret_line, size, "%.*s", (int)length, start ? start : "");
}

void sqlstate_log(const PGresult *result, const char *statement)
{
    char function[128];
    function_line(result, function, sizeof(function));
    log_write(LOG_ERROR, "statement_failed", "statement", statement, "sqlstate",
              field_text(result, PG_DIAG_SQLSTATE), "table", field_text(result, PG_DIAG_TABLE_NAME),
              "constraint", field_text(result, PG_DIAG_CONSTRAINT_NAME), "function", function, "source",
              field_text(result, PG_DIAG_SOURCE_FUNCTION), NULL);
}
