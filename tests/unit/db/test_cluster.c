// SPDX-License-Identifier: Apache-2.0
// The private PostgreSQL: made, found again, shared, killed, restarted, and never run twice.
#include "fixture.h"
#include "wire/error.h"
#include <fcntl.h>
#include <libpq-fe.h>
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

static struct db_cluster *open_at(const char *directory, enum db_cluster_use use, struct ts_error *error)
{
    const struct db_cluster_config config = {.state_dir = directory, .shared_buffers_mb = 32};
    memset(error, 0, sizeof(*error));
    return private_cluster_open(&config, use, error);
}

static struct db_cluster *must_open(const char *directory, enum db_cluster_use use)
{
    struct ts_error error;
    struct db_cluster *cluster = open_at(directory, use, &error);
    if (!cluster)
        fail_msg("%s: %s", error.reason, error.detail);
    return cluster;
}

static long ask(const struct db_cluster *cluster, const char *sql)
{
    return fixture_number_at(private_cluster_conninfo(cluster, PRIVATE_CLUSTER_OWNER), sql);
}

static void test_a_made_cluster_is_found_again_with_its_data(void **state)
{
    char directory[256];
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    const char *owner = private_cluster_conninfo(cluster, PRIVATE_CLUSTER_OWNER);
    fixture_sql_at(owner, "create table kept(n int); insert into kept values (42)");
    assert_int_equal(ask(cluster, "select 1 where current_user = 'touchstone_owner'"), 1);
    assert_int_equal(ask(cluster,
                         "select 1 where current_setting('server_encoding') = 'UTF8' and "
                         "current_setting('data_checksums') = 'on' and current_setting('fsync') = 'on' and "
                         "current_setting('listen_addresses') = '' and "
                         "current_setting('wal_compression') = 'lz4'"),
                     1);
    private_cluster_close(cluster);
    cluster = must_open(directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(cluster, "select n from kept"), 42);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

static void test_the_daemon_s_role_may_make_nothing(void **state)
{
    struct fixture *fixture = *state;
    const char *daemon = private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_DAEMON);
    assert_int_equal(fixture_number_at(daemon,
                                       "select count(*) from pg_roles where rolname = current_user and "
                                       "(rolsuper or rolcreatedb or rolcreaterole or rolbypassrls)"),
                     0);
    assert_int_equal(fixture_number_at(daemon, "select has_schema_privilege('public', 'create')::int + "
                                               "has_database_privilege('touchstone', 'create')::int"),
                     0);
    assert_null(private_cluster_conninfo(fixture->cluster, "nobody"));
}

static void test_paths_with_spaces_and_chinese_characters_work(void **state)
{
    char directory[256];
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "state of 检测 it's");
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(cluster, "select 7"), 7);
    private_cluster_close(cluster);
    cluster = must_open(directory, DB_CLUSTER_ADMIN);
    assert_int_equal(ask(cluster, "select 7"), 7);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

static void test_a_second_daemon_on_one_state_directory_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct ts_error error;
    assert_null(open_at(fixture->directory, DB_CLUSTER_SERVE, &error));
    assert_string_equal(error.reason, "CLUSTER_IN_USE");
    assert_int_equal(error.status, TS_FAILED_PRECONDITION);
}

static void test_an_admin_command_uses_the_running_daemon_s_cluster(void **state)
{
    struct fixture *fixture = *state;
    struct db_cluster *admin = must_open(fixture->directory, DB_CLUSTER_ADMIN);
    assert_int_equal(private_cluster_pid(admin), 0);
    assert_int_equal(ask(admin, "select 1"), 1);
    private_cluster_close(admin);
    assert_int_equal(ask(fixture->cluster, "select 1"), 1);
}

static void test_a_missing_user_or_program_is_told(void **state)
{
    char directory[256];
    struct ts_error error = {0};
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    struct db_cluster_config config = {.state_dir = directory, .run_user = "no-such-user"};
    if (geteuid() == 0) {
        assert_null(private_cluster_open(&config, DB_CLUSTER_SERVE, &error));
        assert_string_equal(error.reason, "CLUSTER_USER_UNKNOWN");
    }
    config.run_user = NULL;
    config.bin_dir = directory;
    assert_null(private_cluster_open(&config, DB_CLUSTER_SERVE, &error));
    assert_string_equal(error.reason, "POSTGRES_NOT_FOUND");
    fixture_remove_directory(directory);
}

