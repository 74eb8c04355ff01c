// SPDX-License-Identifier: Apache-2.0
// The admin socket: GET /metrics over HTTP/1.0 on a Unix socket, for `curl --unix-socket` and a collector on
// the same machine. Who may connect is decided by the file's mode (0660: the daemon's user and group). Owned
// by serve.c, on the loop's thread. A few readers at once, each with a deadline; others wait in the kernel's
// queue.
#pragma once

#include <stdbool.h>
#include <uv.h>

struct metrics;
struct metrics_socket;
struct ts_error;

struct metrics_socket_config {
    uv_loop_t *loop;
    const struct metrics *metrics;
    const char *path;               // copied
    uint64_t reader_timeout_ms;     // from accept to the last byte taken; 0: 5 s
    void (*collect)(void *context); // sets gauges before each answer; may be NULL
    void *context;
};

// A path on which another daemon answers is tried again every second until it is free. NULL on error:
// INVALID_ARGUMENT/SOCKET_PATH when the path is too long or something else than a socket stands there,
// UNAVAILABLE/LISTEN_FAILED.
struct metrics_socket *metrics_socket_create(const struct metrics_socket_config *config,
                                             struct ts_error *error);
// Removes the file and cuts the readers; frees when the loop has closed the handles. NULL is fine.
void metrics_socket_free(struct metrics_socket *socket);
