// SPDX-License-Identifier: Apache-2.0
// Child processes: what they say and return, restarts, users, and that they die with us.
#include "core/child.h"
#include "core/loop.h"
#include "wire/error.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct diary {
    uv_loop_t loop;
    struct child *child;
    int starts, ends, stops;
    int exit_status, term_signal;
    int failures;        // to start it again
    int stop_after_ends; // child_stop from inside `ended`
    int channel;
    uv_idle_t keeper;
};

static void on_stopped(void *context)
{
    ((struct diary *)context)->stops++;
}

static void on_started(void *context, struct child *child, int channel)
{
    struct diary *diary = context;
    assert_true(child_pid(child) > 0);
    diary->starts++;
    diary->channel = channel;
}

static void on_ended(void *context, struct child *child, int exit_status, int term_signal)
{
    struct diary *diary = context;
    diary->ends++;
    diary->exit_status = exit_status;
    diary->term_signal = term_signal;
    assert_int_equal(0, child_pid(child));
    if (diary->ends == diary->stop_after_ends)
        child_stop(child, on_stopped, diary);
}

static void on_not_started(void *context, struct child *child)
{
    struct diary *diary = context;
    assert_int_equal(0, child_pid(child));
    if (++diary->failures == 2)
        child_stop(child, on_stopped, diary);
}

static const struct child_handlers handlers = {
    .started = on_started, .ended = on_ended, .not_started = on_not_started};

static void start(struct diary *diary, const char *script, struct child_config config)
{
    struct ts_error error = {0};
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    uv_loop_init(&diary->loop);
    config.name = "test";
    if (!config.argv)
        config.argv = argv;
    diary->channel = -1;
    diary->child = child_start(&diary->loop, &config, &handlers, diary, &error);
    if (!diary->child)
        fail_msg("%s", error.detail);
}

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

// A child alone does not keep the loop alive.
static void run_until(struct diary *diary, const int *value, int wanted)
{
    uv_idle_init(&diary->loop, &diary->keeper);
    uv_idle_start(&diary->keeper, on_idle);
    while (*value < wanted)
        uv_run(&diary->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&diary->keeper, NULL);
}

static void finish(struct diary *diary)
{
    assert_int_equal(0, loop_finish(&diary->loop));
    assert_int_equal(1, diary->stops);
}

static void test_a_child_is_started_again_with_pauses_until_it_is_stopped(void **state)
{
    struct diary diary = {.stop_after_ends = 4};
    (void)state;
    start(&diary, "exit 7", (struct child_config){.restart_first_ms = 1, .restart_maximum_ms = 4});
    run_until(&diary, &diary.stops, 1);
    assert_int_equal(4, diary.starts);
    assert_int_equal(4, diary.ends);
    assert_int_equal(7, diary.exit_status);
    finish(&diary);
}

static void test_without_a_pause_it_is_not_started_again(void **state)
{
    struct diary diary = {0};
    (void)state;
    start(&diary, "kill -9 $$", (struct child_config){0});
    run_until(&diary, &diary.ends, 1);
    assert_int_equal(SIGKILL, diary.term_signal);
    uv_run(&diary.loop, UV_RUN_NOWAIT);
    assert_int_equal(1, diary.starts);
    child_stop(diary.child, on_stopped, &diary);
    finish(&diary);
}

static void test_a_child_that_hears_the_signal_is_stopped(void **state)
{
    struct diary diary = {0};
    (void)state;
    start(&diary, "exec sleep 1000", (struct child_config){.restart_first_ms = 1});
    child_stop(diary.child, on_stopped, &diary);
    child_stop(NULL, NULL, NULL);
    finish(&diary);
    assert_int_equal(SIGTERM, diary.term_signal);
    assert_int_equal(1, diary.starts);
}

static void wait_for_byte(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char byte;
    assert_int_equal(1, poll(&wait, 1, 60000));
    assert_int_equal(1, read(fd, &byte, 1));
}

