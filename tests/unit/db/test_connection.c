// SPDX-License-Identifier: Apache-2.0
// The making of the pool's connections: where to, with which settings and statements, and what makes one be
// left.
#include "db/gauges.h"
#include "db/sqlstate.h"
#include "pool_case.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void test_of_several_hosts_the_live_one_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct case_pool under;
    struct answer answer;
    char conninfo[512];
    const char *host = strchr(private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER), '\'') + 1;
    snprintf(conninfo, sizeof(conninfo),
             "host=/nonexistent,localhost,%.*s port=5432,1,5432 dbname=touchstone user=touchstone_owner "
             "options='-c application_name=several'",
             (int)strcspn(host, "'"), host);
    case_open(&under, fixture, (struct db_pool_config){.conninfo = conninfo});
    case_call(&under, CASE_ECHO, "here", NULL, DB_DONE, &answer);
    assert_string_equal(answer.text, "here");
    case_close(&under);
}

static void test_where_the_server_gives_few_connections_each_class_has_one(void **state)
{
    struct case_pool under;
    struct answer answer;
    struct db_gauges gauges;
    struct db_pool_config config = {
        .sizes = {[DB_READ] = {4, 4}, [DB_SEARCH] = {2, 2}, [DB_WRITE] = {12, 1}, [DB_SLOW] = {2, 1}}};
    fixture_sql(*state, "alter role touchstone_owner connection limit 5");
    case_open(&under, *state, config);
    case_call(&under, CASE_ECHO, "few", NULL, DB_DONE, &answer);
    case_call(&under, CASE_ADD, "1093", NULL, DB_DONE, &answer);
    case_call(&under, CASE_REPORT, "few", "0", DB_DONE, &answer);
    pool_read_gauges(under.pool, &gauges);
    for (int i = 0; i < DB_CLASS_COUNT; i++)
        assert_in_range(gauges.connections_ready[i], 1, 2);
    fixture_sql(*state, "alter role touchstone_owner connection limit -1");
    case_close(&under);
}

static void test_the_server_too_looks_whether_we_are_still_there(void **state)
{
    static const struct db_statement statements[] = {
        {"keepalives",
         "select string_agg(reset_val, ' ' order by name) from pg_settings where name like 'tcp_keepalives%'",
         0, DB_WRITE, false}};
    struct case_pool under;
    struct answer answer = {0};
    struct ts_error error;
    case_open_with(&under, *state, (struct db_pool_config){0}, statements, 1);
    // On a Unix socket they do nothing; what was asked for is told all the same. count, idle, interval.
    assert_non_null(pool_submit(under.pool, 0, NULL, 0, case_fill, &answer, &error));
    case_await(&under, &answer);
    assert_string_equal(answer.text, "3 10 3");
    case_close(&under);
}

static void test_a_server_turned_standby_is_unavailable_and_left(void **state)
{
    struct case_pool under;
    struct answer answer;
    fixture_sql(*state, "alter role touchstone_owner set default_transaction_read_only = on");
    case_open(&under, *state, (struct db_pool_config){0});
    fixture_sql(*state, "alter role touchstone_owner reset default_transaction_read_only");
    case_call(&under, CASE_ADD, "1091", NULL, DB_UNAVAILABLE, &answer);
    assert_string_equal(answer.error.reason, "DATABASE_READ_ONLY");
    case_await_ready(&under);
    case_call(&under, CASE_ADD, "1092", NULL, DB_DONE, &answer);
    case_close(&under);
}

static void test_before_it_is_ready_the_pool_refuses(void **state)
{
    struct fixture *fixture = *state;
    uv_loop_t loop;
    struct ts_error error = {0};
    const struct db_value value = value_text("x");
    const struct db_pool_config config = {
        .conninfo = private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER)};
    uv_loop_init(&loop);
    struct db_pool *pool = pool_create(&loop, &config, case_statements, CASE_COUNT, &error);
    assert_non_null(pool);
    assert_false(pool_is_ready(pool));
    assert_null(pool_submit(pool, CASE_ECHO, &value, 0, case_fill, NULL, &error));
    assert_int_equal(error.status, TS_UNAVAILABLE);
    pool_close(pool, NULL, NULL);
    fixture_close_loop(&loop);
}

static bool knows_wrong(void *context)
{
    return pool_wrong_statement(context) != NULL && pool_is_ready(context);
}

