// SPDX-License-Identifier: Apache-2.0
// The registry's text, and the metrics socket against readers that are slow, many, wrong or late.
#include "core/loop.h"
#include "core/metrics.h"
#include "core/metrics_socket.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void test_text_keeps_families_together_and_sums_buckets(void **state)
{
    struct metrics *metrics = metrics_create();
    (void)state;
    struct metric *seconds = metrics_histogram(metrics, "a_seconds", "m=\"x\"", "Long.");
    metrics_add(metrics_counter(metrics, "b_total", "k=\"1\"", "Two."), 2);
    metrics_set(metrics_gauge(metrics, "c", "", "Three."), 3);
    metrics_add(metrics_counter(metrics, "b_total", "k=\"2\"", "Two."), 5);
    metrics_add(metrics_seconds(metrics, "d_seconds_total", "", "Four."), 1500000);
    metrics_observe_us(seconds, 150);
    metrics_observe_us(seconds, 700);
    metrics_observe_us(seconds, 20000000);
    size_t length;
    char *text = metrics_print(metrics, &length);
    assert_non_null(text);
    assert_int_equal(length, strlen(text));
    assert_non_null(
        strstr(text, "# TYPE b_total counter\nb_total{k=\"1\"} 2\nb_total{k=\"2\"} 5\n# HELP c Three."));
    assert_non_null(strstr(text, "a_seconds_bucket{m=\"x\",le=\"0.0002\"} 1\n"));
    assert_non_null(strstr(text, "a_seconds_bucket{m=\"x\",le=\"0.0010\"} 2\n"));
    assert_non_null(strstr(text, "a_seconds_bucket{m=\"x\",le=\"10.0000\"} 2\n"));
    assert_non_null(strstr(text, "a_seconds_bucket{m=\"x\",le=\"+Inf\"} 3\n"));
    assert_non_null(strstr(text, "a_seconds_sum{m=\"x\"} 20.000850\na_seconds_count{m=\"x\"} 3\n"));
    assert_non_null(strstr(text, "# TYPE d_seconds_total counter\nd_seconds_total 1.500000\n"));
    free(text);
    metrics_free(metrics);
    metrics_free(NULL);
    metrics_add(NULL, 1);
    metrics_set(NULL, 1);
    metrics_observe_us(NULL, 1);
    assert_null(metrics_counter(NULL, "a", "", ""));
}

// ---- the socket

enum { CLIENTS = 12, TEXT_BYTES = 1 << 20 };

struct fixture {
    uv_loop_t loop;
    struct metrics *metrics;
    char directory[32], path[64];
    int collected;
};

