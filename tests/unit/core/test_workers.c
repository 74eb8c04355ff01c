// SPDX-License-Identifier: Apache-2.0
// The queue before the thread pool, and signals.
#include "core/loop.h"
#include "core/workers.h"
#include "wire/error.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct task {
    uv_sem_t *gate; // waits here when given
    atomic_int worked;
    int done, cancelled;
    bool is_inside_submit;
};

static void work(void *context)
{
    struct task *task = context;
    if (task->gate)
        uv_sem_wait(task->gate);
    task->worked++;
}

static void done(void *context, bool cancelled)
{
    struct task *task = context;
    assert_false(task->is_inside_submit);
    task->done++;
    task->cancelled += cancelled;
}

static void on_stopped(void *context)
{
    ++*(int *)context;
}

static void test_every_accepted_job_is_done_once(void **state)
{
    uv_loop_t loop;
    struct task tasks[20] = {0};
    struct ts_error error = {0};
    int stopped = 0;
    (void)state;
    uv_loop_init(&loop);
    struct workers *workers = workers_create(&loop, 2, 18);
    for (int i = 0; i < 20; i++)
        assert_true(workers_submit(workers, work, done, &tasks[i], &error));
    uv_run(&loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(1, tasks[i].worked);
        assert_int_equal(1, tasks[i].done);
        assert_int_equal(0, tasks[i].cancelled);
    }
    workers_stop(workers, on_stopped, &stopped);
    assert_int_equal(0, loop_finish(&loop));
    assert_int_equal(1, stopped);
}

static void test_above_the_ceiling_a_job_is_refused(void **state)
{
    uv_loop_t loop;
    uv_sem_t gate;
    struct task tasks[3] = {{.gate = &gate}, {.gate = &gate}, {.gate = &gate}};
    struct ts_error error = {0};
    (void)state;
    uv_loop_init(&loop);
    uv_sem_init(&gate, 0);
    struct workers *workers = workers_create(&loop, 1, 1);
    assert_true(workers_submit(workers, work, done, &tasks[0], &error));
    assert_true(workers_submit(workers, work, done, &tasks[1], &error));
    assert_false(workers_submit(workers, work, done, &tasks[2], &error));
    assert_int_equal(TS_RESOURCE_EXHAUSTED, error.status);
    assert_string_equal("WORKERS_BUSY", error.reason);
    assert_int_equal(1, workers_running(workers));
    assert_int_equal(1, workers_waiting(workers));
    uv_sem_post(&gate);
    uv_sem_post(&gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(0, tasks[2].done);
    workers_stop(workers, NULL, NULL);
    assert_int_equal(0, loop_finish(&loop));
    uv_sem_destroy(&gate);
}

static void test_a_waiting_job_can_be_cancelled_a_running_one_cannot(void **state)
{
    uv_loop_t loop;
    uv_sem_t gate;
    struct task tasks[4] = {{.gate = &gate}};
    struct ts_error error = {0};
    (void)state;
    uv_loop_init(&loop);
    uv_sem_init(&gate, 0);
    struct workers *workers = workers_create(&loop, 1, 10);
    for (int i = 0; i < 4; i++)
        assert_true(workers_submit(workers, work, done, &tasks[i], &error));
    tasks[3].is_inside_submit = true;
    assert_true(workers_cancel(workers, &tasks[3]));
    tasks[3].is_inside_submit = false;
    assert_true(workers_cancel(workers, &tasks[2]));
    assert_false(workers_cancel(workers, &tasks[2]));
    assert_false(workers_cancel(workers, &tasks[0]));
    uv_sem_post(&gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(0, tasks[0].cancelled + tasks[1].cancelled);
    assert_int_equal(2, tasks[2].cancelled + tasks[3].cancelled);
    assert_int_equal(0, tasks[2].worked + tasks[3].worked);
    for (int i = 0; i < 4; i++)
        assert_int_equal(1, tasks[i].done);
    workers_stop(workers, NULL, NULL);
    assert_int_equal(0, loop_finish(&loop));
    uv_sem_destroy(&gate);
}

static void test_stopping_waits_for_the_running_and_cancels_the_waiting(void **state)
{
    uv_loop_t loop;
    uv_sem_t gate;
    struct task tasks[3] = {{.gate = &gate}};
    struct ts_error error = {0};
    int stopped = 0;
    (void)state;
    uv_loop_init(&loop);
    uv_sem_init(&gate, 0);
    struct workers *workers = workers_create(&loop, 1, 10);
    for (int i = 0; i < 3; i++)
        assert_true(workers_submit(workers, work, done, &tasks[i], &error));
    workers_stop(workers, on_stopped, &stopped);
    assert_false(workers_submit(workers, work, done, &tasks[0], &error));
    assert_string_equal("SHUTTING_DOWN", error.reason);
    uv_sem_post(&gate);
    assert_int_equal(0, loop_finish(&loop));
    assert_int_equal(1, stopped);
    assert_int_equal(1, tasks[0].worked);
    assert_int_equal(2, tasks[1].cancelled + tasks[2].cancelled);
    workers_stop(NULL, NULL, NULL);
    uv_sem_destroy(&gate);
}

struct heard {
    struct loop_signals *signals;
    int last;
    uv_idle_t keeper;
};

static void on_idle(uv_idle_t *idle)
{
    (void)idle;
}

static void on_signal(void *context, int number)
{
    struct heard *heard = context;
    heard->last = number;
    loop_signals_stop(heard->signals);
}

static void test_a_signal_arrives_on_the_loop(void **state)
{
    uv_loop_t loop;
    struct heard heard = {0};
    struct ts_error error = {0};
    const int numbers[] = {SIGUSR1, SIGUSR2};
    (void)state;
    uv_loop_init(&loop);
    heard.signals = loop_signals_start(&loop, numbers, 2, on_signal, &heard, &error);
    assert_non_null(heard.signals);
    uv_idle_init(&loop, &heard.keeper); // the signals alone do not keep the loop alive
    uv_idle_start(&heard.keeper, on_idle);
    kill(getpid(), SIGUSR2);
    while (!heard.last)
        uv_run(&loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&heard.keeper, NULL);
    assert_int_equal(SIGUSR2, heard.last);
    assert_int_equal(0, loop_finish(&loop));
    kill(getpid(), SIGUSR2); // by its default action it would end the program
    const int impossible[] = {SIGUSR1, 9999};
    uv_loop_init(&loop);
    assert_null(loop_signals_start(&loop, impossible, 2, on_signal, &heard, &error));
    assert_int_equal(0, loop_finish(&loop));
    loop_signals_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_signal_arrives_on_the_loop), // first: threads are to inherit what it blocks
        cmocka_unit_test(test_every_accepted_job_is_done_once),
        cmocka_unit_test(test_above_the_ceiling_a_job_is_refused),
        cmocka_unit_test(test_a_waiting_job_can_be_cancelled_a_running_one_cannot),
        cmocka_unit_test(test_stopping_waits_for_the_running_and_cancels_the_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
