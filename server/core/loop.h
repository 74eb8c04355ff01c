// SPDX-License-Identifier: Apache-2.0
// Small helpers over libuv: signals as one callback, and the orderly end of a loop. Called by serve.c and by
// tests.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct ts_error;

struct loop_signals;

// Calls on_signal(context, signal) on the loop for each of the signals, which the calling thread and those it
// starts afterwards have blocked from then on, for good: after loop_signals_stop() they are without effect.
// Call
// it before there are threads. The handle does not keep the loop alive. NULL on error.
struct loop_signals *loop_signals_start(uv_loop_t *loop, const int *signals, size_t count,
                                        void (*on_signal)(void *context, int signal), void *context,
                                        struct ts_error *error);
// Closes the handle; the memory goes when it is closed, so run the loop once more. NULL is fine.
void loop_signals_stop(struct loop_signals *signals);

// Runs the loop until nothing is left, then uv_loop_close(). Its answer: 0, or UV_EBUSY when something
// (a handle that keeps no loop alive) was left open.
int loop_finish(uv_loop_t *loop);

// One TS_INTERNAL or TS_RESOURCE_EXHAUSTED error out of a libuv code. Always returns false.
bool loop_error(struct ts_error *error, const char *what, int code);