static void collect(void *context)
{
    struct fixture *fixture = context;
    metrics_set(metrics_gauge(fixture->metrics, "collected", "", "Times."), ++fixture->collected);
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    uv_loop_init(&fixture->loop);
    fixture->metrics = metrics_create();
    strcpy(fixture->directory, "/tmp/metrics-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->path, sizeof fixture->path, "%s/s", fixture->directory);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    metrics_free(fixture->metrics);
    unlink(fixture->path);
    rmdir(fixture->directory);
    free(fixture);
    return 0;
}

static struct metrics_socket *open_socket(struct fixture *fixture, uint64_t reader_timeout_ms)
{
    struct ts_error error = {0};
    const struct metrics_socket_config config = {.loop = &fixture->loop,
                                                 .metrics = fixture->metrics,
                                                 .path = fixture->path,
                                                 .reader_timeout_ms = reader_timeout_ms,
                                                 .collect = collect,
                                                 .context = fixture};
    struct metrics_socket *made = metrics_socket_create(&config, &error);
    assert_non_null(made);
    return made;
}

static void finish(struct fixture *fixture, struct metrics_socket *made)
{
    metrics_socket_free(made);
    assert_int_equal(0, loop_finish(&fixture->loop));
    assert_int_equal(-1, access(fixture->path, F_OK));
}

static int dial(const struct fixture *fixture)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, fixture->path, strlen(fixture->path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(0, connect(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}

// Turns the loop until the other side has hung up, and returns all that it said.
static char *read_all(struct fixture *fixture, int fd)
{
    static char text[TEXT_BYTES];
    size_t length = 0;
    for (;;) {
        ssize_t count = read(fd, text + length, sizeof text - 1 - length);
        if (count == 0 || (count < 0 && errno != EAGAIN))
            break;
        if (count > 0)
            length += (size_t)count;
        else
            uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    text[length] = '\0';
    close(fd);
    return text;
}

static char *ask(struct fixture *fixture, const char *request)
{
    int fd = dial(fixture);
    assert_int_equal(strlen(request), write(fd, request, strlen(request)));
    return read_all(fixture, fd);
}

static void test_a_reader_gets_what_is_collected_for_it(void **state)
{
    struct fixture *fixture = *state;
    struct metrics_socket *made = open_socket(fixture, 0);
    struct stat about;
    assert_int_equal(0, stat(fixture->path, &about));
    assert_int_equal(0660, about.st_mode & 0777);
    char *text = ask(fixture, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_memory_equal(text, "HTTP/1.0 200 OK\r\n", 17);
    assert_non_null(strstr(text, "\ncollected 1\n"));
    assert_non_null(strstr(ask(fixture, "GET /metrics HTTP/1.0\n\n"), "\ncollected 2\n"));
    assert_memory_equal(ask(fixture, "GET /other HTTP/1.0\r\n\r\n"), "HTTP/1.0 404 ", 13);
    assert_memory_equal(ask(fixture, "POST /metrics HTTP/1.0\r\n\r\n"), "HTTP/1.0 405 ", 13);
    finish(fixture, made);
}

static void test_a_request_without_end_is_hung_up_on(void **state)
{
    struct fixture *fixture = *state;
    struct metrics_socket *made = open_socket(fixture, 0);
    char request[8192];
    memset(request, 'x', sizeof request - 1);
    request[sizeof request - 1] = '\0';
    assert_string_equal("", ask(fixture, request));
    finish(fixture, made);
}

static void test_silent_readers_make_room_for_the_others_at_their_deadline(void **state)
{
    struct fixture *fixture = *state;
    struct metrics_socket *made = open_socket(fixture, 50);
    int silent[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        silent[i] = dial(fixture);
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
    }
    assert_non_null(strstr(ask(fixture, "GET /metrics HTTP/1.0\r\n\r\n"), "\ncollected 1\n"));
    for (int i = 0; i < CLIENTS; i++)
        assert_string_equal("", read_all(fixture, silent[i]));
    finish(fixture, made);
}

static void test_a_reader_that_takes_nothing_is_cut(void **state)
{
    struct fixture *fixture = *state;
    char labels[32];
    for (int i = 0; i < 20000; i++) { // more than a socket's buffer holds
        snprintf(labels, sizeof labels, "n=\"%d\"", i);
        if (i % 20 == 0)
            metrics_histogram(fixture->metrics, "a_very_long_name_of_a_histogram_seconds", labels, "Long.");
    }
    struct metrics_socket *made = open_socket(fixture, 50);
    int fd = dial(fixture);
    static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
    assert_int_equal(sizeof request - 1, write(fd, request, sizeof request - 1));
    while (fixture->collected == 0)
        uv_run(&fixture->loop, UV_RUN_ONCE);
    uint64_t asked_ms = uv_now(&fixture->loop);
    while (uv_now(&fixture->loop) < asked_ms + 150) // its deadline passes, with the timer as the event
        uv_run(&fixture->loop, UV_RUN_ONCE);
    char *text = read_all(fixture, fd);
    assert_memory_equal(text, "HTTP/1.0 200 OK\r\n", 17);
    assert_null(strstr(text, "n=\"19980\"")); // the end never came
    finish(fixture, made);
}

static void test_a_path_that_another_has_is_taken_when_it_is_free(void **state)
{
    struct fixture *fixture = *state;
    struct metrics_socket *first = open_socket(fixture, 20);
    struct metrics_socket *second = open_socket(fixture, 20);
    assert_non_null(strstr(ask(fixture, "GET /metrics HTTP/1.0\r\n\r\n"), "200 OK"));
    metrics_socket_free(first);
    while (access(fixture->path, F_OK) == 0)
        uv_run(&fixture->loop, UV_RUN_ONCE);
    while (access(fixture->path, F_OK) != 0)
        uv_run(&fixture->loop, UV_RUN_ONCE);
    assert_non_null(strstr(ask(fixture, "GET /metrics HTTP/1.0\r\n\r\n"), "200 OK"));
    finish(fixture, second);
}

static void test_a_socket_that_a_killed_daemon_left_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, fixture->path, strlen(fixture->path));
    int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(0, bind(left, (struct sockaddr *)&address, sizeof address));
    close(left);
    struct metrics_socket *made = open_socket(fixture, 0);
    assert_non_null(strstr(ask(fixture, "GET /metrics HTTP/1.0\r\n\r\n"), "200 OK"));
    finish(fixture, made);
}

static void test_what_is_no_socket_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    struct ts_error error = {0};
    FILE *file = fopen(fixture->path, "w");
    assert_non_null(file);
    fclose(file);
    struct metrics_socket_config config = {.loop = &fixture->loop, .path = fixture->path};
    assert_null(metrics_socket_create(&config, &error));
    assert_string_equal("SOCKET_PATH", error.reason);
    assert_int_equal(0, access(fixture->path, F_OK));
    char longer[200];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    config.path = longer;
    assert_null(metrics_socket_create(&config, &error));
    assert_string_equal("SOCKET_PATH", error.reason);
    assert_int_equal(0, loop_finish(&fixture->loop));
}

#define WITH_SOCKET(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_keeps_families_together_and_sums_buckets),
        WITH_SOCKET(test_a_reader_gets_what_is_collected_for_it),
        WITH_SOCKET(test_a_request_without_end_is_hung_up_on),
        WITH_SOCKET(test_silent_readers_make_room_for_the_others_at_their_deadline),
        WITH_SOCKET(test_a_reader_that_takes_nothing_is_cut),
        WITH_SOCKET(test_a_path_that_another_has_is_taken_when_it_is_free),
        WITH_SOCKET(test_a_socket_that_a_killed_daemon_left_is_replaced),
        WITH_SOCKET(test_what_is_no_socket_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
