// SPDX-License-Identifier: Apache-2.0
// See pool_case.h.
#include "pool_case.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned case_answers;

const struct db_statement case_statements[CASE_COUNT] = {
    [CASE_ECHO] = {"echo", "select $1::text", 1, DB_READ, false},
    [CASE_NAP] = {"nap", "select $2::text from pg_sleep($1::float8)", 2, DB_READ, false},
    [CASE_SEARCH] = {"search", "select current_setting('plan_cache_mode')", 0, DB_SEARCH, false},
    [CASE_READ_PLAN] = {"read_plan", "select current_setting('plan_cache_mode')", 0, DB_READ, false},
    [CASE_BYTEA] = {"bytea", "select $1::bytea", 1, DB_READ, false},
    [CASE_BYTEAS] = {"byteas",
                     "select coalesce(string_agg(encode(b, 'hex'), '|' order by n), '') from "
                     "unnest($1::bytea[]) with ordinality u(b, n)",
                     1, DB_READ, false},
    [CASE_BIG] = {"big", "select repeat('x', $1::int)", 1, DB_READ, false},
    [CASE_PID] = {"pid", "select pg_backend_pid()", 0, DB_WRITE, false},
    [CASE_ADD] = {"add", "select db_test.add($1::bigint, 0)", 1, DB_WRITE, false},
    [CASE_ADD_SLOW] = {"add_slow", "select db_test.add($1::bigint, $2::float8)", 2, DB_WRITE, false},
    [CASE_DEFERRED] = {"deferred", "insert into db_test.child values ($1::bigint) returning parent", 1,
                       DB_WRITE, false},
    [CASE_REFUSE] = {"refuse", "select db_test.refuse()", 0, DB_WRITE, false},
    [CASE_BREAK] = {"break", "insert into db_test.ledger values ($1::bigint) returning id", 1, DB_WRITE,
                    false},
    [CASE_WARN] = {"warn", "select db_test.warn()", 0, DB_WRITE, false},
    [CASE_REPORT] = {"report", "select $1::text from pg_sleep($2::float8)", 2, DB_SLOW, true},
    [CASE_PLAN] = {"plan", "select * from db_test.shape", 0, DB_SLOW, true},
};

void case_prepare_database(const struct fixture *fixture)
{
    fixture_sql(
        fixture,
        "create schema db_test authorization touchstone_owner; set role touchstone_owner;"
        "create table db_test.ledger(id bigint primary key);"
        "create table db_test.parent(id bigint primary key);"
        "create table db_test.shape(a int);"
        "create table db_test.child(parent bigint references db_test.parent deferrable initially deferred);"
        "create function db_test.add(i bigint, pause float8) returns bigint language plpgsql as $$ begin "
        "if pause > 0 then perform pg_sleep(pause); end if; insert into db_test.ledger values (i); "
        "return i; end $$;"
        "create function db_test.refuse() returns void language plpgsql as $$ begin raise exception using "
        "errcode = 'TS010', constraint = 'VERSION_STALE', column = 'item.version', "
        "message = 'somebody was faster', detail = '{\"current\":\"7\"}'; end $$;"
        "create function db_test.warn() returns void language plpgsql as $$ begin raise warning "
        "'canceling wait for synchronous replication due to user request'; end $$;");
}

static void on_ready(void *context, bool ready)
{
    struct case_pool *under = context;
    under->ready = ready;
}

static bool is_ready(void *context)
{
    struct case_pool *under = context;
    assert_int_equal(under->ready, pool_is_ready(under->pool));
    return under->ready;
}

void case_await_ready(struct case_pool *under)
{
    // While a server recovers, readiness may be gone again before this returns.
    fixture_run_until(&under->loop, is_ready, under);
}

static void set_default(uint64_t *number, uint64_t value)
{
    *number = *number ? *number : value;
}

void case_open(struct case_pool *under, const struct fixture *fixture, struct db_pool_config config)
{
    case_open_with(under, fixture, config, case_statements, CASE_COUNT);
}

void case_open_with(struct case_pool *under, const struct fixture *fixture, struct db_pool_config config,
                    const struct db_statement *statements, size_t count)
{
    struct ts_error error = {0};
    memset(under, 0, sizeof(*under));
    case_answers = 0;
    assert_int_equal(uv_loop_init(&under->loop), 0);
    if (!config.conninfo)
        config.conninfo = private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER);
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        config.sizes[i].connections = config.sizes[i].connections ? config.sizes[i].connections : 1;
    set_default(&config.retry_min_ms, 2);
    set_default(&config.retry_max_ms, 100);
    config.ready_changed = on_ready;
    config.ready_context = under;
    under->pool = pool_create(&under->loop, &config, statements, count, &error);
    if (!under->pool)
        fail_msg("%s: %s", error.reason, error.detail);
    case_await_ready(under);
}

static void on_closed(void *context)
{
    ((struct case_pool *)context)->closed = true;
}

void case_close(struct case_pool *under)
{
    pool_close(under->pool, on_closed, under);
    fixture_close_loop(&under->loop);
    assert_true(under->closed);
}

void case_fill(void *context, const struct db_outcome *outcome)
{
    struct answer *answer = context;
    assert_false(answer->done); // once and never again
    answer->done = true;
    answer->kind = outcome->kind;
    answer->error = outcome->error;
    answer->order = ++case_answers;
    if (outcome->kind == DB_DONE && PQntuples(outcome->result) > 0 && PQnfields(outcome->result) > 0)
        snprintf(answer->text, sizeof(answer->text), "%s", PQgetvalue(outcome->result, 0, 0));
    assert_true((outcome->kind == DB_DONE) == (outcome->error.status == TS_OK));
}

struct db_ticket *case_submit(struct case_pool *under, enum case_statement statement, const char *first,
                              const char *second, uint64_t timeout_ms, struct answer *answer)
{
    const struct db_value values[] = {value_text(first), value_text(second)};
    struct ts_error error = {0};
    uv_update_time(&under->loop);
    uint64_t deadline = timeout_ms ? uv_now(&under->loop) + timeout_ms : 0;
    memset(answer, 0, sizeof(*answer));
    struct db_ticket *ticket =
        pool_submit(under->pool, statement, values, deadline, case_fill, answer, &error);
    if (!ticket)
        answer->error = error;
    return ticket;
}

static bool is_done(void *context)
{
    return ((struct answer *)context)->done;
}

void case_await(struct case_pool *under, struct answer *answer)
{
    fixture_run_until(&under->loop, is_done, answer);
}

void case_call(struct case_pool *under, enum case_statement statement, const char *first, const char *second,
               enum db_result_kind kind, struct answer *answer)
{
    if (!case_submit(under, statement, first, second, 0, answer))
        fail_msg("%s: %s", answer->error.reason, answer->error.detail);
    case_await(under, answer);
    if (answer->kind != kind)
        fail_msg("kind %d instead of %d: %s %s", (int)answer->kind, (int)kind, answer->error.reason,
                 answer->error.detail);
}
