// SPDX-License-Identifier: Apache-2.0
// The admin socket, see metrics_socket.h. As little of HTTP/1.0 as a scraper needs: one request line, headers
// that are read away, one answer with its length, and the end of the connection. A ninth reader is not
// accepted before one of the eight has gone; the deadline sees to that.
#include "core/metrics_socket.h"

#include "core/log.h"
#include "core/metrics.h"
#include "wire/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    READERS = 8,
    REQUEST_BYTES = 4096,
    TICK_MS = 1000,
    READER_TIMEOUT_MS = 5000,
    SOCKET_MODE = 0660,
    OTHERS_MASK = 0117, // what bind() may give at most: SOCKET_MODE
    HEAD_BYTES = 256
};

struct reader {
    uv_pipe_t pipe;
    struct metrics_socket *socket;
    bool is_open;
    uint64_t began_ms;
    char request[REQUEST_BYTES];
    size_t length;
    uv_write_t write;
    char head[HEAD_BYTES];
    char *body;
};

struct metrics_socket {
    struct metrics_socket_config config;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    uv_pipe_t *listener; // NULL while another daemon has the path
    uv_timer_t tick;
    bool has_waiting; // a connection that found no free reader
    bool was_told, is_closing;
    int open_handles;
    struct reader readers[READERS];
};

static void free_when_closed(struct metrics_socket *socket)
{
    if (socket->is_closing && socket->open_handles == 0)
        free(socket);
}

// ---- one reader

static void accept_reader(struct metrics_socket *socket);

static void on_reader_closed(uv_handle_t *handle)
{
    struct reader *reader = handle->data;
    struct metrics_socket *socket = reader->socket;
    free(reader->body);
    reader->body = NULL;
    reader->is_open = false;
    socket->open_handles--;
    if (socket->has_waiting && !socket->is_closing)
        accept_reader(socket);
    free_when_closed(socket);
}

static void close_reader(struct reader *reader)
{
    if (reader->is_open && !uv_is_closing((uv_handle_t *)&reader->pipe))
        uv_close((uv_handle_t *)&reader->pipe, on_reader_closed);
}

static void on_written(uv_write_t *write, int status)
{
    (void)status;
    close_reader(write->data);
}

