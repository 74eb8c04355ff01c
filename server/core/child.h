// SPDX-License-Identifier: Apache-2.0
// A supervised child process: started as another user when asked, dies with us (parent-death signal), and is
// started again with growing pauses when it ends by itself. For the signer, the renderers and PostgreSQL.
// libuv's uv_spawn can do neither the parent-death signal after setuid nor supplementary groups, so the fork
// is ours (main thread only: the parent-death signal follows the thread that forked).
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct child;
struct ts_error;

struct child_config {
    const char *name;        // for the log
    const char *const *argv; // argv[0] is the path of the program; NULL-terminated
    const char *const *envp; // NULL: ours
    const char *user;        // NULL or "": ours. Only root may change; gid and groups follow the user
    const char *directory;   // working directory; NULL: ours
    int death_signal;        // to the child when we die; 0: SIGKILL
    int stop_signal;         // for child_stop; 0: SIGTERM
    bool with_channel;       // a socket pair: the child's end is its fd 0 and 1, ours goes to on_started
    bool log_lines;          // what it writes on stderr (and stdout without a channel) becomes our log lines
    bool lines_warn;         // it writes only when something is wrong: they are warnings
    uint64_t restart_first_ms;   // 0: never started again. Doubles up to restart_maximum_ms, and begins
    uint64_t restart_maximum_ms; // anew after it has run for ten times the first pause
    uint64_t stop_patience_ms;   // after that SIGKILL; 0: 10 s
};

struct child_handlers {
    // A new process runs. `channel` (with_channel) is ours from here on: a non-blocking AF_UNIX stream
    // socket; else -1.
    void (*started)(void *context, struct child *child, int channel);
    // It ended, by status or by signal. It will be started again unless the child was stopped.
    void (*ended)(void *context, struct child *child, int exit_status, int term_signal);
    // It could not be started again; this is tried once more after a pause. May be NULL.
    void (*not_started)(void *context, struct child *child);
};

// Starts it. On failure to fork or exec (UNAVAILABLE/CHILD_FAILED, FAILED_PRECONDITION/USER_UNKNOWN) there
// is no child. The texts of config are copied. `started` is called from inside.
struct child *child_start(uv_loop_t *loop, const struct child_config *config,
                          const struct child_handlers *handlers, void *context, struct ts_error *error);
// 0 while it does not run.
int child_pid(const struct child *child);
// Ends it now and starts it again at once (a helper that hangs).
void child_restart(struct child *child);
// Ends it for good; on_stopped comes when it is gone, then the memory is gone too. NULL child is fine.
void child_stop(struct child *child, void (*on_stopped)(void *context), void *context);
