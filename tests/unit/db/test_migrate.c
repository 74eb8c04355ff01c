// SPDX-License-Identifier: Apache-2.0
// Migrations: once, in order, whole or not at all, by one daemon at a time, and never against a changed or
// newer past.
#include "db/migrate.h"
#include "fixture.h"
#include "wire/error.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
// After the four that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct db_migration two_files[] = {
    {"0001_first.sql", "create table first(n int); insert into first values (1);"},
    {"0002_second.sql", "alter table first add column m int; set search_path to nowhere;"},
};
static const struct db_migration functions[] = {
    {"a.sql", "create or replace function public.answer() returns int language sql as 'select 1';"},
    {"b.sql",
     "create or replace function public.twice() returns int language sql as 'select 2 * public.answer()';"},
};

static struct db_migration_set set_of(const struct db_migration *numbered, size_t count,
                                      size_t function_count)
{
    return (struct db_migration_set){numbered, count, functions, function_count, "0.1.0"};
}

static const char *owner(void **state)
{
    return private_cluster_conninfo(((struct fixture *)*state)->cluster, PRIVATE_CLUSTER_OWNER);
}

static unsigned must_apply(const char *conninfo, const struct db_migration_set *set)
{
    struct ts_error error = {0};
    unsigned applied = 0;
    if (!migrate_apply(conninfo, set, NULL, NULL, &applied, &error))
        fail_msg("%s: %s", error.reason, error.detail);
    return applied;
}

static void must_fail(const char *conninfo, const struct db_migration_set *set, const char *reason,
                      struct ts_error *error)
{
    memset(error, 0, sizeof(*error));
    assert_false(migrate_apply(conninfo, set, NULL, NULL, NULL, error));
    assert_string_equal(error->reason, reason);
}

static int clean(void **state)
{
    fixture_sql_at(owner(state), "drop schema public cascade; create schema public");
    return 0;
}

static void test_what_is_applied_is_applied_once(void **state)
{
    struct db_migration_set set = set_of(two_files, 2, 2);
    struct ts_error error;
    assert_false(migrate_check(owner(state), &set, &error));
    assert_string_equal(error.reason, "SCHEMA_OLDER");
    assert_int_equal(must_apply(owner(state), &set), 3);
    assert_int_equal(must_apply(owner(state), &set), 0);
    assert_true(migrate_check(owner(state), &set, &error));
    assert_int_equal(fixture_number_at(owner(state), "select count(*) from first"), 1);
    assert_int_equal(fixture_number_at(owner(state), "select public.twice()"), 2);
    assert_int_equal(fixture_number_at(owner(state),
                                       "select count(*) from touchstone_migration where version = '0.1.0' "
                                       "and applied_at > now() - interval '1 hour'"),
                     3);
}

static void count_step(void *context, const char *name)
{
    (void)name;
    ++*(unsigned *)context;
}

static void test_the_functions_come_again_only_when_they_changed(void **state)
{
    static const struct db_migration changed[] = {
        {"a.sql", "create or replace function public.answer() returns int language sql as 'select 21';"},
        {"b.sql",
         "create or replace function public.twice() returns int language sql as 'select 2*public.answer()';"},
    };
    struct db_migration_set set = set_of(two_files, 1, 2);
    struct ts_error error;
    unsigned steps = 0, applied = 0;
    must_apply(owner(state), &set);
    set.repeatable = changed;
    assert_false(migrate_check(owner(state), &set, &error));
    assert_string_equal(error.reason, "SCHEMA_OLDER");
    assert_true(migrate_apply(owner(state), &set, count_step, &steps, &applied, &error));
    assert_int_equal(applied, 1);
    assert_int_equal(steps, 2);
    assert_int_equal(fixture_number_at(owner(state), "select public.twice()"), 42);
}

static void test_a_changed_file_that_was_applied_is_refused(void **state)
{
    static const struct db_migration changed[] = {{"0001_first.sql", "create table first(n bigint);"}};
    struct db_migration_set set = set_of(two_files, 2, 0), other = set_of(changed, 1, 0);
    struct ts_error error;
    must_apply(owner(state), &set);
    other.numbered_count = 1;
    must_fail(owner(state), &other, "SCHEMA_NEWER", &error);
    fixture_sql_at(owner(state), "delete from touchstone_migration where name like '0002%'");
    must_fail(owner(state), &other, "MIGRATION_CHANGED", &error);
    assert_non_null(strstr(error.detail, "0001_first.sql"));
    assert_false(migrate_check(owner(state), &other, &error));
    assert_string_equal(error.reason, "MIGRATION_CHANGED");
}

static void test_a_newer_schema_is_refused_in_clear_words(void **state)
{
    struct db_migration_set newer = set_of(two_files, 2, 0), older = set_of(two_files, 1, 0);
    struct ts_error error;
    must_apply(owner(state), &newer);
    must_fail(owner(state), &older, "SCHEMA_NEWER", &error);
    assert_non_null(strstr(error.detail, "0002_second.sql"));
    assert_false(migrate_check(owner(state), &older, &error));
    assert_string_equal(error.reason, "SCHEMA_NEWER");
}

