// SPDX-License-Identifier: Apache-2.0
// Work that would block the loop (argon2, file I/O) on libuv's threads, with a ceiling on what waits and on
// what runs at once, so that a flood of log-ins cannot take all threads. Lives on one loop; all functions
// and all `done` run on the loop's thread, only `work` runs elsewhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct ts_error;
struct workers;

// At most `running` jobs at once and `waiting` more in the queue. NULL without memory.
struct workers *workers_create(uv_loop_t *loop, size_t running, size_t waiting);

// Runs work(context) on a thread, then done(context, cancelled) on the loop: exactly once for every accepted
// job, never from inside workers_submit. `context` must live until done, whoever lost interest meanwhile.
// Fails with RESOURCE_EXHAUSTED/WORKERS_BUSY at the ceiling and UNAVAILABLE/SHUTTING_DOWN while stopping;
// then done is never called.
bool workers_submit(struct workers *workers, void (*work)(void *context),
                    void (*done)(void *context, bool cancelled), void *context, struct ts_error *error);

// A job that has not begun is dropped: its done comes soon with cancelled = true. A running one ends as it
// would. True when a waiting job of this context was found.
bool workers_cancel(struct workers *workers, const void *context);

size_t workers_waiting(const struct workers *workers);
size_t workers_running(const struct workers *workers);

// Cancels what waits, refuses what comes, and frees itself once the running jobs are done: run the loop on.
// `on_stopped` may be NULL.
void workers_stop(struct workers *workers, void (*on_stopped)(void *context), void *context);