static void answer(struct reader *reader, const char *status, char *body, size_t length)
{
    uv_read_stop((uv_stream_t *)&reader->pipe);
    reader->body = body;
    int head = snprintf(reader->head, sizeof reader->head,
                        "HTTP/1.0 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                        status, length);
    uv_buf_t parts[] = {uv_buf_init(reader->head, (unsigned)head), uv_buf_init(body, (unsigned)length)};
    reader->write.data = reader;
    if (uv_write(&reader->write, (uv_stream_t *)&reader->pipe, parts, body ? 2 : 1, on_written) != 0)
        close_reader(reader);
}

static void answer_metrics(struct reader *reader)
{
    const struct metrics_socket_config *config = &reader->socket->config;
    size_t length = 0;
    if (config->collect)
        config->collect(config->context);
    char *text = metrics_print(config->metrics, &length);
    answer(reader, text ? "200 OK" : "503 Service Unavailable", text, length);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void answer_request(struct reader *reader)
{
    const char *request = reader->request;
    if (begins(request, "GET /metrics HTTP/1.") || begins(request, "GET /metrics?"))
        answer_metrics(reader);
    else if (begins(request, "GET "))
        answer(reader, "404 Not Found", NULL, 0);
    else
        answer(reader, "405 Method Not Allowed", NULL, 0);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct reader *reader = handle->data;
    (void)suggested; // one byte stays for the NUL
    *buffer = uv_buf_init(reader->request + reader->length, (unsigned)(REQUEST_BYTES - 1 - reader->length));
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct reader *reader = stream->data;
    (void)buffer;
    if (length < 0) { // also UV_ENOBUFS: the request is longer than its ceiling
        close_reader(reader);
        return;
    }
    reader->length += (size_t)length;
    reader->request[reader->length] = '\0';
    if (strstr(reader->request, "\r\n\r\n") || strstr(reader->request, "\n\n"))
        answer_request(reader);
}

static struct reader *free_reader(struct metrics_socket *socket)
{
    for (size_t i = 0; i < READERS; i++) {
        if (!socket->readers[i].is_open)
            return &socket->readers[i];
    }
    return NULL;
}

static void accept_reader(struct metrics_socket *socket)
{
    struct reader *reader = free_reader(socket);
    socket->has_waiting = reader == NULL;
    if (!reader)
        return;
    *reader = (struct reader){.socket = socket, .is_open = true, .began_ms = uv_now(socket->config.loop)};
    uv_pipe_init(socket->config.loop, &reader->pipe, 0);
    reader->pipe.data = reader;
    socket->open_handles++;
    if (uv_accept((uv_stream_t *)socket->listener, (uv_stream_t *)&reader->pipe) != 0 ||
        uv_read_start((uv_stream_t *)&reader->pipe, on_alloc, on_read) != 0)
        close_reader(reader);
}

// ---- the listener

static void on_connection(uv_stream_t *stream, int status)
{
    if (status == 0)
        accept_reader(stream->data);
}

// What an earlier life left is removed; what answers belongs to somebody.
static bool path_is_free(const char *path, struct ts_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat about;
    if (lstat(path, &about) != 0)
        return true;
    if (!S_ISSOCK(about.st_mode))
        return error_set(error, TS_INVALID_ARGUMENT, "SOCKET_PATH", "%s is something else than a socket.",
                         path);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool is_left =
        fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return is_left && unlink(path) == 0;
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct metrics_socket *socket = handle->data;
    free(handle);
    socket->open_handles--;
    free_when_closed(socket);
}

static int bind_listener(struct metrics_socket *socket, uv_pipe_t *pipe)
{
    mode_t before = umask(OTHERS_MASK);
    int code = uv_pipe_bind(pipe, socket->path);
    umask(before);
    if (code == 0 && chmod(socket->path, SOCKET_MODE) != 0)
        code = UV_EACCES;
    return code != 0 ? code : uv_listen((uv_stream_t *)pipe, READERS, on_connection);
}

static bool listen_now(struct metrics_socket *socket, struct ts_error *error)
{
    uv_pipe_t *pipe = malloc(sizeof *pipe);
    if (!pipe)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the metrics socket.");
    uv_pipe_init(socket->config.loop, pipe, 0);
    pipe->data = socket;
    socket->open_handles++;
    int code = bind_listener(socket, pipe);
    if (code != 0) {
        uv_close((uv_handle_t *)pipe, on_listener_closed);
        return error_set(error, TS_UNAVAILABLE, "LISTEN_FAILED", "Cannot listen on %s: %s.", socket->path,
                         uv_strerror(code));
    }
    socket->listener = pipe;
    return true;
}

// True when it listens, or when another daemon does and it will be tried again.
static bool try_to_listen(struct metrics_socket *socket, struct ts_error *error)
{
    struct ts_error reason = {0};
    if (path_is_free(socket->path, &reason))
        return listen_now(socket, error);
    if (reason.reason[0]) {
        *error = reason;
        return false;
    }
    if (!socket->was_told)
        log_write(LOG_WARNING, "metrics_socket_taken", "path", socket->path, NULL);
    socket->was_told = true;
    return true;
}

static void on_tick(uv_timer_t *timer)
{
    struct metrics_socket *socket = timer->data;
    struct ts_error error = {0};
    uint64_t now_ms = uv_now(timer->loop);
    for (size_t i = 0; i < READERS; i++) {
        struct reader *reader = &socket->readers[i];
        if (reader->is_open && now_ms - reader->began_ms >= socket->config.reader_timeout_ms)
            close_reader(reader);
    }
    if (!socket->listener && !try_to_listen(socket, &error))
        log_error(LOG_WARNING, "metrics_socket_failed", &error);
}

struct metrics_socket *metrics_socket_create(const struct metrics_socket_config *config,
                                             struct ts_error *error)
{
    struct metrics_socket *socket = calloc(1, sizeof *socket);
    if (!socket) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the metrics socket.");
        return NULL;
    }
    socket->config = *config;
    if (!config->reader_timeout_ms)
        socket->config.reader_timeout_ms = READER_TIMEOUT_MS;
    if (strlen(config->path) >= sizeof socket->path) {
        error_set(error, TS_INVALID_ARGUMENT, "SOCKET_PATH",
                  "The path of the metrics socket is too long: %s.", config->path);
        free(socket);
        return NULL;
    }
    memcpy(socket->path, config->path, strlen(config->path));
    uv_timer_init(config->loop, &socket->tick);
    socket->tick.data = socket;
    socket->open_handles = 1;
    uint64_t tick_ms =
        socket->config.reader_timeout_ms < TICK_MS ? socket->config.reader_timeout_ms : TICK_MS;
    uv_timer_start(&socket->tick, on_tick, tick_ms, tick_ms);
    if (!try_to_listen(socket, error)) {
        metrics_socket_free(socket);
        return NULL;
    }
    return socket;
}

static void on_tick_closed(uv_handle_t *handle)
{
    struct metrics_socket *socket = handle->data;
    socket->open_handles--;
    free_when_closed(socket);
}

void metrics_socket_free(struct metrics_socket *socket)
{
    if (!socket)
        return;
    socket->is_closing = true;
    for (size_t i = 0; i < READERS; i++)
        close_reader(&socket->readers[i]);
    if (socket->listener)
        uv_close((uv_handle_t *)socket->listener, on_listener_closed); // removes the file, too
    uv_close((uv_handle_t *)&socket->tick, on_tick_closed);
}