static void test_a_gap_in_the_past_is_refused(void **state)
{
    struct db_migration_set set = set_of(two_files, 2, 0);
    struct ts_error error;
    must_apply(owner(state), &set);
    fixture_sql_at(owner(state), "delete from touchstone_migration where name like '0001%'");
    must_fail(owner(state), &set, "MIGRATION_MISSING", &error);
}

static void test_a_migration_that_fails_half_way_leaves_nothing(void **state)
{
    static const struct db_migration broken[] = {
        {"0001_first.sql", "create table first(n int); insert into first values (1);"},
        {"0002_broken.sql",
         "create table half(n int);\ninsert into half values (1);\ninsert into half values ('字');"},
    };
    struct db_migration_set set = set_of(broken, 2, 2);
    struct ts_error error;
    must_fail(owner(state), &set, "MIGRATION_FAILED", &error);
    assert_non_null(strstr(error.detail, "0002_broken.sql line 3"));
    assert_int_equal(
        fixture_number_at(owner(state), "select count(*) from pg_tables where tablename = 'half'"), 0);
    // The file before it is whole and stays; the next try goes on from there.
    assert_int_equal(fixture_number_at(owner(state), "select count(*) from touchstone_migration"), 1);
    struct db_migration_set repaired = set_of(two_files, 2, 2);
    assert_int_equal(must_apply(owner(state), &repaired), 2);
}

static void test_a_failing_function_leaves_the_old_bundle(void **state)
{
    static const struct db_migration broken[] = {
        {"a.sql", "create or replace function public.answer() returns int language sql as 'select 5';"},
        {"b.sql", "create or replace function public.twice() returns int language sql as 'select nothing';"},
    };
    struct db_migration_set set = set_of(two_files, 1, 2);
    struct ts_error error;
    must_apply(owner(state), &set);
    set.repeatable = broken;
    must_fail(owner(state), &set, "MIGRATION_FAILED", &error);
    assert_int_equal(fixture_number_at(owner(state), "select public.answer()"), 1);
}

static void test_a_file_may_not_end_its_transaction(void **state)
{
    static const struct db_migration sly[] = {{"0001_sly.sql", "create table sly(n int); commit;"}};
    struct db_migration_set set = set_of(sly, 1, 0);
    struct ts_error error;
    must_fail(owner(state), &set, "MIGRATION_FAILED", &error);
    fixture_sql_at(owner(state), "drop table if exists sly");
}

static void test_two_daemons_that_migrate_at_once_apply_once(void **state)
{
    static const struct db_migration slow[] = {
        {"0001_slow.sql", "select pg_sleep(0.2); create table first(n int);"},
        {"0002_more.sql", "insert into first values (1);"},
    };
    struct db_migration_set set = set_of(slow, 2, 2);
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct ts_error error;
            _exit(migrate_apply(owner(state), &set, NULL, NULL, NULL, &error) ? 0 : 1);
        }
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(fixture_number_at(owner(state), "select count(*) from first"), 1);
}

static void test_a_migration_killed_half_way_is_done_again(void **state)
{
    static const struct db_migration slow[] = {
        {"0001_slow.sql", "create table first(n int); select pg_sleep(1);"}};
    struct db_migration_set set = set_of(slow, 1, 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct ts_error error;
        _exit(migrate_apply(owner(state), &set, NULL, NULL, NULL, &error) ? 0 : 1);
    }
    while (fixture_number_at(owner(state),
                             "select count(*) from pg_stat_activity where query like '%pg_sleep(1)%' and "
                             "pid <> pg_backend_pid()") == 0)
        ;
    kill(child, 9);
    waitpid(child, NULL, 0);
    assert_int_equal(must_apply(owner(state), &set), 1);
    assert_int_equal(fixture_number_at(owner(state), "select count(*) from touchstone_migration"), 1);
}

static void test_a_database_that_is_away_is_unavailable(void **state)
{
    struct db_migration_set set = set_of(two_files, 2, 0);
    struct ts_error error;
    (void)state;
    must_fail("host=/nonexistent dbname=x", &set, "DATABASE_UNAVAILABLE", &error);
    assert_int_equal(error.status, TS_UNAVAILABLE);
}

static int open_fixture(void **state)
{
    static struct fixture fixture;
    fixture_open(&fixture);
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
        cmocka_unit_test_setup(test_what_is_applied_is_applied_once, clean),
        cmocka_unit_test_setup(test_the_functions_come_again_only_when_they_changed, clean),
        cmocka_unit_test_setup(test_a_changed_file_that_was_applied_is_refused, clean),
        cmocka_unit_test_setup(test_a_newer_schema_is_refused_in_clear_words, clean),
        cmocka_unit_test_setup(test_a_gap_in_the_past_is_refused, clean),
        cmocka_unit_test_setup(test_a_migration_that_fails_half_way_leaves_nothing, clean),
        cmocka_unit_test_setup(test_a_failing_function_leaves_the_old_bundle, clean),
        cmocka_unit_test_setup(test_a_file_may_not_end_its_transaction, clean),
        cmocka_unit_test_setup(test_two_daemons_that_migrate_at_once_apply_once, clean),
        cmocka_unit_test_setup(test_a_migration_killed_half_way_is_done_again, clean),
        cmocka_unit_test_setup(test_a_database_that_is_away_is_unavailable, clean),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
