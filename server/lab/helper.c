// SPDX-License-Identifier: Apache-2.0
// Helper processes, see helper.h. A helper is absent (no channel: core/child is starting it), idle, or busy
// with one request; few more may wait behind it.
#include "lab/helper.h"

#include "core/child.h"
#include "core/clock.h"
#include "core/log.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum { ASKED_MAX = 8 };
enum { FRAME_HEAD_BYTES = 4, RESTART_FIRST_MS = 100, RESTART_MAXIMUM_MS = 10000, STOP_PATIENCE_MS = 2000 };
// What ends this soon three times in a row cannot run; one death in use is none of these.
enum { STEADY_MS = 2000, QUICK_ENDS_MAX = 3 };

// A request that waits for its turn.
struct asked {
    struct helper_write *write;
    helper_done *done;
    void *context;
};

struct helper {
    struct child *child;
    uv_loop_t *loop;
    uv_pipe_t *channel; // NULL = absent; of one life of the process, freed when closed
    uv_timer_t deadline;
    const char *name;
    size_t reply_ceiling;
    uint64_t deadline_ms, started_ms;
    int quick_ends;
    helper_done *done; // non-NULL = busy
    void *context;
    struct asked asked[ASKED_MAX]; // oldest first
    size_t asked_count;
    uint8_t *reply;
    size_t reply_size, reply_length;
    uint64_t starts;
    bool stopping, child_gone, timer_gone;
};

struct helper_write {
    uv_write_t request;
    size_t length; // of the frame
    uint8_t bytes[];
};

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void answer_waiting(struct asked asked[ASKED_MAX], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(asked[i].write);
        asked[i].done(asked[i].context, NULL, 0);
    }
}

// Forgets this life of the process and answers what was under way and what waited behind it.
static void lose(struct helper *helper)
{
    struct asked asked[ASKED_MAX];
    size_t count = helper->asked_count;
    helper_done *done = helper->done;
    memcpy(asked, helper->asked, sizeof asked);
    helper->asked_count = 0;
    helper->done = NULL;
    helper->reply_length = 0;
    uv_timer_stop(&helper->deadline);
    if (helper->channel) {
        helper->channel->data = NULL;
        uv_close((uv_handle_t *)helper->channel, free_handle);
    }
    helper->channel = NULL;
    if (done)
        done(helper->context, NULL, 0);
    answer_waiting(asked, count);
}

static void give_up(struct helper *helper, const char *event)
{
    log_write(LOG_WARNING, event, "name", helper->name, NULL);
    lose(helper);
    child_restart(helper->child);
}

static size_t frame_length(const uint8_t *head)
{
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

static bool grow_reply(struct helper *helper)
{
    size_t ceiling = helper->reply_ceiling + FRAME_HEAD_BYTES;
    size_t size = helper->reply_size ? helper->reply_size * 2 : 65536;
    size = size < ceiling ? size : ceiling;
    uint8_t *larger = size > helper->reply_size ? realloc(helper->reply, size) : NULL;
    if (!larger)
        return false;
    helper->reply = larger;
    helper->reply_size = size;
    return true;
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
    struct helper *helper = handle->data;
    (void)suggested;
    *ret_buffer = uv_buf_init(NULL, 0); // on_read then sees UV_ENOBUFS and gives the helper up
    if (helper && (helper->reply_length < helper->reply_size || grow_reply(helper)))
        *ret_buffer = uv_buf_init((char *)helper->reply + helper->reply_length,
                                  (unsigned)(helper->reply_size - helper->reply_length));
}

static bool send_request(struct helper *helper, struct helper_write *write, helper_done *done, void *context);

// The next that waits; one that cannot be sent is answered as failed.
static void send_next(struct helper *helper)
{
    while (helper_is_idle(helper) && helper->asked_count > 0) {
        struct asked next = helper->asked[0];
        memmove(helper->asked, helper->asked + 1, --helper->asked_count * sizeof *helper->asked);
        if (!send_request(helper, next.write, next.done, next.context))
            next.done(next.context, NULL, 0);
    }
}

static void take_reply(struct helper *helper)
{
    if (helper->reply_length < FRAME_HEAD_BYTES)
        return;
    size_t length = frame_length(helper->reply);
    if (length > helper->reply_ceiling || helper->reply_length > FRAME_HEAD_BYTES + length) {
        give_up(helper, "helper_reply_invalid");
    } else if (helper->reply_length == FRAME_HEAD_BYTES + length) {
        helper_done *done = helper->done;
        helper->done = NULL;
        helper->reply_length = 0;
        uv_timer_stop(&helper->deadline);
        done(helper->context, helper->reply + FRAME_HEAD_BYTES, length);
        send_next(helper);
    }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct helper *helper = stream->data;
    (void)buffer;
    if (!helper || count == 0)
        return;
    if (count < 0) {
        lose(helper); // it has ended: core/child starts it again
    } else if (!helper->done) {
        give_up(helper, "helper_reply_unasked");
    } else {
        helper->reply_length += (size_t)count;
        take_reply(helper);
    }
}

static void on_started(void *context, struct child *child, int channel)
{
    struct helper *helper = context;
    (void)child;
    lose(helper);
    helper->starts++;
    helper->started_ms = clock_monotonic_ms(NULL);
    uv_pipe_t *pipe = malloc(sizeof *pipe);
    if (!pipe) {
        close(channel); // the helper sees the end of its input, ends, and is started again
        return;
    }
    uv_pipe_init(helper->loop, pipe, 0);
    pipe->data = helper;
    helper->channel = pipe;
    if (uv_pipe_open(pipe, channel) != 0)
        close(channel);
    if (uv_read_start((uv_stream_t *)pipe, give_buffer, on_read) != 0)
        lose(helper);
}

static bool has_been_steady(const struct helper *helper)
{
    return clock_monotonic_ms(NULL) - helper->started_ms >= STEADY_MS;
}

static void count_quick_end(struct helper *helper)
{
    if (helper->quick_ends < QUICK_ENDS_MAX)
        helper->quick_ends++;
}

// Its program is gone, or there is no process to be had.
static void on_not_started(void *context, struct child *child)
{
    (void)child;
    count_quick_end(context);
}

static void on_ended(void *context, struct child *child, int exit_status, int term_signal)
{
    struct helper *helper = context;
    (void)child;
    if (helper->stopping)
        return;
    log_write(LOG_WARNING, "helper_ended", "name", helper->name, "status", log_number(exit_status), "signal",
              log_number(term_signal), NULL);
    if (has_been_steady(helper))
        helper->quick_ends = 0;
    count_quick_end(helper);
    lose(helper);
}

struct helper *helper_create(struct uv_loop_s *loop, const struct helper_config *config,
                             struct ts_error *error)
{
    static const struct child_handlers handlers = {
        .started = on_started, .ended = on_ended, .not_started = on_not_started};
    const struct child_config child = {
        .name = config->name,
        .argv = config->argv,
        .user = config->user,
        .with_channel = true,
        .log_lines = true,
        .lines_warn = true,
        .restart_first_ms = RESTART_FIRST_MS,
        .restart_maximum_ms = RESTART_MAXIMUM_MS,
        .stop_patience_ms = STOP_PATIENCE_MS,
    };
    struct helper *helper = calloc(1, sizeof *helper);
    if (!helper) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for %s.", config->name);
        return NULL;
    }
    helper->loop = loop;
    helper->name = config->name;
    helper->reply_ceiling = config->reply_bytes;
    helper->deadline_ms = config->deadline_ms;
    uv_timer_init(loop, &helper->deadline);
    helper->deadline.data = helper;
    helper->child = child_start(loop, &child, &handlers, helper, error);
    if (helper->child)
        return helper;
    helper->child_gone = true;
    uv_close((uv_handle_t *)&helper->deadline, NULL);
    uv_run(loop, UV_RUN_NOWAIT); // before the loop serves anybody: only to let the timer close
    free(helper);
    return NULL;
}

