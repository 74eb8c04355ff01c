// SPDX-License-Identifier: Apache-2.0
// The one table that turns an SQLSTATE into a status. Refusals of the SQL functions ('TS0nn') carry reason,
// field, text and metadata in the error's CONSTRAINT, COLUMN, MESSAGE and DETAIL; of any other error nothing
// reaches the caller but a status, because texts of the database can hold values of rows.
#pragma once

#include "db/outcome.h"
#include <libpq-fe.h>

struct ts_error;

// Fills *ret_error from an error result. Never fails: what is not in the table becomes
// INTERNAL/DATABASE_ERROR.
void sqlstate_read(const PGresult *result, struct ts_error *ret_error);
// Status of a five-character code alone.
enum ts_status sqlstate_status(const char *sqlstate);
// How an error answered by the server ends the ticket: DB_REFUSED, DB_UNAVAILABLE or DB_UNKNOWN.
enum db_result_kind sqlstate_kind(const struct ts_error *error);
// One log record for an unexpected error: statement, SQLSTATE, table, constraint, SQL function and line; no
// values.
void sqlstate_log(const PGresult *result, const char *statement);
