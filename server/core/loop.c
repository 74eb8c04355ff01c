// SPDX-License-Identifier: Apache-2.0
// Helpers over libuv, see loop.h.
#include "core/loop.h"

#include "wire/error.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

// A signalfd(2), since uv_signal gives a signal its default action back when it is closed: whoever then asks
// for the end again would cut short the end that has begun.
struct loop_signals {
    void (*on_signal)(void *context, int signal);
    void *context;
    int descriptor;
    uv_poll_t poll;
};

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct loop_signals *signals = poll->data;
    struct signalfd_siginfo information;
    (void)status;
    (void)events;
    // One in each turn of the loop: the callback may stop us.
    if (read(signals->descriptor, &information, sizeof information) == sizeof information)
        signals->on_signal(signals->context, (int)information.ssi_signo);
}

// The code of libuv for what failed, or 0.
static int open_descriptor(const int *numbers, size_t count, int *ret_descriptor)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++)
        if (sigaddset(&set, numbers[i]) != 0)
            return uv_translate_sys_error(errno);
    *ret_descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (*ret_descriptor < 0)
        return uv_translate_sys_error(errno);
    return uv_translate_sys_error(pthread_sigmask(SIG_BLOCK, &set, NULL));
}

struct loop_signals *loop_signals_start(uv_loop_t *loop, const int *signals, size_t count,
                                        void (*on_signal)(void *context, int signal), void *context,
                                        struct ts_error *error)
{
    struct loop_signals *made = calloc(1, sizeof *made);
    if (!made) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for signals.");
        return NULL;
    }
    *made = (struct loop_signals){.on_signal = on_signal, .context = context, .descriptor = -1};
    int code = open_descriptor(signals, count, &made->descriptor);
    if (code == 0)
        code = uv_poll_init(loop, &made->poll, made->descriptor);
    if (code != 0) {
        loop_error(error, "signal", code);
        if (made->descriptor >= 0)
            close(made->descriptor);
        free(made);
        return NULL;
    }
    made->poll.data = made;
    code = uv_poll_start(&made->poll, UV_READABLE, on_readable);
    uv_unref((uv_handle_t *)&made->poll);
    if (code != 0) {
        loop_error(error, "signal", code);
        loop_signals_stop(made);
        return NULL;
    }
    return made;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void loop_signals_stop(struct loop_signals *signals)
{
    if (!signals)
        return;
    uv_close((uv_handle_t *)&signals->poll, on_closed);
    close(signals->descriptor);
}

int loop_finish(uv_loop_t *loop)
{
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop);
}

bool loop_error(struct ts_error *error, const char *what, int code)
{
    bool lacks = code == UV_ENOMEM || code == UV_EMFILE || code == UV_ENFILE;
    return error_set(error, lacks ? TS_RESOURCE_EXHAUSTED : TS_INTERNAL, "SYSTEM", "%s: %s", what,
                     uv_strerror(code));
}
