// SPDX-License-Identifier: Apache-2.0
// A queue with a ceiling in front of libuv's thread pool, see workers.h. Jobs wait in a list here, not in
// libuv, so that cancelling is certain and only `running_limit` threads are ever taken.
#include "core/workers.h"

#include "wire/error.h"

#include <stdlib.h>

struct job {
    uv_work_t request;
    struct workers *workers;
    void (*work)(void *context);
    void (*done)(void *context, bool cancelled);
    void *context;
    struct job *next;
};

struct workers {
    uv_loop_t *loop;
    uv_idle_t idle; // brings the news of cancelled jobs, so that done never comes from inside a function
    size_t running_limit, waiting_limit;
    size_t running, waiting;
    struct job *first, *last;
    struct job *cancelled;
    bool is_stopping, is_closing;
    void (*on_stopped)(void *context);
    void *stopped_context;
};

struct workers *workers_create(uv_loop_t *loop, size_t running, size_t waiting)
{
    struct workers *workers = calloc(1, sizeof *workers);
    if (!workers)
        return NULL;
    workers->loop = loop;
    workers->running_limit = running;
    workers->waiting_limit = waiting;
    uv_idle_init(loop, &workers->idle);
    workers->idle.data = workers;
    return workers;
}

static void on_idle_closed(uv_handle_t *handle)
{
    struct workers *workers = handle->data;
    void (*on_stopped)(void *context) = workers->on_stopped;
    void *context = workers->stopped_context;
    free(workers);
    if (on_stopped)
        on_stopped(context);
}

static void close_when_quiet(struct workers *workers)
{
    if (!workers->is_stopping || workers->is_closing || workers->running || workers->cancelled)
        return;
    workers->is_closing = true;
    uv_close((uv_handle_t *)&workers->idle, on_idle_closed);
}

static void on_idle(uv_idle_t *idle)
{
    struct workers *workers = idle->data;
    while (workers->cancelled) {
        struct job *job = workers->cancelled;
        workers->cancelled = job->next;
        job->done(job->context, true);
        free(job);
    }
    uv_idle_stop(idle);
    close_when_quiet(workers);
}

static void run_on_thread(uv_work_t *request)
{
    struct job *job = request->data;
    job->work(job->context);
}

static void start_waiting(struct workers *workers);

static void on_ran(uv_work_t *request, int status)
{
    struct job *job = request->data;
    struct workers *workers = job->workers;
    workers->running--;
    start_waiting(workers);
    job->done(job->context, status == UV_ECANCELED);
    free(job);
    close_when_quiet(workers);
}

static void start_waiting(struct workers *workers)
{
    while (workers->first && workers->running < workers->running_limit) {
        struct job *job = workers->first;
        workers->first = job->next;
        if (!workers->first)
            workers->last = NULL;
        workers->waiting--;
        job->request.data = job;
        workers->running++;
        uv_queue_work(workers->loop, &job->request, run_on_thread, on_ran); // fails only without a function
    }
}

bool workers_submit(struct workers *workers, void (*work)(void *context),
                    void (*done)(void *context, bool cancelled), void *context, struct ts_error *error)
{
    if (workers->is_stopping)
        return error_set(error, TS_UNAVAILABLE, "SHUTTING_DOWN", "The server is stopping. Try again.");
    if (workers->running >= workers->running_limit && workers->waiting >= workers->waiting_limit)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "WORKERS_BUSY", "The server is too busy. Try again.");
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "The server is too busy. Try again.");
    job->workers = workers;
    job->work = work;
    job->done = done;
    job->context = context;
    if (workers->last)
        workers->last->next = job;
    else
        workers->first = job;
    workers->last = job;
    workers->waiting++;
    start_waiting(workers);
    return true;
}

static void cancel_job(struct workers *workers, struct job **link, struct job *previous)
{
    struct job *job = *link;
    *link = job->next;
    if (workers->last == job)
        workers->last = previous;
    workers->waiting--;
    job->next = workers->cancelled;
    workers->cancelled = job;
    uv_idle_start(&workers->idle, on_idle);
}

bool workers_cancel(struct workers *workers, const void *context)
{
    struct job *previous = NULL;
    for (struct job **link = &workers->first; *link; link = &(*link)->next) {
        if ((*link)->context == context) {
            cancel_job(workers, link, previous);
            return true;
        }
        previous = *link;
    }
    return false;
}

size_t workers_waiting(const struct workers *workers)
{
    return workers->waiting;
}

size_t workers_running(const struct workers *workers)
{
    return workers->running;
}

void workers_stop(struct workers *workers, void (*on_stopped)(void *context), void *context)
{
    if (!workers)
        return;
    workers->is_stopping = true;
    workers->on_stopped = on_stopped;
    workers->stopped_context = context;
    while (workers->first)
        cancel_job(workers, &workers->first, NULL);
    close_when_quiet(workers);
}