static void test_a_half_made_cluster_is_made_again(void **state)
{
    char directory[256], path[512];
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    snprintf(path, sizeof(path), "%s/postgres", directory);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(path, sizeof(path), "%s/postgres/data.new", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/postgres/data.new/PG_VERSION", directory);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(cluster, "select 3"), 3);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

// A daemon in a process of its own: opens the cluster, says so on the pipe, waits to be killed.
static pid_t start_daemon(const char *directory, int *ret_fd)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct ts_error error;
        struct db_cluster *cluster = open_at(directory, DB_CLUSTER_SERVE, &error);
        char word = cluster ? 'y' : 'n';
        if (write(ends[1], &word, 1) == 1)
            pause();
        _exit(1);
    }
    close(ends[1]);
    *ret_fd = ends[0];
    return pid;
}

static void test_after_kill_9_of_the_daemon_the_next_one_starts(void **state)
{
    char directory[256], word = 0;
    int fd = -1;
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    pid_t daemon = start_daemon(directory, &fd);
    assert_int_equal(read(fd, &word, 1), 1);
    assert_int_equal(word, 'y');
    close(fd);
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(cluster, "select 5"), 5);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

static void test_kill_9_of_the_daemon_while_initdb_runs_is_survived(void **state)
{
    char directory[256];
    int fd = -1;
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    pid_t daemon = start_daemon(directory, &fd);
    char path[512];
    snprintf(path, sizeof(path), "%s/postgres/data.new/base", directory);
    struct stat facts;
    for (int i = 0; i < 2000 && stat(path, &facts) != 0; i++)
        usleep(1000); // until initdb has begun: it tells nobody
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    close(fd);
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(cluster, "select 6"), 6);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

static void test_kill_9_of_the_postmaster_with_a_busy_backend_is_survived(void **state)
{
    char directory[256], word = 0;
    int fd = -1;
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    pid_t daemon = start_daemon(directory, &fd);
    assert_int_equal(read(fd, &word, 1), 1);
    close(fd);
    struct db_cluster *admin = must_open(directory, DB_CLUSTER_ADMIN);
    fixture_sql_at(private_cluster_conninfo(admin, PRIVATE_CLUSTER_OWNER), "create table t(n int)");
    // Whoever was the child of the daemon: its number stands in postmaster.pid.
    char path[512], text[64] = "";
    snprintf(path, sizeof(path), "%s/postgres/data/postmaster.pid", directory);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0 && read(file, text, sizeof(text) - 1) > 0);
    close(file);
    kill((pid_t)strtol(text, NULL, 10), SIGKILL);
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    private_cluster_close(admin);
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(cluster, "select count(*) from t"), 0);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

static void test_an_admin_command_waits_for_a_daemon_that_is_starting(void **state)
{
    char directory[256], word = 0;
    int fd = -1;
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    pid_t daemon = start_daemon(directory, &fd);
    char path[512];
    snprintf(path, sizeof(path), "%s/postgres/lock", directory);
    struct stat lock = {0};
    while (stat(path, &lock) != 0 || lock.st_size == 0)
        ; // its line is written once the lock is held
    struct db_cluster *admin = must_open(directory, DB_CLUSTER_ADMIN);
    assert_int_equal(ask(admin, "select 4"), 4);
    assert_int_equal(read(fd, &word, 1), 1);
    assert_int_equal(word, 'y');
    close(fd);
    private_cluster_close(admin);
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    struct db_cluster *cluster = must_open(directory, DB_CLUSTER_SERVE);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
}

static void test_admin_commands_take_their_turns(void **state)
{
    char directory[256];
    pid_t children[3];
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    for (int i = 0; i < 3; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct ts_error error;
            struct db_cluster *cluster = open_at(directory, DB_CLUSTER_ADMIN, &error);
            long answer = cluster ? ask(cluster, "select 9") : 0;
            private_cluster_close(cluster);
            _exit(answer == 9 ? 0 : 1);
        }
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    fixture_remove_directory(directory);
}

