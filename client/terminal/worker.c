// SPDX-License-Identifier: Apache-2.0
// The thread that calls: see worker.h.
#include "terminal/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "rpc/retry.h"
#include "rpc/rpc.h"
#include "wire/error.h"

enum { ATTEMPTS = 3 };

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    bool has_thread, has_ask, has_answer, ends;
    struct worker_answer work;
    struct rpc_settings settings;
    char token[80];
    // Set by whoever cancels; what waits for the server watches it.
    int cancel_fd;
    int done_fd;
    FILE *talk;
};

static void raise_event(int fd)
{
    uint64_t one = 1;

    (void)!write(fd, &one, sizeof one);
}

static void drain_event(int fd)
{
    uint64_t count;

    (void)!read(fd, &count, sizeof count);
}

static void call(struct worker *worker, struct rpc **rpc)
{
    struct worker_answer *work = &worker->work;
    struct retry_policy policy = {.kind = !work->ask.is_write ? RETRY_READ
                                          : work->ask.has_key ? RETRY_WRITE
                                                              : RETRY_UNKEYED_WRITE,
                                  .attempts = work->ask.is_quiet ? 1 : ATTEMPTS,
                                  .signal_fd = worker->cancel_fd,
                                  .talk = worker->talk};

    work->response = NULL;
    work->outcome = (struct rpc_outcome){.fate = RPC_NOT_SENT};
    if (*rpc == NULL)
        *rpc = rpc_create(&worker->settings, &work->outcome.error);
    if (*rpc != NULL && !retry_unary(*rpc, &policy, work->ask.method, work->ask.request, work->ask.response,
                                     work->ask.arena, &work->response, &work->outcome))
        work->response = NULL;
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct rpc *rpc = NULL;

    pthread_mutex_lock(&worker->lock);
    while (!worker->ends) {
        if (!worker->has_ask) {
            pthread_cond_wait(&worker->wanted, &worker->lock);
            continue;
        }
        worker->has_ask = false;
        pthread_mutex_unlock(&worker->lock);
        call(worker, &rpc);
        pthread_mutex_lock(&worker->lock);
        worker->has_answer = true;
        raise_event(worker->done_fd);
    }
    pthread_mutex_unlock(&worker->lock);
    rpc_free(rpc);
    return NULL;
}

// Signals are for the thread that has the screen.
static bool start_thread(struct worker *worker)
{
    sigset_t all, before;
    bool started;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&worker->thread, NULL, run, worker) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

struct worker *worker_create(const struct rpc_settings *settings, struct ts_error *error)
{
    struct worker *worker = calloc(1, sizeof *worker);

    if (worker == NULL) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->wanted, NULL);
    worker->settings = *settings;
    worker->settings.token = worker->token;
    snprintf(worker->token, sizeof worker->token, "%s", settings->token != NULL ? settings->token : "");
    worker->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    worker->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    worker->settings.signal_fd = worker->cancel_fd;
    // What a retry tells goes nowhere: it would run over the screen.
    worker->talk = fopen("/dev/null", "we");
    worker->has_thread =
        worker->cancel_fd >= 0 && worker->done_fd >= 0 && worker->talk != NULL && start_thread(worker);
    if (worker->has_thread)
        return worker;
    error_set(error, TS_INTERNAL, "THREAD", "cannot start the thread that calls the server: %s",
              strerror(errno));
    worker_free(worker);
    return NULL;
}

void worker_free(struct worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->has_thread) {
        worker_cancel(worker);
        pthread_mutex_lock(&worker->lock);
        worker->ends = true;
        pthread_cond_signal(&worker->wanted);
        pthread_mutex_unlock(&worker->lock);
        pthread_join(worker->thread, NULL);
    }
    ask_free(&worker->work.ask);
    pthread_cond_destroy(&worker->wanted);
    pthread_mutex_destroy(&worker->lock);
    if (worker->cancel_fd >= 0)
        close(worker->cancel_fd);
    if (worker->done_fd >= 0)
        close(worker->done_fd);
    if (worker->talk != NULL)
        fclose(worker->talk);
    explicit_bzero(worker->token, sizeof worker->token);
    free(worker);
}

int worker_fd(const struct worker *worker)
{
    return worker->done_fd;
}

void worker_start(struct worker *worker, const struct ask *ask)
{
    pthread_mutex_lock(&worker->lock);
    drain_event(worker->cancel_fd);
    worker->work = (struct worker_answer){.ask = *ask};
    worker->has_ask = true;
    pthread_cond_signal(&worker->wanted);
    pthread_mutex_unlock(&worker->lock);
}

void worker_cancel(struct worker *worker)
{
    raise_event(worker->cancel_fd);
}

void worker_set_token(struct worker *worker, const char *token)
{
    snprintf(worker->token, sizeof worker->token, "%s", token);
}

bool worker_take(struct worker *worker, struct worker_answer *ret_answer)
{
    bool has_answer;

    pthread_mutex_lock(&worker->lock);
    has_answer = worker->has_answer;
    if (has_answer) {
        drain_event(worker->done_fd);
        *ret_answer = worker->work;
        worker->work = (struct worker_answer){0};
        worker->has_answer = false;
    }
    pthread_mutex_unlock(&worker->lock);
    return has_answer;
}
