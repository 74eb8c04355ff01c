// SPDX-License-Identifier: Apache-2.0
// What became of a statement. "Unknown" is a result of its own: the write was sent, its commit was never
// acknowledged, and only the idempotency key can tell (docs/decisions/database.md).
#pragma once

#include "wire/error.h"
#include <libpq-fe.h>

enum db_result_kind {
    DB_DONE,        // committed; result holds the rows
    DB_REFUSED,     // the server answered with an error; nothing was changed; error tells
    DB_UNAVAILABLE, // surely not done: safe to retry; error is UNAVAILABLE or DEADLINE_EXCEEDED
    DB_UNKNOWN      // may or may not have been committed; error is UNKNOWN/OUTCOME_UNKNOWN
};

struct db_outcome {
    enum db_result_kind kind;
    const PGresult *result; // DB_DONE: rows in text format (bytea as hex: bytea_decode); else NULL. Valid
                            // during the call.
    struct ts_error error;  // status TS_OK for DB_DONE
};

// Called exactly once per ticket that was not orphaned, always from the loop, never from inside pool_submit.
// It may submit, orphan other tickets and close the pool. The ticket is gone when it is called.
typedef void db_done(void *context, const struct db_outcome *outcome);