static void test_a_child_that_does_not_hear_is_killed_in_time(void **state)
{
    struct diary diary = {0};
    (void)state;
    start(&diary, "trap '' TERM; printf x; read line; read line",
          (struct child_config){.with_channel = true, .stop_patience_ms = 20});
    wait_for_byte(diary.channel);
    child_stop(diary.child, on_stopped, &diary);
    finish(&diary);
    assert_int_equal(SIGKILL, diary.term_signal);
    close(diary.channel);
}

static void test_the_channel_goes_both_ways(void **state)
{
    struct diary diary = {.stop_after_ends = 1};
    char answer[16] = "";
    (void)state;
    start(&diary, "read word; printf '%s back' \"$word\"", (struct child_config){.with_channel = true});
    assert_int_equal(6, write(diary.channel, "there\n", 6));
    run_until(&diary, &diary.ends, 1);
    assert_int_equal(10, read(diary.channel, answer, sizeof answer - 1));
    assert_string_equal("there back", answer);
    close(diary.channel);
    finish(&diary);
}

static void test_what_it_says_becomes_log_lines(void **state)
{
    struct diary diary = {.stop_after_ends = 1};
    (void)state;
    start(&diary, "echo one; echo two >&2; printf three; head -c 5000 /dev/zero | tr '\\0' x",
          (struct child_config){.log_lines = true});
    run_until(&diary, &diary.stops, 1);
    finish(&diary);
}

static void test_a_missing_program_is_an_error_at_once(void **state)
{
    uv_loop_t loop;
    struct ts_error error = {0};
    const char *const argv[] = {"/nonexistent/program", NULL};
    struct child_config config = {.name = "missing", .argv = argv, .with_channel = true, .log_lines = true};
    struct diary diary = {0};
    (void)state;
    uv_loop_init(&loop);
    assert_null(child_start(&loop, &config, &handlers, &diary, &error));
    assert_string_equal("CHILD_FAILED", error.reason);
    assert_non_null(strstr(error.detail, "No such file"));
    config.user = "no-such-user-here";
    assert_null(child_start(&loop, &config, &handlers, &diary, &error));
    assert_string_equal("USER_UNKNOWN", error.reason);
    config.user = NULL;
    config.directory = "/nonexistent";
    assert_null(child_start(&loop, &config, &handlers, &diary, &error));
    assert_non_null(strstr(error.detail, "directory"));
    assert_int_equal(0, diary.starts);
    assert_int_equal(0, loop_finish(&loop));
}

static bool copy_program(const char *from, const char *to)
{
    char buffer[65536];
    ssize_t length;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    assert_true(in >= 0 && out >= 0);
    while ((length = read(in, buffer, sizeof buffer)) > 0)
        assert_int_equal(length, write(out, buffer, (size_t)length));
    close(in);
    return close(out) == 0 && length == 0;
}

static void test_a_program_that_is_gone_is_told_at_every_start(void **state)
{
    struct diary diary = {0};
    char program[] = "/tmp/touchstone-test-XXXXXX";
    const char *const argv[] = {program, NULL};
    (void)state;
    int file = mkstemp(program);
    assert_true(file >= 0);
    assert_int_equal(0, fchmod(file, 0700));
    assert_true(dprintf(file, "#!/bin/sh\nrm -f %s\n", program) > 0);
    close(file);
    start(&diary, NULL, (struct child_config){.argv = argv, .restart_first_ms = 1, .restart_maximum_ms = 2});
    run_until(&diary, &diary.stops, 1);
    assert_int_equal(1, diary.ends);
    assert_int_equal(2, diary.failures);
    finish(&diary);
}

