// SPDX-License-Identifier: Apache-2.0
// The pool when PostgreSQL or the line fails: killed backends, a killed postmaster, a frozen one, connections
// cut after any byte. A ledger in the database says what really happened; the pool's answers must agree with
// it.
#include "db/gauges.h"
#include "pool_case.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void kill_backend(const struct fixture *fixture, const char *pid, bool hard)
{
    char sql[192];
    if (hard) {
        kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
        return;
    }
    snprintf(sql, sizeof(sql), "select pg_terminate_backend(%s)", pid);
    fixture_sql(fixture, sql);
}

static void await_busy(const struct fixture *fixture)
{
    while (fixture_number(fixture, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'") == 0)
        ;
}

static bool lost_one(void *context)
{
    struct db_gauges gauges;
    pool_read_gauges(context, &gauges);
    return gauges.connections_lost > 0;
}

static void test_a_terminated_backend_leaves_the_head_unknown_and_the_rest_safe(void **state)
{
    struct case_pool under;
    struct answer pid, head, behind, waiting;
    struct db_pool_config config = {.sizes = {[DB_WRITE] = {1, 2}}, .outage_grace_ms = 5000};
    case_open(&under, *state, config);
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &pid);
    case_submit(&under, CASE_ADD_SLOW, "2001", "10", 0, &head);
    case_submit(&under, CASE_ADD, "2002", NULL, 0, &behind);
    case_submit(&under, CASE_ADD, "2003", NULL, 0, &waiting);
    await_busy(*state);
    kill_backend(*state, pid.text, false);
    case_await(&under, &behind);
    assert_int_equal(head.kind, DB_UNKNOWN);
    // The server's last word came while the head ran: the one behind it never began.
    assert_int_equal(behind.kind, DB_UNAVAILABLE);
    // The third was never sent: it waits for the next connection.
    case_await(&under, &waiting);
    assert_int_equal(waiting.kind, DB_DONE);
    assert_int_equal(
        fixture_number(*state, "select count(*) from db_test.ledger where id between 2001 and 2003"), 1);
    case_close(&under);
}

static void test_a_lost_read_is_unavailable_and_never_unknown(void **state)
{
    struct case_pool under;
    struct answer read, report;
    struct db_gauges gauges;
    case_open(&under, *state, (struct db_pool_config){0});
    case_submit(&under, CASE_NAP, "10", "x", 0, &read);
    case_submit(&under, CASE_REPORT, "x", "10", 0, &report);
    await_busy(*state);
    fixture_sql(
        *state,
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' and pid <> "
        "pg_backend_pid()");
    case_await(&under, &read);
    case_await(&under, &report);
    assert_int_equal(read.kind, DB_UNAVAILABLE);
    assert_int_equal(report.kind, DB_UNAVAILABLE);
    pool_read_gauges(under.pool, &gauges);
    assert_int_equal(gauges.answers_unknown, 0);
    case_close(&under);
}

static void test_an_idle_connection_that_dies_is_replaced(void **state)
{
    struct case_pool under;
    struct answer pid, again;
    case_open(&under, *state, (struct db_pool_config){0});
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &pid);
    kill_backend(*state, pid.text, false);
    fixture_run_until(&under.loop, lost_one, under.pool);
    case_await_ready(&under);
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &again);
    assert_string_not_equal(pid.text, again.text);
    case_close(&under);
}

static void test_kill_9_of_a_backend_is_survived_by_all_connections(void **state)
{
    struct case_pool under;
    struct answer pid, write, again = {.kind = DB_UNKNOWN};
    struct db_pool_config config = {.sizes = {[DB_READ] = {3, 4}, [DB_WRITE] = {3, 2}}};
    case_open(&under, *state, config);
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &pid);
    case_submit(&under, CASE_ADD_SLOW, "2011", "10", 0, &write);
    await_busy(*state);
    // The postmaster ends every backend and recovers.
    kill_backend(*state, pid.text, true);
    case_await(&under, &write);
    assert_int_equal(write.kind, DB_UNKNOWN);
    case_await_ready(&under);
    // Other connections may be found dead only when they are used.
    for (int number = 2012; number < 2100 && again.kind != DB_DONE; number++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", number);
        case_await_ready(&under);
        if (case_submit(&under, CASE_ADD, text, NULL, 0, &again))
            case_await(&under, &again);
        else
            again.kind = DB_UNAVAILABLE;
    }
    assert_int_equal(again.kind, DB_DONE);
    assert_int_equal(fixture_number(*state, "select count(*) from db_test.ledger where id = 2011"), 0);
    case_close(&under);
}