static void test_a_wrong_statement_is_named_and_the_others_work(void **state)
{
    static const struct db_statement statements[] = {
        {"good", "select 1", 0, DB_READ, false},
        {"wrong", "select no_such_function(1)", 0, DB_READ, false},
        {"fine", "select 2", 0, DB_READ, false},
    };
    struct fixture *fixture = *state;
    struct ts_error error = {0};
    struct answer answer = {0}, refused = {0};
    struct case_pool under = {0};
    const struct db_pool_config config = {
        .conninfo = private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER)};
    uv_loop_init(&under.loop);
    under.pool = pool_create(&under.loop, &config, statements, 3, &error);
    assert_non_null(under.pool);
    fixture_run_until(&under.loop, knows_wrong, under.pool);
    assert_string_equal(pool_wrong_statement(under.pool), "wrong");
    pool_submit(under.pool, 1, NULL, 0, case_fill, &refused, &error);
    pool_submit(under.pool, 2, NULL, 0, case_fill, &answer, &error);
    case_await(&under, &answer);
    case_await(&under, &refused);
    assert_string_equal(answer.text, "2");
    assert_int_equal(refused.kind, DB_REFUSED);
    assert_int_equal(refused.error.status, TS_INTERNAL);
    case_close(&under);
}

static void test_an_unreadable_address_is_refused_without_showing_it(void **state)
{
    static const char *const wrong[] = {"host=127.0.0.1 pasword=geheim", "host=no-such-host.invalid",
                                        "host=1,2,3,4,5,6,7,8,9"};
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    for (size_t i = 0; i < 3; i++) {
        struct ts_error error = {0};
        const struct db_pool_config config = {.conninfo = wrong[i]};
        assert_null(pool_create(&loop, &config, case_statements, CASE_COUNT, &error));
        assert_string_equal(error.reason, "DATABASE_ADDRESS");
        assert_null(strstr(error.detail, "geheim"));
    }
    fixture_close_loop(&loop);
}

static void test_a_changed_schema_renews_the_prepared_statements(void **state)
{
    struct case_pool under;
    struct answer answer;
    case_open(&under, *state, (struct db_pool_config){0});
    case_call(&under, CASE_PLAN, NULL, NULL, DB_DONE, &answer);
    fixture_sql(*state, "alter table db_test.shape add column b text");
    case_call(&under, CASE_PLAN, NULL, NULL, DB_UNAVAILABLE, &answer); // it was not begun
    case_await_ready(&under);
    case_call(&under, CASE_PLAN, NULL, NULL, DB_DONE, &answer);
    fixture_sql(*state, "alter table db_test.shape drop column b");
    case_close(&under);
}

static void test_search_plans_freely_and_the_others_generically(void **state)
{
    struct case_pool under;
    struct answer answer;
    case_open(&under, *state, (struct db_pool_config){0});
    case_call(&under, CASE_SEARCH, NULL, NULL, DB_DONE, &answer);
    assert_string_equal(answer.text, "auto");
    case_call(&under, CASE_READ_PLAN, NULL, NULL, DB_DONE, &answer);
    assert_string_equal(answer.text, "force_generic_plan");
    case_close(&under);
}

static void test_the_server_s_own_time_limit_is_a_deadline(void **state)
{
    struct case_pool under;
    struct answer answer;
    case_open(&under, *state, (struct db_pool_config){.statement_timeout_ms = 30});
    case_call(&under, CASE_NAP, "5", "x", DB_REFUSED, &answer);
    assert_int_equal(answer.error.status, TS_DEADLINE_EXCEEDED);
    case_close(&under);
}

static void test_each_sqlstate_has_its_status(void **state)
{
    static const struct {
        const char *code;
        enum ts_status status;
    } rows[] = {{"40001", TS_ABORTED},
                {"40P01", TS_ABORTED},
                {"57014", TS_DEADLINE_EXCEEDED},
                {"53300", TS_UNAVAILABLE},
                {"53100", TS_RESOURCE_EXHAUSTED},
                {"53400", TS_RESOURCE_EXHAUSTED},
                {"08006", TS_UNAVAILABLE},
                {"57P01", TS_UNAVAILABLE},
                {"25006", TS_UNAVAILABLE},
                {"40003", TS_UNKNOWN},
                {"23505", TS_INTERNAL},
                {"42883", TS_INTERNAL},
                {"TS003", TS_INVALID_ARGUMENT},
                {"TS016", TS_UNAUTHENTICATED},
                {"TS017", TS_INTERNAL},
                {"TS000", TS_INTERNAL},
                {"TS0x1", TS_INTERNAL},
                {NULL, TS_INTERNAL}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(sqlstate_status(rows[i].code), rows[i].status);
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
        cmocka_unit_test(test_of_several_hosts_the_live_one_is_found),
        cmocka_unit_test(test_where_the_server_gives_few_connections_each_class_has_one),
        cmocka_unit_test(test_the_server_too_looks_whether_we_are_still_there),
        cmocka_unit_test(test_a_server_turned_standby_is_unavailable_and_left),
        cmocka_unit_test(test_before_it_is_ready_the_pool_refuses),
        cmocka_unit_test(test_a_wrong_statement_is_named_and_the_others_work),
        cmocka_unit_test(test_an_unreadable_address_is_refused_without_showing_it),
        cmocka_unit_test(test_a_changed_schema_renews_the_prepared_statements),
        cmocka_unit_test(test_search_plans_freely_and_the_others_generically),
        cmocka_unit_test(test_the_server_s_own_time_limit_is_a_deadline),
        cmocka_unit_test(test_each_sqlstate_has_its_status),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