static void test_it_runs_as_the_user_that_was_asked_for(void **state)
{
    struct diary diary = {.stop_after_ends = 1};
    char answer[64] = "";
    (void)state;
    if (geteuid() != 0 || !getpwnam("nobody"))
        skip();
    start(&diary, "printf '%s ' $(id -u) $(id -g) $(id -G)",
          (struct child_config){.with_channel = true, .user = "nobody"});
    run_until(&diary, &diary.ends, 1);
    assert_true(read(diary.channel, answer, sizeof answer - 1) > 0);
    struct passwd *nobody = getpwnam("nobody");
    char expected[64];
    snprintf(expected, sizeof expected, "%u %u %u ", nobody->pw_uid, nobody->pw_gid, nobody->pw_gid);
    assert_string_equal(expected, answer);
    close(diary.channel);
    finish(&diary);
}

// A checkout below root's home.
static void test_a_program_in_a_folder_closed_to_its_user_is_run(void **state)
{
    struct diary diary = {.stop_after_ends = 1};
    char folder[] = "/tmp/touchstone-test-XXXXXX", shell[64];
    (void)state;
    if (geteuid() != 0 || !getpwnam("nobody"))
        skip();
    assert_non_null(mkdtemp(folder));
    snprintf(shell, sizeof shell, "%s/sh", folder);
    assert_true(copy_program("/bin/sh", shell));
    start(
        &diary, "",
        (struct child_config){.user = "nobody", .argv = (const char *const[]){shell, "-c", "exit 7", NULL}});
    run_until(&diary, &diary.ends, 1);
    assert_int_equal(7, diary.exit_status);
    unlink(shell);
    rmdir(folder);
    finish(&diary);
}

static void test_a_hanging_child_can_be_restarted(void **state)
{
    struct diary diary = {0};
    (void)state;
    start(&diary, "exec sleep 1000", (struct child_config){0});
    int first = child_pid(diary.child);
    child_restart(diary.child);
    run_until(&diary, &diary.starts, 2);
    assert_int_not_equal(first, child_pid(diary.child));
    child_stop(diary.child, on_stopped, &diary);
    finish(&diary);
}

// A process in the middle starts the child and is killed; the child must go too. The pipe's writing end is
// held by the child alone, so its end of file is the child's end.
static void test_the_child_dies_when_we_are_killed(void **state)
{
    static const char *const users[] = {NULL, "nobody"};
    (void)state;
    for (int i = 0; i < (geteuid() == 0 ? 2 : 1); i++) {
        int ends[2];
        assert_int_equal(0, pipe(ends));
        pid_t middle = fork();
        if (middle == 0) {
            struct diary diary = {0};
            start(&diary, "printf x; exec sleep 1000",
                  (struct child_config){.with_channel = true, .user = users[i]});
            wait_for_byte(diary.channel);
            close(ends[0]);
            // The sleeping grandchild inherited ends[1] as well: it is not close-on-exec.
            kill(getpid(), SIGKILL);
        }
        close(ends[1]);
        assert_int_equal(middle, waitpid(middle, NULL, 0));
        char byte;
        struct pollfd wait = {.fd = ends[0], .events = POLLIN};
        assert_int_equal(1, poll(&wait, 1, 60000));
        assert_int_equal(0, read(ends[0], &byte, 1));
        close(ends[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_child_is_started_again_with_pauses_until_it_is_stopped),
        cmocka_unit_test(test_without_a_pause_it_is_not_started_again),
        cmocka_unit_test(test_a_child_that_hears_the_signal_is_stopped),
        cmocka_unit_test(test_a_child_that_does_not_hear_is_killed_in_time),
        cmocka_unit_test(test_the_channel_goes_both_ways),
        cmocka_unit_test(test_what_it_says_becomes_log_lines),
        cmocka_unit_test(test_a_missing_program_is_an_error_at_once),
        cmocka_unit_test(test_a_program_that_is_gone_is_told_at_every_start),
        cmocka_unit_test(test_it_runs_as_the_user_that_was_asked_for),
        cmocka_unit_test(test_a_program_in_a_folder_closed_to_its_user_is_run),
        cmocka_unit_test(test_a_hanging_child_can_be_restarted),
        cmocka_unit_test(test_the_child_dies_when_we_are_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
