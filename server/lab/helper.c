// SPDX-License-Identifier: Apache-2.0
// Helper processes, see helper.h. A state is where the process is: absent (waiting to be started again),
// idle, or busy with one request.
#include "lab/helper.h"

#include "core/log.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { FRAME_HEAD_BYTES = 4, RESTART_MIN_MS = 100, RESTART_MAX_MS = 10000 };

// One life of the process; its handles close apart from the next life's.
struct helper_life {
    struct helper *helper; // NULL once given up
    uv_process_t process;
    uv_pipe_t input;  // its standard input
    uv_pipe_t output; // its standard output
    int open_handles;
};

struct helper {
    struct helper_config config;
    uv_loop_t *loop;
    struct helper_life *life; // NULL = absent
    uv_timer_t timer;         // restart while absent, deadline while busy
    uint64_t restart_ms;
    helper_done *done; // non-NULL = busy
    void *context;
    uint8_t *reply;
    size_t reply_size, reply_length;
};

struct helper_write {
    uv_write_t request;
    uint8_t bytes[];
};

static void start_life(struct helper *helper);

static void on_handle_closed(uv_handle_t *handle)
{
    struct helper_life *life = handle->data;
    if (--life->open_handles == 0)
        free(life);
}

static void on_restart(uv_timer_t *timer)
{
    start_life(timer->data);
}

// Gives the process up: ends it, answers what was under way, starts it again after a pause.
static void end_life(struct helper *helper)
{
    struct helper_life *life = helper->life;
    helper_done *done = helper->done;
    helper->life = NULL;
    helper->done = NULL;
    helper->reply_length = 0;
    if (life) {
        life->helper = NULL;
        if (uv_is_active((uv_handle_t *)&life->process))
            uv_process_kill(&life->process, SIGKILL);
        uv_close((uv_handle_t *)&life->input, on_handle_closed);
        uv_close((uv_handle_t *)&life->output, on_handle_closed);
        uv_close((uv_handle_t *)&life->process, on_handle_closed);
    }
    uv_timer_start(&helper->timer, on_restart, helper->restart_ms, 0);
    helper->restart_ms = helper->restart_ms * 2 < RESTART_MAX_MS ? helper->restart_ms * 2 : RESTART_MAX_MS;
    if (done)
        done(helper->context, NULL, 0);
}

static void on_exit_process(uv_process_t *process, int64_t status, int signal)
{
    struct helper_life *life = process->data;
    if (!life->helper)
        return;
    log_write(LOG_WARNING, "helper_ended", "name", life->helper->config.name, "status",
              log_number(status), "signal", log_number(signal), NULL);
    end_life(life->helper);
}

static size_t frame_length(const struct helper *helper)
{
    const uint8_t *head = helper->reply;
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
    struct helper_life *life = handle->data;
    struct helper *helper = life->helper;
    (void)suggested;
    *ret_buffer = uv_buf_init(NULL, 0);
    if (!helper)
        return;
    if (helper->reply_length == helper->reply_size) {
        size_t ceiling = helper->config.reply_bytes + FRAME_HEAD_BYTES;
        size_t size = helper->reply_size ? helper->reply_size * 2 : 65536;
        size = size < ceiling ? size : ceiling;
        uint8_t *larger = size > helper->reply_size ? realloc(helper->reply, size) : NULL;
        if (!larger)
            return; // on_read then sees UV_ENOBUFS and gives the helper up
        helper->reply = larger;
        helper->reply_size = size;
    }
    *ret_buffer = uv_buf_init((char *)helper->reply + helper->reply_length,
                              (unsigned)(helper->reply_size - helper->reply_length));
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct helper_life *life = stream->data;
    struct helper *helper = life->helper;
    (void)buffer;
    if (!helper || count == 0)
        return;
    if (count < 0 || !helper->done) {
        end_life(helper);
        return;
    }
    helper->reply_length += (size_t)count;
    if (helper->reply_length < FRAME_HEAD_BYTES)
        return;
    size_t length = frame_length(helper);
    if (length > helper->config.reply_bytes || helper->reply_length > FRAME_HEAD_BYTES + length) {
        end_life(helper);
    } else if (helper->reply_length == FRAME_HEAD_BYTES + length) {
        helper_done *done = helper->done;
        helper->done = NULL;
        helper->reply_length = 0;
        helper->restart_ms = RESTART_MIN_MS;
        uv_timer_stop(&helper->timer);
        done(helper->context, helper->reply + FRAME_HEAD_BYTES, length);
    }
}