static void on_deadline(uv_timer_t *timer)
{
    give_up(timer->data, "helper_late");
}

static void on_written(uv_write_t *request, int status)
{
    (void)status; // a broken channel is seen by on_read
    free(request->data);
}

// Takes over `write`.
static bool send_request(struct helper *helper, struct helper_write *write, helper_done *done, void *context)
{
    uv_buf_t buffer = uv_buf_init((char *)write->bytes, (unsigned)write->length);
    if (uv_write(&write->request, (uv_stream_t *)helper->channel, &buffer, 1, on_written) != 0) {
        free(write);
        return false;
    }
    helper->done = done;
    helper->context = context;
    uv_timer_start(&helper->deadline, on_deadline, helper->deadline_ms, 0);
    return true;
}

bool helper_ask(struct helper *helper, const uint8_t *bytes, size_t length, helper_done *done, void *context)
{
    if (!helper->channel || helper->asked_count == ASKED_MAX || length > UINT32_MAX - FRAME_HEAD_BYTES)
        return false;
    struct helper_write *write = malloc(sizeof *write + FRAME_HEAD_BYTES + length);
    if (!write)
        return false;
    for (int i = 0; i < FRAME_HEAD_BYTES; i++)
        write->bytes[i] = (uint8_t)(length >> (24 - 8 * i));
    memcpy(write->bytes + FRAME_HEAD_BYTES, bytes, length);
    write->request.data = write;
    write->length = FRAME_HEAD_BYTES + length;
    // While an answer is being handed out the helper is idle, and others may wait already.
    if (helper_is_idle(helper) && helper->asked_count == 0)
        return send_request(helper, write, done, context);
    helper->asked[helper->asked_count++] = (struct asked){.write = write, .done = done, .context = context};
    return true;
}

bool helper_is_up(const struct helper *helper)
{
    return helper->channel != NULL;
}

bool helper_is_idle(const struct helper *helper)
{
    return helper->channel && !helper->done;
}

uint64_t helper_restarts(const struct helper *helper)
{
    return helper->starts ? helper->starts - 1 : 0;
}

bool helper_can_run(const struct helper *helper)
{
    return helper->quick_ends < QUICK_ENDS_MAX || (helper->channel && has_been_steady(helper));
}

const char *helper_name(const struct helper *helper)
{
    return helper->name;
}

static void free_when_gone(struct helper *helper)
{
    if (!helper->child_gone || !helper->timer_gone)
        return;
    free(helper->reply);
    free(helper);
}

static void on_child_gone(void *context)
{
    struct helper *helper = context;
    helper->child_gone = true;
    free_when_gone(helper);
}

static void on_timer_gone(uv_handle_t *handle)
{
    struct helper *helper = handle->data;
    helper->timer_gone = true;
    free_when_gone(helper);
}

void helper_free(struct helper *helper)
{
    if (!helper)
        return;
    helper->stopping = true;
    helper->done = NULL;
    for (size_t i = 0; i < helper->asked_count; i++)
        free(helper->asked[i].write);
    helper->asked_count = 0;
    lose(helper);
    uv_close((uv_handle_t *)&helper->deadline, on_timer_gone);
    child_stop(helper->child, on_child_gone, helper);
}
