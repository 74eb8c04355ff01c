// SPDX-License-Identifier: Apache-2.0
// The line cut after a stated byte of a pipelined session: reads on one connection, writes with keys on
// another, all sent at once. Whatever byte it is, every call is answered exactly once, nothing hangs, the
// answers agree with the ledger in the database, and asking again by key does nothing twice.
//
// TOUCHSTONE_CUT_STEP: 1 cuts after every byte (tests/long), the default after one of so many.
#include "cut_line.h"
#include "pool_case.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_READ, STATEMENT_ONCE, STATEMENT_REFUSED, STATEMENT_COUNT };
enum { CONNECTION_READS, CONNECTION_WRITES, CONNECTION_COUNT }; // in the order in which the pool makes them

static const struct db_statement statements[STATEMENT_COUNT] = {
    [STATEMENT_READ] = {"read", "select $1::text", 1, DB_READ, false},
    [STATEMENT_ONCE] = {"once", "select db_test.once($1::bigint, $2::int)", 2, DB_WRITE, false},
    [STATEMENT_REFUSED] = {"refused", "select db_test.refuse()", 0, DB_WRITE, false},
};

static const int script[] = {STATEMENT_READ, STATEMENT_ONCE,    STATEMENT_READ,
                             STATEMENT_ONCE, STATEMENT_REFUSED, STATEMENT_ONCE,
                             STATEMENT_READ, STATEMENT_ONCE,    STATEMENT_READ};

enum {
    CALLS = sizeof(script) / sizeof(script[0]),
    ATTEMPTS_MAX = 8,
    STEP_DEFAULT = 31,
    SILENT_STEP_TIMES = 8, // each of them waits for deadlines
    SILENT_DEADLINE_MS = 40,
    CUT_TRIES = 4,
    FIRST_KEY = 10000000 // all of eight digits: every session has as many bytes
};

struct call {
    long key;
    int statement;
    unsigned attempt;                           // from 1
    enum db_result_kind told[ATTEMPTS_MAX + 1]; // by attempt
    struct answer answer;
};

struct session {
    struct case_pool under;
    struct cut_line *line;
    struct call calls[CALLS];
};

// Over all sessions of one sweep.
struct sweep {
    const struct fixture *fixture;
    char directory[256];
    long first_key, next_key;
    unsigned cuts, told[4], unknown_done;
    unsigned char *attempt_of; // by key: the attempt that did it, as answered
    size_t attempts_size;
};

static void prepare_database(const struct fixture *fixture)
{
    // No key is unique in the ledger: what is done twice stands there twice.
    fixture_sql(fixture,
                "set role touchstone_owner;"
                "create table db_test.first(key bigint primary key, attempt int not null);"
                "create table db_test.acts(key bigint not null, attempt int not null);"
                "create function db_test.once(k bigint, a int) returns text language plpgsql as $$ "
                "declare doer int; begin insert into db_test.first values (k, a) on conflict do "
                "nothing; if found then insert into db_test.acts values (k, a); end if; select "
                "attempt into strict doer from db_test.first where key = k; return k || ':' || doer; "
                "end $$;");
}

static void on_ready(void *context, bool ready)
{
    ((struct case_pool *)context)->ready = ready;
}

static void open_session(struct session *session, struct sweep *sweep, const struct cut_plan *plan)
{
    char conninfo[400];
    struct ts_error error = {0};
    memset(session, 0, sizeof(*session));
    assert_int_equal(uv_loop_init(&session->under.loop), 0);
    session->line = cut_line_open(&session->under.loop, sweep->fixture, sweep->directory, plan);
    snprintf(conninfo, sizeof(conninfo), "host=%s dbname=touchstone user=touchstone_owner", sweep->directory);
    const struct db_pool_config config = {
        .conninfo = conninfo,
        .sizes = {[DB_READ] = {1, 8}, [DB_WRITE] = {1, 8}},
        .connect_timeout_ms = plan->manner == CUT_SILENT ? 250 : 0,
        .retry_min_ms = 1,
        .retry_max_ms = 1,
        .outage_grace_ms = 5000,
        .commit_grace_ms = plan->manner == CUT_SILENT ? 20 : 0,
        .ready_changed = on_ready,
        .ready_context = &session->under,
    };
    session->under.pool = pool_create(&session->under.loop, &config, statements, STATEMENT_COUNT, &error);
    assert_non_null(session->under.pool);
    case_await_ready(&session->under);
}

static void on_pool_closed(void *context)
{
    struct session *session = context;
    session->under.closed = true;
    cut_line_close(session->line);
}

static void close_session(struct session *session)
{
    pool_close(session->under.pool, on_pool_closed, session);
    fixture_close_loop(&session->under.loop);
    assert_true(session->under.closed);
}