static void test_a_directory_postgres_cannot_enter_is_told(void **state)
{
    char directory[256];
    struct ts_error error;
    (void)state;
    if (geteuid() != 0)
        return; // as an ordinary user PostgreSQL is ourselves
    fixture_make_directory(directory, sizeof(directory), "");
    assert_int_equal(chmod(directory, 0700), 0);
    assert_null(open_at(directory, DB_CLUSTER_SERVE, &error));
    assert_string_equal(error.reason, "CLUSTER_DIRECTORY");
    assert_non_null(strstr(error.detail, "postgres"));
    fixture_remove_directory(directory);
}

static bool has_another_pid(void *context)
{
    const struct db_cluster *const *pair = context;
    int now = private_cluster_pid(pair[0]);
    return now != 0 && now != (int)(intptr_t)pair[1];
}

static void test_a_crashed_postmaster_is_started_again_by_the_loop(void **state)
{
    struct fixture *fixture = *state;
    struct ts_error error;
    uv_loop_t loop;
    int old = private_cluster_pid(fixture->cluster);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(private_cluster_supervise(fixture->cluster, &loop, &error));
    kill(old, SIGKILL);
    const void *pair[2] = {fixture->cluster, (void *)(intptr_t)old};
    fixture_run_until(&loop, has_another_pid, pair);
    private_cluster_unsupervise(fixture->cluster);
    fixture_close_loop(&loop);
    // It may still be recovering: closing and opening waits for what is true.
    private_cluster_close(fixture->cluster);
    fixture->cluster = must_open(fixture->directory, DB_CLUSTER_SERVE);
    assert_int_equal(ask(fixture->cluster, "select 8"), 8);
}

// SIGQUIT reaches nobody who is stopped: only an attempt after growing pauses insists.
static void test_a_backend_that_cannot_end_holds_a_restart_up_but_not_for_ever(void **state)
{
    char directory[256];
    struct ts_error error;
    uv_loop_t loop;
    (void)state;
    fixture_make_directory(directory, sizeof(directory), "");
    const struct db_cluster_config config = {.state_dir = directory, .shared_buffers_mb = 32, .stable_ms = 1};
    struct db_cluster *cluster = private_cluster_open(&config, DB_CLUSTER_SERVE, &error);
    assert_non_null(cluster);
    PGconn *busy = PQconnectdb(private_cluster_conninfo(cluster, PRIVATE_CLUSTER_OWNER));
    assert_int_equal(PQstatus(busy), CONNECTION_OK);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_true(private_cluster_supervise(cluster, &loop, &error));
    int old = private_cluster_pid(cluster);
    assert_int_equal(kill((pid_t)PQbackendPID(busy), SIGSTOP), 0);
    kill(old, SIGKILL);
    const void *pair[2] = {cluster, (void *)(intptr_t)old};
    fixture_run_until(&loop, has_another_pid, pair);
    PQfinish(busy);
    private_cluster_unsupervise(cluster);
    fixture_close_loop(&loop);
    private_cluster_close(cluster);
    fixture_remove_directory(directory);
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
        cmocka_unit_test(test_the_daemon_s_role_may_make_nothing),
        cmocka_unit_test(test_a_second_daemon_on_one_state_directory_is_refused),
        cmocka_unit_test(test_an_admin_command_uses_the_running_daemon_s_cluster),
        cmocka_unit_test(test_a_crashed_postmaster_is_started_again_by_the_loop),
        cmocka_unit_test(test_a_backend_that_cannot_end_holds_a_restart_up_but_not_for_ever),
        cmocka_unit_test(test_a_made_cluster_is_found_again_with_its_data),
        cmocka_unit_test(test_paths_with_spaces_and_chinese_characters_work),
        cmocka_unit_test(test_a_missing_user_or_program_is_told),
        cmocka_unit_test(test_a_half_made_cluster_is_made_again),
        cmocka_unit_test(test_an_admin_command_waits_for_a_daemon_that_is_starting),
        cmocka_unit_test(test_admin_commands_take_their_turns),
        cmocka_unit_test(test_a_directory_postgres_cannot_enter_is_told),
        cmocka_unit_test(test_after_kill_9_of_the_daemon_the_next_one_starts),
        cmocka_unit_test(test_kill_9_of_the_daemon_while_initdb_runs_is_survived),
        cmocka_unit_test(test_kill_9_of_the_postmaster_with_a_busy_backend_is_survived),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
