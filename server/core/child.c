// SPDX-License-Identifier: Apache-2.0
// Forking, supervising and ending a child process, see child.h. Between fork and exec only calls that are
// safe there are made; whatever fails is told through a pipe that exec closes, so child_start knows at once.
// The order after the fork matters: groups, gid, uid, then the parent-death signal, because setuid clears it.
#include "core/child.h"

#include "core/child_spawn.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/loop.h"
#include "wire/error.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_BYTES = 1024, STOP_PATIENCE_MS = 10000, RAN_WELL_FACTOR = 10, HANDLES = 3 };

struct child {
    uv_loop_t *loop;
    struct child_spawn spawn;
    struct child_handlers handlers;
    void *context;
    char *name;
    int stop_signal;
    bool lines_warn;
    uint64_t first_ms, maximum_ms, patience_ms;
    uint64_t pause_ms, started_ms;

    pid_t pid; // 0 while none runs
    bool is_stopping, wants_now;
    void (*on_stopped)(void *context);
    void *stopped_context;

    uv_signal_t sigchld;
    uv_timer_t timer; // the pause before a new start, or the patience before SIGKILL
    uv_pipe_t *lines; // what it writes; its own allocation, closed with the process
    int open_handles;
    char line[LINE_BYTES];
    size_t line_length;
};

static void child_free(struct child *child)
{
    child_spawn_done(&child->spawn);
    free(child->name);
    free(child);
}

// ---- its lines

static void emit_line(struct child *child)
{
    child->line[child->line_length] = '\0';
    if (child->line_length)
        log_write(child->lines_warn ? LOG_WARNING : LOG_INFO, "child_says", "child", child->name, "text",
                  child->line, NULL);
    child->line_length = 0;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct child *child = handle->data;
    // At least one byte stays free for the NUL.
    *buffer = uv_buf_init(child->line + child->line_length, (unsigned)(LINE_BYTES - 1 - child->line_length));
}

static void take_lines(struct child *child, size_t fresh)
{
    size_t end = child->line_length + fresh, begin = 0;
    char held[LINE_BYTES];
    memcpy(held, child->line, end);
    for (size_t i = 0; i < end; i++) {
        if (held[i] == '\n' || (i + 1 == end && end == LINE_BYTES - 1 && begin == 0)) {
            size_t length = held[i] == '\n' ? i - begin : i + 1 - begin;
            memcpy(child->line, held + begin, length);
            child->line_length = length;
            emit_line(child);
            begin = i + 1;
        }
    }
    child->line_length = end - begin;
    memcpy(child->line, held + begin, child->line_length);
}

static void on_lines_closed(uv_handle_t *handle)
{
    free(handle);
}

static void close_lines(struct child *child)
{
    if (!child->lines)
        return;
    emit_line(child);
    uv_close((uv_handle_t *)child->lines, on_lines_closed);
    child->lines = NULL;
}

static void on_lines(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    (void)buffer;
    struct child *child = stream->data;
    if (length > 0)
        take_lines(child, (size_t)length);
    else if (length < 0)
        close_lines(child);
}

static void open_lines(struct child *child, int fd)
{
    child->lines = calloc(1, sizeof *child->lines);
    if (!child->lines || uv_pipe_init(child->loop, child->lines, 0) != 0) {
        free(child->lines);
        child->lines = NULL;
        close(fd);
        return;
    }
    child->lines->data = child;
    if (uv_pipe_open(child->lines, fd) != 0) {
        close(fd);
        close_lines(child);
        return;
    }
    uv_unref((uv_handle_t *)child->lines);
    uv_read_start((uv_stream_t *)child->lines, on_alloc, on_lines);
}

// ---- starting and ending

static bool start_process(struct child *child, struct ts_error *error)
{
    struct child_ends ends;
    pid_t pid = child_spawn_run(&child->spawn, &ends, error);
    if (pid < 0)
        return false;
    child->pid = pid;
    child->started_ms = clock_monotonic_ms(NULL);
    child->wants_now = false;
    uv_timer_stop(&child->timer);
    if (ends.lines >= 0)
        open_lines(child, ends.lines);
    log_write(LOG_INFO, "child_started", "child", child->name, "pid", log_number(pid), NULL);
    if (child->handlers.started)
        child->handlers.started(child->context, child, ends.channel);
    else if (ends.channel >= 0)
        close(ends.channel);
    return true;
}

static void plan_start(struct child *child);

static void on_pause_over(uv_timer_t *timer)
{
    struct child *child = timer->data;
    struct ts_error error = {0};
    if (start_process(child, &error))
        return;
    log_error(LOG_ERROR, "child_not_started", &error);
    plan_start(child);
    if (child->handlers.not_started)
        child->handlers.not_started(child->context, child);
}

