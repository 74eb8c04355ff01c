// SPDX-License-Identifier: Apache-2.0
// A pool under test: its loop, the statements of tests/unit/db and answers that remember themselves.
#pragma once

#include "db/pool.h"
#include "fixture.h"

enum case_statement {
    CASE_ECHO,      // read: $1 text -> $1
    CASE_NAP,       // read: sleeps $1 seconds, then gives $2
    CASE_SEARCH,    // search: its plan_cache_mode
    CASE_READ_PLAN, // read: its plan_cache_mode
    CASE_BYTEA,     // read: $1 bytea -> itself
    CASE_BYTEAS,    // read: $1 bytea[] -> its elements in hex, joined by |
    CASE_BIG,       // read: $1 times a character
    CASE_PID,       // write: its backend's process id
    CASE_ADD,       // write: inserts $1 into ledger
    CASE_ADD_SLOW,  // write: sleeps $2 seconds, then the same
    CASE_DEFERRED,  // write: breaks a deferred constraint
    CASE_REFUSE,    // write: TS010 with everything
    CASE_BREAK,     // write: a constraint error that quotes a value
    CASE_WARN,      // write: warns as a cancelled wait for a standby does
    CASE_REPORT,    // slow, read only
    CASE_PLAN,      // slow: select * from a table that tests alter
    CASE_COUNT
};

extern const struct db_statement case_statements[CASE_COUNT];

struct case_pool {
    uv_loop_t loop;
    struct db_pool *pool;
    bool ready, closed;
};

struct answer {
    bool done;
    enum db_result_kind kind;
    struct ts_error error;
    char text[128]; // first value
    unsigned order; // 1 for the first answer of all
};

extern unsigned case_answers; // counts answers for order

// Tables and functions the statements use, in a fresh cluster.
void case_prepare_database(const struct fixture *fixture);
// Small and quick by default; set sizes and times in config, conninfo NULL = the fixture's. Waits until
// ready.
void case_open(struct case_pool *under, const struct fixture *fixture, struct db_pool_config config);
// The same with other statements.
void case_open_with(struct case_pool *under, const struct fixture *fixture, struct db_pool_config config,
                    const struct db_statement *statements, size_t count);
// Closes pool and loop (with 0).
void case_close(struct case_pool *under);

// Submits with text values and an answer to fill.
struct db_ticket *case_submit(struct case_pool *under, enum case_statement statement, const char *first,
                              const char *second, uint64_t timeout_ms, struct answer *answer);
// Waits for an answer.
void case_await(struct case_pool *under, struct answer *answer);
void case_await_ready(struct case_pool *under);
// Submits, waits, and wants that kind.
void case_call(struct case_pool *under, enum case_statement statement, const char *first, const char *second,
               enum db_result_kind kind, struct answer *answer);
void case_fill(void *answer, const struct db_outcome *outcome);