static void test_kill_9_of_the_postmaster_under_load_heals_itself(void **state)
{
    struct fixture *fixture = *state;
    struct case_pool under;
    struct answer write, again;
    struct ts_error error;
    case_open(&under, fixture, (struct db_pool_config){0});
    assert_true(private_cluster_supervise(fixture->cluster, &under.loop, &error));
    case_submit(&under, CASE_ADD_SLOW, "2021", "10", 0, &write);
    await_busy(fixture);
    kill(private_cluster_pid(fixture->cluster), SIGKILL);
    case_await(&under, &write);
    assert_int_equal(write.kind, DB_UNKNOWN);
    case_await_ready(&under);
    case_call(&under, CASE_ADD, "2023", NULL, DB_DONE, &again);
    private_cluster_unsupervise(fixture->cluster);
    case_close(&under);
}

static bool is_not_ready(void *context)
{
    return !((struct case_pool *)context)->ready;
}

static void test_a_database_away_refuses_after_the_grace(void **state)
{
    struct fixture *fixture = *state;
    struct case_pool under;
    struct answer queued, refused, again;
    struct db_pool_config config = {.outage_grace_ms = 100};
    case_open(&under, fixture, config);
    struct db_cluster_config cluster = {.state_dir = fixture->directory, .shared_buffers_mb = 32};
    private_cluster_close(fixture->cluster);
    fixture_run_until(&under.loop, is_not_ready, &under);
    assert_non_null(case_submit(&under, CASE_ADD, "2031", NULL, 0, &queued));
    case_await(&under, &queued);
    assert_int_equal(queued.kind, DB_UNAVAILABLE);
    assert_int_equal(queued.error.status, TS_UNAVAILABLE);
    assert_null(case_submit(&under, CASE_ADD, "2032", NULL, 0, &refused));
    assert_int_equal(refused.error.status, TS_UNAVAILABLE);
    struct ts_error error = {0};
    fixture->cluster = private_cluster_open(&cluster, DB_CLUSTER_SERVE, &error);
    assert_non_null(fixture->cluster);
    case_await_ready(&under);
    case_call(&under, CASE_ADD, "2033", NULL, DB_DONE, &again);
    assert_int_equal(
        fixture_number(fixture, "select count(*) from db_test.ledger where id between 2031 and 2033"), 1);
    case_close(&under);
}

static void test_a_frozen_backend_costs_time_but_no_truth(void **state)
{
    struct case_pool under;
    struct answer pid, frozen, again;
    struct db_pool_config config = {.commit_grace_ms = 50};
    case_open(&under, *state, config);
    case_call(&under, CASE_PID, NULL, NULL, DB_DONE, &pid);
    kill((pid_t)strtol(pid.text, NULL, 10), SIGSTOP);
    case_submit(&under, CASE_ADD, "2041", NULL, 50, &frozen);
    case_await(&under, &frozen);
    assert_int_equal(frozen.kind, DB_UNKNOWN);
    fixture_run_until(&under.loop, lost_one, under.pool);
    case_await_ready(&under);
    case_call(&under, CASE_ADD, "2042", NULL, DB_DONE, &again);
    // It wakes, finds its work in the socket and commits it: unknown was the truth.
    kill((pid_t)strtol(pid.text, NULL, 10), SIGCONT);
    case_close(&under);
}

// The proxy of tests/support between pool and server.
struct proxy {
    pid_t pid;
    int input, output;
    char directory[256], conninfo[400];
};

static void proxy_read_line(const struct proxy *proxy, char *line, size_t size)
{
    size_t length = 0;
    while (length + 1 < size && read(proxy->output, line + length, 1) == 1 && line[length] != '\n')
        length++;
    line[length] = 0;
}