static void plan_start(struct child *child)
{
    if (!child->first_ms && !child->wants_now)
        return;
    uint64_t pause_ms = child->wants_now ? 0 : child->pause_ms;
    if (!child->wants_now) {
        child->pause_ms = child->pause_ms * 2 > child->maximum_ms ? child->maximum_ms : child->pause_ms * 2;
    }
    child->wants_now = false;
    uv_timer_start(&child->timer, on_pause_over, pause_ms, 0);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    if (--child->open_handles > 0)
        return;
    void (*on_stopped)(void *context) = child->on_stopped;
    void *context = child->stopped_context;
    child_free(child);
    if (on_stopped)
        on_stopped(context);
}

static void close_handles(struct child *child)
{
    close_lines(child);
    uv_close((uv_handle_t *)&child->sigchld, on_handle_closed);
    uv_close((uv_handle_t *)&child->timer, on_handle_closed);
}

static void on_ended(struct child *child, int status)
{
    int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    int term_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    child->pid = 0;
    uv_timer_stop(&child->timer);
    close_lines(child);
    log_write(child->is_stopping ? LOG_INFO : LOG_WARNING, "child_ended", "child", child->name, "status",
              log_number(exit_status), "signal", log_number(term_signal), NULL);
    bool was_stopping = child->is_stopping;
    if (clock_monotonic_ms(NULL) - child->started_ms >= child->first_ms * RAN_WELL_FACTOR)
        child->pause_ms = child->first_ms;
    if (child->handlers.ended)
        child->handlers.ended(child->context, child, exit_status, term_signal);
    if (was_stopping)
        close_handles(child);
    else if (!child->is_stopping && !child->pid)
        plan_start(child);
}

static void on_sigchld(uv_signal_t *handle, int signal)
{
    (void)signal;
    struct child *child = handle->data;
    int status;
    if (child->pid > 0 && waitpid(child->pid, &status, WNOHANG) == child->pid)
        on_ended(child, status);
}

static bool child_init(struct child *child, const struct child_config *config, struct ts_error *error)
{
    child->name = strdup(config->name);
    if (!child->name)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a child process.");
    if (!child_spawn_init(&child->spawn, config, error))
        return false;
    child->stop_signal = config->stop_signal ? config->stop_signal : SIGTERM;
    child->lines_warn = config->lines_warn;
    child->first_ms = child->pause_ms = config->restart_first_ms;
    child->maximum_ms =
        config->restart_maximum_ms > child->first_ms ? config->restart_maximum_ms : child->first_ms;
    child->patience_ms = config->stop_patience_ms ? config->stop_patience_ms : STOP_PATIENCE_MS;
    return true;
}

struct child *child_start(uv_loop_t *loop, const struct child_config *config,
                          const struct child_handlers *handlers, void *context, struct ts_error *error)
{
    struct child *child = calloc(1, sizeof *child);
    if (!child) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for a child process.");
        return NULL;
    }
    child->loop = loop;
    child->handlers = *handlers;
    child->context = context;
    if (!child_init(child, config, error)) {
        child_free(child);
        return NULL;
    }
    uv_signal_init(loop, &child->sigchld);
    uv_timer_init(loop, &child->timer);
    child->open_handles = 2;
    child->sigchld.data = child->timer.data = child;
    // Before the fork, so that no end is missed.
    int code = uv_signal_start(&child->sigchld, on_sigchld, SIGCHLD);
    uv_unref((uv_handle_t *)&child->sigchld);
    if (code != 0 ? !loop_error(error, config->name, code) : !start_process(child, error)) {
        close_handles(child); // frees the child on the next turn
        return NULL;
    }
    return child;
}

int child_pid(const struct child *child)
{
    return child ? (int)child->pid : 0;
}

static void on_patience_over(uv_timer_t *timer)
{
    struct child *child = timer->data;
    log_write(LOG_WARNING, "child_killed", "child", child->name, NULL);
    if (child->pid > 0)
        kill(child->pid, SIGKILL);
}

void child_restart(struct child *child)
{
    child->wants_now = true;
    if (child->pid > 0)
        kill(child->pid, SIGKILL);
    else if (!child->is_stopping)
        plan_start(child);
}

void child_stop(struct child *child, void (*on_stopped)(void *context), void *context)
{
    if (!child || child->is_stopping)
        return;
    child->is_stopping = true;
    child->on_stopped = on_stopped;
    child->stopped_context = context;
    if (!child->pid) {
        close_handles(child);
        return;
    }
    // Now it does keep the loop alive: its end must be seen.
    uv_ref((uv_handle_t *)&child->sigchld);
    uv_timer_start(&child->timer, on_patience_over, child->patience_ms, 0);
    kill(child->pid, child->stop_signal);
    if (child->stop_signal != SIGKILL)
        kill(child->pid, SIGCONT); // a stopped process hears nothing
}