// False when the pool takes no calls just now.
static bool submit(struct session *session, struct call *call, uint64_t timeout_ms)
{
    char key[24], attempt[8];
    struct ts_error error = {0};
    snprintf(key, sizeof(key), "%ld", call->key);
    snprintf(attempt, sizeof(attempt), "%u", call->attempt + 1);
    const struct db_value values[] = {value_text(key), value_text(attempt)};
    uv_update_time(&session->under.loop);
    uint64_t deadline = timeout_ms ? uv_now(&session->under.loop) + timeout_ms : 0;
    memset(&call->answer, 0, sizeof(call->answer));
    if (!pool_submit(session->under.pool, (size_t)call->statement, values, deadline, case_fill, &call->answer,
                     &error)) {
        assert_int_equal(error.status, TS_UNAVAILABLE);
        return false;
    }
    call->attempt++;
    return true;
}

static bool all_answered(void *context)
{
    const struct session *session = context;
    for (int i = 0; i < CALLS; i++)
        if (!session->calls[i].answer.done)
            return false;
    return true;
}

static enum db_result_kind wanted(const struct call *call)
{
    return call->statement == STATEMENT_REFUSED ? DB_REFUSED : DB_DONE;
}

// The answer to a write names the attempt that did it: that one was not told "surely not done".
static void check_done(struct sweep *sweep, struct call *call)
{
    char *end = NULL;
    if (call->statement != STATEMENT_ONCE) {
        if (call->statement == STATEMENT_READ)
            assert_int_equal(strtol(call->answer.text, &end, 10), call->key);
        return;
    }
    assert_int_equal(strtol(call->answer.text, &end, 10), call->key);
    assert_int_equal(*end, ':');
    long by = strtol(end + 1, &end, 10);
    assert_in_range(by, 1, call->attempt);
    if (by < call->attempt) {
        assert_int_equal(call->told[by], DB_UNKNOWN);
        sweep->unknown_done++;
    }
    sweep->attempt_of[call->key - sweep->first_key] = (unsigned char)by;
}

static void check_answer(struct sweep *sweep, struct call *call)
{
    enum db_result_kind kind = call->answer.kind;
    call->told[call->attempt] = kind;
    sweep->told[kind]++;
    if (kind == wanted(call))
        check_done(sweep, call);
    else if (kind == DB_UNKNOWN)
        assert_int_not_equal(call->statement, STATEMENT_READ);
    else
        assert_int_equal(kind, DB_UNAVAILABLE);
}

static void ask_again(struct session *session, struct sweep *sweep, struct call *call)
{
    while (call->answer.kind != wanted(call)) {
        assert_in_range(call->attempt, 1, ATTEMPTS_MAX - 1);
        case_await_ready(&session->under);
        if (!submit(session, call, 0))
            continue;
        case_await(&session->under, &call->answer);
        check_answer(sweep, call);
    }
}

static void run_script(struct session *session, struct sweep *sweep, uint64_t timeout_ms)
{
    for (int i = 0; i < CALLS; i++) {
        struct call *call = &session->calls[i];
        call->statement = script[i];
        call->key = sweep->next_key++;
        assert_in_range(call->key - sweep->first_key, 0, sweep->attempts_size - 1);
        assert_true(submit(session, call, timeout_ms));
    }
    fixture_run_until(&session->under.loop, all_answered, session);
    for (int i = 0; i < CALLS; i++)
        check_answer(sweep, &session->calls[i]);
    for (int i = 0; i < CALLS; i++)
        ask_again(session, sweep, &session->calls[i]);
}

// On a busy machine deadlines may give a silent session up before it has come so far: then once more.
static void cut_once(struct sweep *sweep, const struct cut_plan *plan)
{
    bool is_cut = false;
    for (int i = 0; i < CUT_TRIES && !is_cut; i++) {
        struct session session;
        open_session(&session, sweep, plan);
        run_script(&session, sweep, plan->manner == CUT_SILENT ? SILENT_DEADLINE_MS : 0);
        is_cut = cut_line_is_cut(session.line);
        close_session(&session);
    }
    sweep->cuts += is_cut;
}

typedef size_t session_bytes[CONNECTION_COUNT][CUT_DIRECTION_COUNT];

// From the first byte of connecting to the last byte of the last answer.
static void count_bytes(struct sweep *sweep, session_bytes ret_bytes)
{
    struct session session;
    open_session(&session, sweep, &(struct cut_plan){.manner = CUT_NOT});
    run_script(&session, sweep, 0);
    for (unsigned i = 0; i < CONNECTION_COUNT; i++)
        for (unsigned d = 0; d < CUT_DIRECTION_COUNT; d++)
            ret_bytes[i][d] = cut_line_passed(session.line, i, (enum cut_direction)d);
    close_session(&session);
    for (int i = 0; i < CALLS; i++)
        assert_int_equal(session.calls[i].attempt, 1);
}

static bool backends_are_gone(const struct fixture *fixture)
{
    return fixture_number(fixture, "select count(*) from pg_stat_activity where application_name = "
                                   "'touchstoned'") == 0;
}

