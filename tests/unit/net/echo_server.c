// SPDX-License-Identifier: Apache-2.0
// The echo handler behind the real net_server, for outside clients: echo_server CERTIFICATE KEY
// [limit=value...] prints "port N" and serves until SIGTERM (drains) or until standard input ends. SIGHUP
// reloads the certificate. Ends with its counters as text and fails when the loop could not be closed.
#include "core/log.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "echo_handler.h"
#include "net/limits.h"
#include "net/server.h"
#include "net/tls_context.h"
#include "wire/error.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct program {
    uv_loop_t loop;
    struct net_server *server;
    struct loop_signals *signals;
    struct echo echo;
    uv_pipe_t input;
    char **argv;
    char scrap[64];
    bool is_ending;
};

static void set_limit(struct net_limits *limits, const char *argument)
{
    char name[64];
    const char *equals = strchr(argument, '=');
    snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - argument) : 0, argument);
    if (equals && limits_set(limits, name, strtoull(equals + 1, NULL, 10)))
        return;
    fprintf(stderr, "unknown limit %s\n", argument);
    exit(2);
}

static void on_drained(void *context)
{
    struct program *program = context;
    net_server_close(program->server, NULL, NULL);
    loop_signals_stop(program->signals);
    if (!uv_is_closing((uv_handle_t *)&program->input))
        uv_close((uv_handle_t *)&program->input, NULL);
}

static void end(struct program *program)
{
    if (program->is_ending)
        return;
    program->is_ending = true;
    net_server_drain(program->server, on_drained, program);
}

static void on_signal(void *context, int number)
{
    struct program *program = context;
    struct ts_error error = {0};
    if (number != SIGHUP) {
        end(program);
        return;
    }
    bool reloaded = net_server_reload_tls(program->server, program->argv[1], program->argv[2], &error);
    printf("reload %s\n", reloaded ? "good" : error.detail);
    fflush(stdout);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct program *program = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(program->scrap, sizeof program->scrap);
}

static void on_input(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct program *program = stream->data;
    if (length > 0 && buffer->base[0] == 'r')
        echo_release(&program->echo);
    if (length < 0) {
        uv_close((uv_handle_t *)stream, NULL);
        end(program);
    }
}

static bool start(struct program *program, const struct net_limits *limits, struct metrics *metrics,
                  struct ts_error *error)
{
    struct tls_context *tls = tls_context_create(program->argv[1], program->argv[2], error);
    if (!tls)
        return false;
    struct net_server_config config = {.loop = &program->loop,
                                       .tls = tls,
                                       .limits = limits,
                                       .handlers = echo_handlers(),
                                       .handlers_context = &program->echo,
                                       .metrics = metrics};
    program->server = net_server_create(&config, error);
    return program->server && net_server_listen(program->server, "127.0.0.1", 0, error);
}

int main(int argc, char **argv)
{
    struct program program = {.argv = argv};
    struct ts_error error = {0};
    struct net_limits limits;
    struct metrics *metrics = metrics_create();
    limits_init(&limits);
    if (argc < 3) {
        fprintf(stderr, "usage: echo_server CERTIFICATE KEY [limit=value...]\n");
        return 2;
    }
    for (int i = 3; i < argc; i++)
        set_limit(&limits, argv[i]);
    uv_loop_init(&program.loop);
    if (!start(&program, &limits, metrics, &error)) {
        log_error(LOG_ERROR, "start_failed", &error);
        return 1;
    }
    const int signals[] = {SIGTERM, SIGHUP};
    program.signals = loop_signals_start(&program.loop, signals, 2, on_signal, &program, &error);
    uv_pipe_init(&program.loop, &program.input, 0);
    program.input.data = &program;
    uv_pipe_open(&program.input, 0);
    uv_read_start((uv_stream_t *)&program.input, on_alloc, on_input);
    printf("port %d\n", net_server_port(program.server, 0));
    fflush(stdout);
    int code = loop_finish(&program.loop);
    size_t length = 0;
    char *text = metrics_print(metrics, &length);
    printf("open %zu\nloop %d\n%s", program.echo.open, code, text);
    free(text);
    metrics_free(metrics);
    return code == 0 && program.echo.open == 0 ? 0 : 1;
}
