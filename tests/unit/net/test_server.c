// SPDX-License-Identifier: Apache-2.0
// The server on real sockets and a real loop: caps, deadlines, plaintext, drain, reload, and that the loop
// can be closed afterwards. Clients live on the same loop; what they wait for is an event, never a time.
// Whole calls over sockets are tested from outside (tests/net).
#include "certificate.h"
#include "core/loop.h"
#include "core/metrics.h"
#include "echo_handler.h"
#include "net/limits.h"
#include "net/server.h"
#include "net/tls_context.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { CLIENTS = 6 };

struct client {
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    const char *text;
    size_t received;
    bool is_closed; // the server hung up
    struct fixture *fixture;
};

struct fixture {
    uv_loop_t loop;
    struct certificate files;
    struct net_server *server;
    struct net_limits limits;
    struct metrics *metrics;
    struct echo echo;
    struct client clients[CLIENTS];
    size_t client_count, closed_count;
    size_t close_server_after; // as many hang-ups end the test
    bool is_drained, is_server_closed;
    char scrap[4096];
};

static void on_server_closed(void *context)
{
    ((struct fixture *)context)->is_server_closed = true;
}

static void start(struct fixture *fixture)
{
    struct ts_error error = {0};
    struct tls_context *tls = tls_context_create(fixture->files.certificate, fixture->files.key, &error);
    assert_non_null(tls);
    struct net_server_config config = {.loop = &fixture->loop,
                                       .tls = tls,
                                       .limits = &fixture->limits,
                                       .handlers = echo_handlers(),
                                       .handlers_context = &fixture->echo,
                                       .metrics = fixture->metrics};
    fixture->server = net_server_create(&config, &error);
    assert_non_null(fixture->server);
    assert_true(net_server_listen(fixture->server, "127.0.0.1", 0, &error));
    assert_true(net_server_port(fixture->server, 0) > 0);
}

static int set_up(void **state)
{
    static struct fixture fixture;
    memset(&fixture, 0, sizeof fixture);
    uv_loop_init(&fixture.loop);
    certificate_make(&fixture.files, 3600);
    limits_init(&fixture.limits);
    fixture.limits.linger_timeout_ms = 50;
    fixture.metrics = metrics_create();
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    metrics_free(fixture->metrics);
    certificate_remove(&fixture->files);
    return 0;
}

// Runs until everything is closed; the loop must be empty then.
static void finish(struct fixture *fixture)
{
    assert_int_equal(0, loop_finish(&fixture->loop));
    assert_true(fixture->is_server_closed);
    assert_int_equal(0, fixture->echo.open);
}

// ---- clients

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct client *client = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(client->fixture->scrap, sizeof client->fixture->scrap);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
    struct client *client = stream->data;
    struct fixture *fixture = client->fixture;
    (void)buffer;
    if (length >= 0) {
        client->received += (size_t)length;
        return;
    }
    client->is_closed = true;
    uv_close((uv_handle_t *)stream, NULL);
    if (++fixture->closed_count == fixture->close_server_after)
        net_server_close(fixture->server, on_server_closed, fixture);
}

static void on_connect(uv_connect_t *connect, int status)
{
    struct client *client = connect->handle->data;
    assert_int_equal(0, status);
    uv_read_start((uv_stream_t *)&client->tcp, on_alloc, on_read);
    if (client->text) {
        uv_buf_t text = uv_buf_init((char *)(uintptr_t)client->text, (unsigned)strlen(client->text));
        uv_write(&client->write, (uv_stream_t *)&client->tcp, &text, 1, NULL);
    }
}

static struct client *add_client(struct fixture *fixture, const char *text)
{
    struct client *client = &fixture->clients[fixture->client_count++];
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", net_server_port(fixture->server, 0), &address);
    client->fixture = fixture;
    client->text = text;
    uv_tcp_init(&fixture->loop, &client->tcp);
    client->tcp.data = client;
    assert_int_equal(
        0, uv_tcp_connect(&client->connect, &client->tcp, (const struct sockaddr *)&address, on_connect));
    return client;
}

static int64_t counter(struct fixture *fixture, const char *name, const char *labels)
{
    return metrics_value(metrics_counter(fixture->metrics, name, labels, ""));
}

// ---- tests

static void test_a_server_without_clients_closes(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    net_server_close(fixture->server, on_server_closed, fixture);
    finish(fixture);
}