static int spawn(struct helper *helper, struct helper_life *life)
{
    uv_stdio_container_t stdio[] = {
        {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&life->input},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&life->output},
        {.flags = UV_INHERIT_FD, .data.fd = 2},
    };
    uv_process_options_t options = {
        .file = helper->config.argv[0],
        .args = (char **)helper->config.argv,
        .exit_cb = on_exit_process,
        .stdio = stdio,
        .stdio_count = 3,
    };
    if (helper->config.user_id >= 0) {
        options.flags |= UV_PROCESS_SETUID | UV_PROCESS_SETGID;
        options.uid = (uv_uid_t)helper->config.user_id;
        options.gid = (uv_gid_t)helper->config.group_id;
    }
    return uv_spawn(helper->loop, &life->process, &options);
}

static void start_life(struct helper *helper)
{
    struct helper_life *life = calloc(1, sizeof *life);
    if (!life) {
        end_life(helper);
        return;
    }
    life->helper = helper;
    life->open_handles = 3;
    life->input.data = life->output.data = life->process.data = life;
    uv_pipe_init(helper->loop, &life->input, 0);
    uv_pipe_init(helper->loop, &life->output, 0);
    int code = spawn(helper, life);
    helper->life = life;
    if (code == 0)
        code = uv_read_start((uv_stream_t *)&life->output, give_buffer, on_read);
    if (code != 0) {
        log_write(LOG_ERROR, "helper_not_started", "name", helper->config.name, "error", uv_strerror(code), NULL);
        end_life(helper);
    }
}

struct helper *helper_create(struct uv_loop_s *loop, const struct helper_config *config, struct ts_error *error)
{
    struct helper *helper = calloc(1, sizeof *helper);
    if (!helper) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for %s.", config->name);
        return NULL;
    }
    helper->config = *config;
    helper->loop = loop;
    helper->restart_ms = RESTART_MIN_MS;
    uv_timer_init(loop, &helper->timer);
    helper->timer.data = helper;
    start_life(helper);
    return helper;
}

static void on_deadline(uv_timer_t *timer)
{
    struct helper *helper = timer->data;
    log_write(LOG_WARNING, "helper_late", "name", helper->config.name, NULL);
    end_life(helper);
}

static void on_written(uv_write_t *request, int status)
{
    (void)status; // a broken pipe is seen by on_read or on_exit_process
    free(request->data);
}

bool helper_ask(struct helper *helper, const uint8_t *bytes, size_t length, helper_done *done, void *context)
{
    if (!helper_is_idle(helper) || length > UINT32_MAX)
        return false;
    struct helper_write *write = malloc(sizeof *write + FRAME_HEAD_BYTES + length);
    if (!write)
        return false;
    for (int i = 0; i < FRAME_HEAD_BYTES; i++)
        write->bytes[i] = (uint8_t)(length >> (24 - 8 * i));
    memcpy(write->bytes + FRAME_HEAD_BYTES, bytes, length);
    write->request.data = write;
    uv_buf_t buffer = uv_buf_init((char *)write->bytes, (unsigned)(FRAME_HEAD_BYTES + length));
    if (uv_write(&write->request, (uv_stream_t *)&helper->life->input, &buffer, 1, on_written) != 0) {
        free(write);
        return false;
    }
    helper->done = done;
    helper->context = context;
    uv_timer_start(&helper->timer, on_deadline, helper->config.deadline_ms, 0);
    return true;
}

bool helper_is_idle(const struct helper *helper)
{
    return helper->life && !helper->done;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct helper *helper = handle->data;
    free(helper->reply);
    free(helper);
}

void helper_free(struct helper *helper)
{
    if (!helper)
        return;
    helper->done = NULL;
    end_life(helper);
    uv_close((uv_handle_t *)&helper->timer, on_timer_closed);
}