static void check_ledger(const struct sweep *sweep)
{
    char sql[160];
    unsigned acts = 0;
    while (!backends_are_gone(sweep->fixture))
        ;
    PGconn *connection =
        PQconnectdb(private_cluster_conninfo(sweep->fixture->cluster, PRIVATE_CLUSTER_OWNER));
    snprintf(sql, sizeof(sql), "select key - %ld, attempt from db_test.acts where key >= %ld and key < %ld",
             sweep->first_key, sweep->first_key, sweep->next_key);
    PGresult *rows = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(rows); i++)
        assert_int_equal(sweep->attempt_of[strtol(PQgetvalue(rows, i, 0), NULL, 10)],
                         strtol(PQgetvalue(rows, i, 1), NULL, 10));
    for (size_t i = 0; i < sweep->attempts_size; i++)
        acts += sweep->attempt_of[i] > 0;
    // As many rows as keys, each key's own attempt: each once.
    assert_int_equal(PQntuples(rows), acts);
    PQclear(rows);
    PQfinish(connection);
}

static void open_sweep(struct sweep *sweep, const struct fixture *fixture, long first_key)
{
    memset(sweep, 0, sizeof(*sweep));
    sweep->fixture = fixture;
    sweep->first_key = sweep->next_key = first_key;
    sweep->attempts_size = 1000000;
    sweep->attempt_of = calloc(sweep->attempts_size, 1);
    assert_non_null(sweep->attempt_of);
    fixture_make_directory(sweep->directory, sizeof(sweep->directory), "");
}

static void close_sweep(struct sweep *sweep)
{
    fixture_remove_directory(sweep->directory);
    free(sweep->attempt_of);
}

static size_t step_size(void)
{
    const char *step = getenv("TOUCHSTONE_CUT_STEP");
    return step ? (size_t)strtoul(step, NULL, 10) : STEP_DEFAULT;
}

// Cuts after 0, step, 2 step ... and after the last byte of each connection and direction.
static unsigned cut_everywhere(struct sweep *sweep, enum cut_manner manner, size_t step, session_bytes bytes)
{
    unsigned planned = 0;
    for (unsigned i = 0; i < CONNECTION_COUNT; i++)
        for (unsigned d = 0; d < CUT_DIRECTION_COUNT; d++)
            for (size_t at = 0; at <= bytes[i][d]; planned++) {
                const struct cut_plan plan = {manner, i, (enum cut_direction)d, at};
                cut_once(sweep, &plan);
                at = at < bytes[i][d] && at + step > bytes[i][d] ? bytes[i][d] : at + step;
            }
    return planned;
}

static void sweep_over_session(const struct fixture *fixture, enum cut_manner manner, size_t step,
                               long first_key)
{
    struct sweep sweep;
    session_bytes bytes;
    open_sweep(&sweep, fixture, first_key);
    count_bytes(&sweep, bytes);
    unsigned planned = cut_everywhere(&sweep, manner, step, bytes);
    check_ledger(&sweep);
    fprintf(
        stderr,
        "%s: a session of %zu bytes up and %zu down on the read, %zu up and %zu down on the write "
        "connection; %u cuts, %u calls each; told done %u, refused %u, unavailable %u, unknown %u of which "
        "%u were done\n",
        manner == CUT_SILENT ? "silent" : "closed", bytes[0][0], bytes[0][1], bytes[1][0], bytes[1][1],
        sweep.cuts, CALLS, sweep.told[DB_DONE], sweep.told[DB_REFUSED], sweep.told[DB_UNAVAILABLE],
        sweep.told[DB_UNKNOWN], sweep.unknown_done);
    assert_int_equal(sweep.cuts, planned);
    assert_true(sweep.told[DB_UNAVAILABLE] > 0);
    assert_true(sweep.unknown_done > 0 && sweep.told[DB_UNKNOWN] > sweep.unknown_done);
    close_sweep(&sweep);
}

static void
test_cut_after_any_byte_of_a_pipelined_session_each_call_is_answered_once_and_done_once(void **state)
{
    sweep_over_session(*state, CUT_CLOSED, step_size(), FIRST_KEY);
}

static void
test_silent_after_any_byte_of_a_pipelined_session_nothing_hangs_and_nothing_is_done_twice(void **state)
{
    sweep_over_session(*state, CUT_SILENT, SILENT_STEP_TIMES * step_size(), 2 * FIRST_KEY);
}

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture);
    case_prepare_database(&fixture);
    prepare_database(&fixture);
    *state = &fixture;
    return 0;
}

static int close_fixture(void **state)
{
    fixture_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_cut_after_any_byte_of_a_pipelined_session_each_call_is_answered_once_and_done_once),
        cmocka_unit_test(
            test_silent_after_any_byte_of_a_pipelined_session_nothing_hangs_and_nothing_is_done_twice),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