static void proxy_open(struct proxy *proxy, const struct fixture *fixture, const char *const *mode)
{
    char listen[320], target[512], line[400];
    const char *argv[12] = {"/usr/bin/python3", TEST_CHAOS_PROXY, listen, target};
    int in[2], out[2];
    const char *host = strchr(private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER), '\'') + 1;
    for (size_t i = 0; mode[i]; i++)
        argv[4 + i] = mode[i];
    fixture_make_directory(proxy->directory, sizeof(proxy->directory), "");
    snprintf(listen, sizeof(listen), "unix:%s/.s.PGSQL.5432", proxy->directory);
    snprintf(target, sizeof(target), "unix:%.*s/.s.PGSQL.5432", (int)strcspn(host, "'"), host);
    snprintf(proxy->conninfo, sizeof(proxy->conninfo),
             "host=%s port=5432 dbname=touchstone user=touchstone_owner", proxy->directory);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    proxy->pid = fork();
    assert_true(proxy->pid >= 0);
    if (proxy->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]); // our end: its stdin must end with us
        close(out[0]);
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    proxy->input = in[1];
    proxy->output = out[0];
    proxy_read_line(proxy, line, sizeof(line));
    if (strncmp(line, "listening", 9) != 0)
        fail_msg("proxy: %s", line);
}

static void proxy_close(struct proxy *proxy)
{
    close(proxy->input);
    waitpid(proxy->pid, NULL, 0);
    close(proxy->output);
    fixture_remove_directory(proxy->directory);
}

#define CUT_ACTS_MAX 20000

// Inserts one number after the other, whatever happens, and remembers what it was told.
struct cutting {
    struct case_pool under;
    uv_timer_t again;
    uv_poll_t swept_poll;
    const struct proxy *proxy;
    bool swept, over;
    unsigned next, first;
    enum db_result_kind told[CUT_ACTS_MAX];
    bool there[CUT_ACTS_MAX]; // in the ledger
};

static void cut_submit(struct cutting *cutting);

static void on_again(uv_timer_t *timer)
{
    cut_submit(timer->data);
}

static void cut_done(void *context, const struct db_outcome *outcome)
{
    struct cutting *cutting = context;
    cutting->told[cutting->next++] = outcome->kind;
    uv_timer_start(&cutting->again, on_again, 1, 0);
}

static void cut_submit(struct cutting *cutting)
{
    char number[16];
    struct ts_error error;
    if (cutting->swept || cutting->next + 1 >= CUT_ACTS_MAX) {
        cutting->over = true;
        return;
    }
    snprintf(number, sizeof(number), "%u", cutting->first + cutting->next);
    const struct db_value values[] = {value_text(number)};
    if (!pool_submit(cutting->under.pool, 0, values, 0, cut_done, cutting, &error))
        uv_timer_start(&cutting->again, on_again, 1, 0);
}

static void on_proxy_line(uv_poll_t *poll, int status, int events)
{
    struct cutting *cutting = poll->data;
    char line[64];
    (void)status;
    (void)events;
    proxy_read_line(cutting->proxy, line, sizeof(line));
    cutting->swept = true;
    uv_poll_stop(poll);
}

static bool cutting_is_over(void *context)
{
    return ((struct cutting *)context)->over;
}

static void read_ledger(struct cutting *cutting, const struct fixture *fixture)
{
    char sql[128];
    PGconn *connection = PQconnectdb(private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER));
    snprintf(sql, sizeof(sql), "select id - %u from db_test.ledger where id between %u and %u",
             cutting->first, cutting->first, cutting->first + CUT_ACTS_MAX - 1);
    PGresult *rows = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(rows); i++)
        cutting->there[strtol(PQgetvalue(rows, i, 0), NULL, 10)] = true;
    PQclear(rows);
    PQfinish(connection);
}

static void check_against_the_ledger(struct cutting *cutting, const struct fixture *fixture)
{
    unsigned counts[4] = {0}, unknown_done = 0;
    read_ledger(cutting, fixture);
    for (unsigned i = 0; i < cutting->next; i++) {
        counts[cutting->told[i]]++;
        if (cutting->told[i] == DB_UNKNOWN)
            unknown_done += cutting->there[i]; // either is true
        else
            assert_int_equal(cutting->there[i], cutting->told[i] == DB_DONE);
    }
    printf("done %u, unavailable %u, unknown %u of which were done %u\n", counts[DB_DONE],
           counts[DB_UNAVAILABLE], counts[DB_UNKNOWN], unknown_done);
    assert_int_equal(counts[DB_REFUSED], 0);
    assert_true(counts[DB_DONE] > 0 && counts[DB_UNKNOWN] > 0);
}

