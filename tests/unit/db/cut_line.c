// SPDX-License-Identifier: Apache-2.0
// See cut_line.h. A wire is one connection with its two ends; its bytes are few enough for the kernel to take
// them at once.
#include "cut_line.h"
#include <setjmp.h>
#include <stdarg.h>
// After those that cmocka wants before it.
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

struct wire {
    TAILQ_ENTRY(wire) link;
    struct cut_line *line;
    uv_pipe_t ends[CUT_DIRECTION_COUNT]; // [CUT_UP] is read for what goes up: the client's
    uv_connect_t connecting;
    unsigned number, open;
    bool silent;
    size_t passed[CUT_DIRECTION_COUNT];
};

struct cut_line {
    uv_loop_t *loop;
    uv_pipe_t listener;
    struct cut_plan plan;
    char path[320], target[320], buffer[65536];
    TAILQ_HEAD(, wire) wires;
    unsigned accepted;
    size_t passed[CUT_COUNTED_MAX][CUT_DIRECTION_COUNT];
    bool cut, listening, closing;
};

static void free_when_empty(struct cut_line *line)
{
    if (line->closing && !line->listening && TAILQ_EMPTY(&line->wires))
        free(line);
}

static void on_end_closed(uv_handle_t *handle)
{
    struct wire *wire = handle->data;
    struct cut_line *line = wire->line;
    if (--wire->open > 0)
        return;
    TAILQ_REMOVE(&line->wires, wire, link);
    free(wire);
    free_when_empty(line);
}

static void close_wire(struct wire *wire)
{
    for (int i = 0; i < CUT_DIRECTION_COUNT; i++)
        if (!uv_is_closing((uv_handle_t *)&wire->ends[i]))
            uv_close((uv_handle_t *)&wire->ends[i], on_end_closed);
}

static void break_wire(struct wire *wire)
{
    wire->line->cut = true;
    wire->silent = wire->line->plan.manner == CUT_SILENT;
    if (!wire->silent)
        close_wire(wire);
}

static bool is_planned(const struct wire *wire, enum cut_direction direction)
{
    const struct cut_plan *plan = &wire->line->plan;
    return plan->manner != CUT_NOT && plan->connection == wire->number && plan->direction == direction;
}

static void pass(struct wire *wire, enum cut_direction direction, char *bytes, size_t length)
{
    struct cut_line *line = wire->line;
    bool planned = is_planned(wire, direction);
    if (planned && wire->passed[direction] + length > line->plan.bytes)
        length = line->plan.bytes - wire->passed[direction];
    const uv_buf_t buffer = uv_buf_init(bytes, (unsigned)length);
    // The other side may be gone already: then its end tells so.
    if (length > 0 && uv_try_write((uv_stream_t *)&wire->ends[!direction], &buffer, 1) != (int)length)
        close_wire(wire);
    wire->passed[direction] += length;
    if (wire->number < CUT_COUNTED_MAX)
        line->passed[wire->number][direction] = wire->passed[direction];
    if (planned && wire->passed[direction] == line->plan.bytes)
        break_wire(wire);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buffer)
{
    struct wire *wire = handle->data;
    (void)suggested;
    *ret_buffer = uv_buf_init(wire->line->buffer, sizeof(wire->line->buffer));
}

static void on_bytes(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct wire *wire = stream->data;
    enum cut_direction direction = stream == (uv_stream_t *)&wire->ends[CUT_UP] ? CUT_UP : CUT_DOWN;
    if (length < 0)
        close_wire(wire);
    else if (length > 0 && !wire->silent)
        pass(wire, direction, buffer->base, (size_t)length);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct wire *wire = request->data;
    if (status == UV_ECANCELED)
        return;
    if (status < 0) {
        close_wire(wire);
        return;
    }
    for (int i = 0; i < CUT_DIRECTION_COUNT; i++)
        uv_read_start((uv_stream_t *)&wire->ends[i], on_room, on_bytes);
    for (int i = 0; i < CUT_DIRECTION_COUNT; i++)
        if (is_planned(wire, (enum cut_direction)i) && wire->line->plan.bytes == 0)
            break_wire(wire);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct cut_line *line = listener->data;
    struct wire *wire = calloc(1, sizeof(*wire));
    assert_int_equal(status, 0);
    assert_non_null(wire);
    wire->line = line;
    wire->number = line->accepted++;
    for (int i = 0; i < CUT_DIRECTION_COUNT; i++) {
        uv_pipe_init(line->loop, &wire->ends[i], 0);
        wire->ends[i].data = wire;
        wire->open++;
    }
    TAILQ_INSERT_TAIL(&line->wires, wire, link);
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&wire->ends[CUT_UP]), 0);
    wire->connecting.data = wire;
    uv_pipe_connect(&wire->connecting, &wire->ends[CUT_DOWN], line->target, on_connected);
}

struct cut_line *cut_line_open(uv_loop_t *loop, const struct fixture *fixture, const char *directory,
                               const struct cut_plan *plan)
{
    const char *host = strchr(private_cluster_conninfo(fixture->cluster, PRIVATE_CLUSTER_OWNER), '\'') + 1;
    struct cut_line *line = calloc(1, sizeof(*line));
    assert_non_null(line);
    line->loop = loop;
    line->plan = *plan;
    TAILQ_INIT(&line->wires);
    snprintf(line->path, sizeof(line->path), "%s/.s.PGSQL.5432", directory);
    snprintf(line->target, sizeof(line->target), "%.*s/.s.PGSQL.5432", (int)strcspn(host, "'"), host);
    unlink(line->path);
    uv_pipe_init(loop, &line->listener, 0);
    line->listener.data = line;
    line->listening = true;
    assert_int_equal(uv_pipe_bind(&line->listener, line->path), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&line->listener, 16, on_connection), 0);
    return line;
}

size_t cut_line_passed(const struct cut_line *line, unsigned connection, enum cut_direction direction)
{
    return line->passed[connection][direction];
}

bool cut_line_is_cut(const struct cut_line *line)
{
    return line->cut;
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct cut_line *line = handle->data;
    line->listening = false;
    free_when_empty(line);
}

void cut_line_close(struct cut_line *line)
{
    struct wire *wire;
    line->closing = true;
    uv_close((uv_handle_t *)&line->listener, on_listener_closed);
    TAILQ_FOREACH(wire, &line->wires, link)
    close_wire(wire);
}
