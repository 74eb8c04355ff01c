// SPDX-License-Identifier: Apache-2.0
// Helpers over libuv, see loop.h.
#include "core/loop.h"

#include "wire/error.h"

#include <signal.h>
#include <stdlib.h>

struct loop_signals {
    void (*on_signal)(void *context, int signal);
    void *context;
    size_t count, open;
    uv_signal_t handles[];
};

static void on_uv_signal(uv_signal_t *handle, int signal)
{
    struct loop_signals *signals = handle->data;
    signals->on_signal(signals->context, signal);
}

struct loop_signals *loop_signals_start(uv_loop_t *loop, const int *signals, size_t count,
                                        void (*on_signal)(void *context, int signal), void *context,
                                        struct ts_error *error)
{
    struct loop_signals *made = calloc(1, sizeof *made + count * sizeof made->handles[0]);
    if (!made) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for signals.");
        return NULL;
    }
    made->on_signal = on_signal;
    made->context = context;
    for (size_t i = 0; i < count; i++) {
        uv_signal_t *handle = &made->handles[i];
        int code = uv_signal_init(loop, handle);
        if (code == 0) {
            made->count = made->open = i + 1;
            handle->data = made;
            code = uv_signal_start(handle, on_uv_signal, signals[i]);
            uv_unref((uv_handle_t *)handle);
        }
        if (code != 0) {
            loop_error(error, "signal", code);
            if (made->count)
                loop_signals_stop(made);
            else
                free(made);
            return NULL;
        }
    }
    return made;
}

static void on_closed(uv_handle_t *handle)
{
    struct loop_signals *signals = handle->data;
    if (--signals->open == 0)
        free(signals);
}

void loop_signals_stop(struct loop_signals *signals)
{
    for (size_t i = 0, count = signals ? signals->count : 0; i < count; i++) {
        uv_signal_t *handle = &signals->handles[i];
        int number = handle->signum;
        uv_close((uv_handle_t *)handle, on_closed); // gives the signal its default action back
        if (number > 0)
            signal(number, SIG_IGN);
    }
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