static void cut_start(struct cutting *cutting, struct proxy *proxy, const struct fixture *fixture,
                      const char *sweep)
{
    char line[128];
    assert_int_equal(write(proxy->input, sweep, strlen(sweep)), strlen(sweep));
    proxy_read_line(proxy, line, sizeof(line));
    assert_memory_equal(line, "mode", 4);
    // From here every new connection is cut: end the one that was made before.
    fixture_sql(
        fixture,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'touchstoned'");
    uv_timer_init(&cutting->under.loop, &cutting->again);
    uv_poll_init(&cutting->under.loop, &cutting->swept_poll, proxy->output);
    cutting->again.data = cutting->swept_poll.data = cutting;
    uv_poll_start(&cutting->swept_poll, UV_READABLE, on_proxy_line);
    cut_submit(cutting);
}

static void cut_in_direction(const struct fixture *fixture, const char *sweep, unsigned numbers)
{
    static struct cutting cutting;
    static const char *const pass[] = {"pass", NULL};
    struct proxy proxy;
    memset(&cutting, 0, sizeof(cutting));
    proxy_open(&proxy, fixture, pass);
    cutting.proxy = &proxy;
    cutting.first = numbers;
    struct db_pool_config config = {
        .conninfo = proxy.conninfo, .retry_min_ms = 1, .retry_max_ms = 1, .outage_grace_ms = 1000};
    // One statement of one class: one connection, and what is swept over is its making and its calls.
    case_open_with(&cutting.under, fixture, config, &case_statements[CASE_ADD], 1);
    cut_start(&cutting, &proxy, fixture, sweep);
    fixture_run_until(&cutting.under.loop, cutting_is_over, &cutting);
    uv_close((uv_handle_t *)&cutting.again, NULL);
    uv_close((uv_handle_t *)&cutting.swept_poll, NULL);
    case_close(&cutting.under);
    check_against_the_ledger(&cutting, fixture);
    proxy_close(&proxy);
}

static void test_cut_after_any_byte_of_a_call_the_answers_agree_with_the_ledger(void **state)
{
    cut_in_direction(*state, "sweep up 0 3 900\n", 300000);
}

static void test_cut_after_any_byte_of_an_answer_the_answers_agree_with_the_ledger(void **state)
{
    cut_in_direction(*state, "sweep down 0 3 1100\n", 400000);
}

static void test_a_host_that_never_answers_is_passed_over(void **state)
{
    static const char *const mode[] = {"blackhole", NULL};
    struct fixture *fixture = *state;
    struct case_pool under;
    struct proxy proxy;
    struct answer answer;
    char conninfo[512];
    const char *host = strchr(private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER), '\'') + 1;
    proxy_open(&proxy, fixture, mode);
    snprintf(conninfo, sizeof(conninfo), "host=%s,%.*s port=5432 dbname=touchstone user=touchstone_owner",
             proxy.directory, (int)strcspn(host, "'"), host);
    case_open(&under, fixture, (struct db_pool_config){.conninfo = conninfo, .connect_timeout_ms = 300});
    case_call(&under, CASE_ECHO, "past", NULL, DB_DONE, &answer);
    case_close(&under);
    proxy_close(&proxy);
}

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture);
    case_prepare_database(&fixture);
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
        cmocka_unit_test(test_a_terminated_backend_leaves_the_head_unknown_and_the_rest_safe),
        cmocka_unit_test(test_a_lost_read_is_unavailable_and_never_unknown),
        cmocka_unit_test(test_an_idle_connection_that_dies_is_replaced),
        cmocka_unit_test(test_a_frozen_backend_costs_time_but_no_truth),
        cmocka_unit_test(test_cut_after_any_byte_of_a_call_the_answers_agree_with_the_ledger),
        cmocka_unit_test(test_cut_after_any_byte_of_an_answer_the_answers_agree_with_the_ledger),
        cmocka_unit_test(test_a_host_that_never_answers_is_passed_over),
        cmocka_unit_test(test_kill_9_of_a_backend_is_survived_by_all_connections),
        cmocka_unit_test(test_kill_9_of_the_postmaster_under_load_heals_itself),
        cmocka_unit_test(test_a_database_away_refuses_after_the_grace),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
