// SPDX-License-Identifier: Apache-2.0
// Every allocation of net and core fails once: the calls around it may fail, nothing may crash, leak, or lose
// its last `closed`. The linker puts the functions below between our code and malloc; libraries are not
// touched, and allocations count only while `armed`.
#include "core/child.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "core/workers.h"
#include "h2_peer.h"
#include "net/gzip.h"
#include "net/h2_session.h"
#include "net/server.h"
#include "net/tls_context.h"
#include "wire/error.h"
#include "wire/grpc_frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static bool armed, has_failed;
static size_t fail_in;

static bool fails(void)
{
    if (!armed || --fail_in > 0)
        return false;
    armed = false;
    has_failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

// Runs `act` with the first, second, ... allocation failing, until none is left to fail.
static void torture(void (*act)(void *context), void *context)
{
    size_t n = 0;
    do {
        fail_in = ++n;
        has_failed = false;
        armed = true;
        act(context);
        armed = false;
    } while (has_failed);
    assert_true(n > 1);
}

// ---- a call, with handlers that allocate nothing

struct tally {
    size_t heads, closeds;
};

static void on_head(void *context, struct net_stream *stream, const struct net_request_head *head)
{
    struct tally *tally = context;
    (void)head;
    (void)stream;
    tally->heads++;
}

static void on_message(void *context, struct net_stream *stream, const uint8_t *bytes, size_t length)
{
    static const struct net_header head[] = {{"content-type", "application/grpc"}, {"grpc-encoding", "gzip"}};
    static const struct net_header trailers[] = {{"grpc-status", "0"}};
    (void)context;
    net_stream_send_head(stream, 200, head, 2);
    net_stream_send_message(stream, bytes, length);
    net_stream_send_message_gzip(stream, bytes, length);
    net_stream_finish(stream, trailers, 1);
}

static void on_end(void *context, struct net_stream *stream)
{
    (void)context;
    (void)stream;
}

static void on_broken(void *context, struct net_stream *stream, const struct ts_error *error)
{
    static const struct net_header trailers[] = {{"grpc-status", "8"}};
    (void)context;
    assert_int_equal(TS_RESOURCE_EXHAUSTED, error->status);
    net_stream_finish(stream, trailers, 1);
}

static void on_closed(void *context, struct net_stream *stream, uint32_t h2_error)
{
    struct tally *tally = context;
    (void)stream;
    (void)h2_error;
    tally->closeds++;
}

static const struct net_handlers handlers = {.head = on_head,
                                             .message = on_message,
                                             .half_close = on_end,
                                             .broken = on_broken,
                                             .closed = on_closed,
                                             .writable = on_end};

// What a client sends for one call with a compressed message, in frames of 1000 bytes.
struct script {
    uint8_t bytes[400000];
    size_t length;
};

static void write_script(struct script *script)
{
    static uint8_t plain[200000];
    struct h2_peer peer;
    uint8_t *packed;
    size_t packed_length;
    const uint8_t *piece;
    static const struct net_header headers[] = {{"grpc-encoding", "gzip"}};
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 2654435761u >> 11);
    assert_true(gzip_deflate(plain, sizeof plain, &packed, &packed_length));
    uint8_t *body = malloc(packed_length + GRPC_FRAME_PREFIX);
    assert_non_null(body);
    grpc_frame_write_prefix(body, true, (uint32_t)packed_length);
    memcpy(body + GRPC_FRAME_PREFIX, packed, packed_length);
    peer_start(&peer, NULL);
    struct peer_request request = {.path = "/echo.Echo/Unary",
                                   .body = body,
                                   .body_length = packed_length + GRPC_FRAME_PREFIX,
                                   .data_frame = 1000,
                                   .headers = headers,
                                   .header_count = 1};
    peer_request(&peer, &request);
    script->length = 0;
    // The preface and SETTINGS, which peer_start has sent already to its own server.
    static const char greeting[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    memcpy(script->bytes, greeting, sizeof greeting - 1);
    script->length = sizeof greeting - 1;
    for (ssize_t length; (length = nghttp2_session_mem_send(peer.client, &piece)) > 0;) {
        assert_true(script->length + (size_t)length < sizeof script->bytes);
        memcpy(script->bytes + script->length, piece, (size_t)length);
        script->length += (size_t)length;
    }
    peer_stop(&peer);
    free(body);
    free(packed);
}

static void serve_script(void *context)
{
    const struct script *script = context;
    static uint8_t buffer[16384];
    struct net_limits limits;
    struct tally tally = {0};
    struct ts_error error = {0};
    limits_init(&limits);
    struct h2_session_config config = {
        .limits = &limits, .handlers = &handlers, .handlers_context = &tally, .peer = "192.0.2.7"};
    struct h2_session *session = h2_session_create(&config, &error);
    if (!session) {
        assert_int_equal(TS_RESOURCE_EXHAUSTED, error.status);
        return;
    }
    h2_session_receive(session, script->bytes, script->length, 1000);
    while (h2_session_take(session, buffer, sizeof buffer) > 0)
        continue;
    assert_int_equal(0, h2_session_header_since_ms(session)); // else it would end for header_timeout_ms
    h2_session_free(session);
    assert_int_equal(tally.heads, tally.closeds);
}

static void test_a_call_survives_every_failing_allocation(void **state)
{
    static struct script script;
    (void)state;
    write_script(&script);
    torture(serve_script, &script);
}

// ---- the rest

static void serve_nobody(void *context)
{
    uv_loop_t loop;
    struct ts_error error = {0};
    struct net_limits limits;
    struct metrics *metrics = metrics_create();
    (void)context;
    limits_init(&limits);
    uv_loop_init(&loop);
    struct net_server_config config = {
        .loop = &loop, .limits = &limits, .handlers = &handlers, .metrics = metrics};
    struct net_server *server = net_server_create(&config, &error);
    if (server) {
        net_server_listen(server, "127.0.0.1", 0, &error);
        net_server_close(server, NULL, NULL);
    }
    assert_int_equal(0, loop_finish(&loop));
    metrics_free(metrics);
}

static void test_a_server_survives_every_failing_allocation(void **state)
{
    (void)state;
    torture(serve_nobody, NULL);
}

static int knock(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(connect(fd, (struct sockaddr *)&address, sizeof address), errno);
    return fd;
}

static bool is_turned_away(uv_loop_t *loop, int fd)
{
    char byte;
    for (int turns = 0; turns < 100; turns++) {
        uv_run(loop, UV_RUN_ONCE); // the server's own timer ends a turn in which nothing happens
        ssize_t length = recv(fd, &byte, 1, MSG_DONTWAIT);
        if (length == 0 || (length < 0 && errno == ECONNRESET))
            return true;
    }
    return false;
}

static void test_a_server_without_memory_for_connections_turns_them_away_and_still_listens(void **state)
{
    uv_loop_t loop;
    struct ts_error error = {0};
    struct net_limits limits;
    struct metrics *metrics = metrics_create();
    int fds[3];
    (void)state;
    limits_init(&limits);
    limits.connections = 0; // with memory they are turned away for this
    uv_loop_init(&loop);
    struct net_server_config config = {
        .loop = &loop, .limits = &limits, .handlers = &handlers, .metrics = metrics};
    struct net_server *server = net_server_create(&config, &error);
    assert_true(server && net_server_listen(server, "127.0.0.1", 0, &error));
    for (int i = 0; i < 3; i++)
        fds[i] = knock(net_server_port(server, 0));
    fail_in = 1;
    armed = true;
    for (int i = 0; i < 3; i++) {
        assert_true(is_turned_away(&loop, fds[i]));
        assert_true(has_failed);
        close(fds[i]);
    }
    armed = false;
    net_server_close(server, NULL, NULL);
    assert_int_equal(0, loop_finish(&loop));
    metrics_free(metrics);
}

static void do_nothing(void *context)
{
    (void)context;
}

static void count_done(void *context, bool cancelled)
{
    (void)cancelled;
    ++*(int *)context;
}

static void work(void *context)
{
    uv_loop_t loop;
    struct ts_error error = {0};
    int accepted = 0, done = 0;
    (void)context;
    uv_loop_init(&loop);
    struct workers *workers = workers_create(&loop, 1, 10);
    for (int i = 0; workers && i < 3; i++)
        accepted += workers_submit(workers, do_nothing, count_done, &done, &error);
    workers_stop(workers, NULL, NULL);
    assert_int_equal(0, loop_finish(&loop));
    assert_int_equal(accepted, done);
}

static void test_workers_survive_every_failing_allocation(void **state)
{
    (void)state;
    torture(work, NULL);
}

static void start_child(void *context)
{
    uv_loop_t loop;
    struct ts_error error = {0};
    static const char *const argv[] = {"/bin/true", NULL}, *const envp[] = {"A=b", NULL};
    static const struct child_handlers nothing = {0};
    struct child_config config = {.name = "true",
                                  .argv = argv,
                                  .envp = envp,
                                  .directory = "/",
                                  .with_channel = true,
                                  .log_lines = true};
    (void)context;
    uv_loop_init(&loop);
    struct child *child = child_start(&loop, &config, &nothing, NULL, &error);
    child_stop(child, NULL, NULL);
    assert_int_equal(0, loop_finish(&loop));
}

static void test_a_child_survives_every_failing_allocation(void **state)
{
    (void)state;
    torture(start_child, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_survives_every_failing_allocation),
        cmocka_unit_test(test_a_server_survives_every_failing_allocation),
        cmocka_unit_test(test_a_server_without_memory_for_connections_turns_them_away_and_still_listens),
        cmocka_unit_test(test_workers_survive_every_failing_allocation),
        cmocka_unit_test(test_a_child_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