static void test_plaintext_is_hung_up_on(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    fixture->close_server_after = 2;
    add_client(fixture, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    add_client(fixture, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    finish(fixture);
    assert_int_equal(2, counter(fixture, "touchstone_net_handshakes_failed_total", ""));
    assert_int_equal(0, fixture->echo.heads);
}

static void test_a_silent_client_meets_the_handshake_deadline(void **state)
{
    struct fixture *fixture = *state;
    fixture->limits.handshake_timeout_ms = 50;
    start(fixture);
    fixture->close_server_after = 2;
    add_client(fixture, NULL);
    add_client(fixture, "\x16\x03\x01"); // the beginning of a ClientHello, and nothing more
    finish(fixture);
    assert_int_equal(2, counter(fixture, "touchstone_net_limit_total", "limit=\"handshake_timeout_ms\""));
}

static void test_connections_above_the_cap_are_hung_up_on(void **state)
{
    struct fixture *fixture = *state;
    fixture->limits.connections = 2;
    start(fixture);
    fixture->close_server_after = 3; // three of five at once; the others when the server closes
    for (int i = 0; i < 5; i++)
        add_client(fixture, NULL);
    finish(fixture);
    assert_int_equal(3, counter(fixture, "touchstone_net_limit_total", "limit=\"connections\""));
    assert_int_equal(5, fixture->closed_count);
}

static void test_connections_of_one_address_have_a_cap(void **state)
{
    struct fixture *fixture = *state;
    fixture->limits.connections_per_address = 1;
    start(fixture);
    fixture->close_server_after = 2;
    for (int i = 0; i < 3; i++)
        add_client(fixture, NULL);
    finish(fixture);
    assert_int_equal(2, counter(fixture, "touchstone_net_limit_total", "limit=\"connections_per_address\""));
}

static void on_drained(void *context)
{
    struct fixture *fixture = context;
    fixture->is_drained = true;
    net_server_close(fixture->server, on_server_closed, fixture);
}

static void test_draining_without_connections_is_told_later_not_inside(void **state)
{
    struct fixture *fixture = *state;
    start(fixture);
    net_server_drain(fixture->server, on_drained, fixture);
    assert_false(fixture->is_drained);
    net_server_drain(fixture->server, NULL, NULL); // a second time is nothing
    finish(fixture);
    assert_true(fixture->is_drained);
}

static void on_connect_then_drain(uv_timer_t *timer)
{
    struct fixture *fixture = timer->data;
    if (net_server_connections(fixture->server) < 2)
        return;
    net_server_drain(fixture->server, on_drained, fixture);
    uv_close((uv_handle_t *)timer, NULL);
}

static void test_draining_ends_connections_in_their_handshake(void **state)
{
    struct fixture *fixture = *state;
    uv_timer_t timer;
    start(fixture);
    add_client(fixture, NULL);
    add_client(fixture, NULL);
    uv_timer_init(&fixture->loop, &timer);
    timer.data = fixture;
    uv_timer_start(&timer, on_connect_then_drain, 0, 1);
    finish(fixture);
    assert_true(fixture->is_drained);
    assert_int_equal(2, fixture->closed_count);
}

static void test_a_taken_port_is_refused_with_its_name(void **state)
{
    struct fixture *fixture = *state;
    struct ts_error error = {0};
    start(fixture);
    int port = net_server_port(fixture->server, 0);
    assert_false(net_server_listen(fixture->server, "127.0.0.1", port, &error));
    assert_string_equal("LISTEN_FAILED", error.reason);
    assert_non_null(strstr(error.detail, "127.0.0.1"));
    assert_false(net_server_listen(fixture->server, "no address", 0, &error));
    assert_true(net_server_listen(fixture->server, "127.0.0.1", 0, &error));
    assert_int_not_equal(port, net_server_port(fixture->server, 1));
    assert_int_equal(0, net_server_port(fixture->server, 2));
    net_server_close(fixture->server, on_server_closed, fixture);
    finish(fixture);
}

static void test_a_passed_socket_is_taken_over(void **state)
{
    struct fixture *fixture = *state;
    struct ts_error error = {0};
    struct sockaddr_in address;
    start(fixture);
    uv_ip4_addr("127.0.0.1", 0, &address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(0, bind(fd, (const struct sockaddr *)&address, sizeof address));
    assert_true(net_server_listen_fd(fixture->server, fd, &error));
    assert_true(net_server_port(fixture->server, 1) > 0);
    net_server_close(fixture->server, on_server_closed, fixture);
    finish(fixture);
}

static void test_bad_new_certificates_leave_the_old_one(void **state)
{
    struct fixture *fixture = *state;
    struct ts_error error = {0};
    start(fixture);
    assert_false(net_server_reload_tls(fixture->server, "/nonexistent", fixture->files.key, &error));
    assert_string_equal("TLS_FILES", error.reason);
    assert_true(
        net_server_reload_tls(fixture->server, fixture->files.certificate, fixture->files.key, &error));
    net_server_close(fixture->server, on_server_closed, fixture);
    finish(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_server_without_clients_closes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_plaintext_is_hung_up_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_silent_client_meets_the_handshake_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_connections_above_the_cap_are_hung_up_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_connections_of_one_address_have_a_cap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_draining_without_connections_is_told_later_not_inside, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_draining_ends_connections_in_their_handshake, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_taken_port_is_refused_with_its_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_passed_socket_is_taken_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_new_certificates_leave_the_old_one, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
