// SPDX-License-Identifier: Apache-2.0
// A statement the daemon runs: one row of the table made at build from server/sql and the method list.
// Every statement is prepared once per connection of its class and afterwards only executed.
// The table is constant and outlives the pool.
#pragma once

#include <stdbool.h>

// Which connections run a statement (docs/decisions/database.md).
enum db_class {
    DB_READ,   // few connections, many in flight, generic plans
    DB_SEARCH, // LIKE and trigram searches: automatic plans
    DB_WRITE,  // commits queue behind each other inside a connection: many connections, few in flight
    DB_SLOW,   // reports, exports, bulk: must never stand before the others
    DB_CLASS_COUNT
};

struct db_statement {
    const char *name; // name of the prepared statement, unique in the table
    const char *sql;  // schema-qualified; parameters $1..$n
    int parameter_count;
    enum db_class class;
    // Only looked at for DB_SLOW: a lost read is "unavailable", a lost write is "unknown".
    // DB_READ and DB_SEARCH are always read only in this sense, DB_WRITE never is.
    bool read_only;
};
