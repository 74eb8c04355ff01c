// SPDX-License-Identifier: Apache-2.0
// The engine of a call on a real loop: requests come from an HTTP/2 client in memory, there is no database.
#include "core/loop.h"
#include "core/workers.h"
#include "grpc/health/v1/health.pb-c.h"
#include "net/h2_session.h"
#include "net/limits.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"

#include <nghttp2/nghttp2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    uv_loop_t loop;
    uv_sem_t gate; // what a job on a worker waits for
    struct workers *workers;
    struct rpc_dispatch *dispatch;
    struct net_limits limits;
    struct h2_session *server;
    nghttp2_session *client;
    char grpc_status[8]; // the newest
};

static struct fixture *under_test; // a row of the method table has no context of its own

static bool wait_at_the_gate(struct rpc_call *call)
{
    (void)call;
    uv_sem_wait(&under_test->gate);
    return true;
}

static struct rpc_verdict work_step(struct rpc_call *call)
{
    return call->stage == RPC_STAGE_FIRST ? rpc_wait_work(call, wait_at_the_gate, 1) : rpc_end(call);
}

static struct rpc_verdict forgetful_step(struct rpc_call *call)
{
    return rpc_fail(call);
}

// As of a database that is newer than this program.
static struct rpc_verdict newer_step(struct rpc_call *call)
{
    static const char answer[] = "{\"status\": \"of_tomorrow\"}";
    return rpc_reply_json(call, answer, sizeof answer - 1);
}

#define ROW(method, function, ...)                                                                           \
    {                                                                                                        \
        .path = "/test.Test/" method, .name = "Test." method, .is_foreign = true,                            \
        .request = &grpc__health__v1__health_check_request__descriptor,                                      \
        .response = &grpc__health__v1__health_check_response__descriptor, .step = function, __VA_ARGS__      \
    }
static const struct rpc_method methods[] = {
    ROW("Work", work_step, .is_write = false),
    ROW("Forgetful", forgetful_step, .is_write = false),
    ROW("ReadNewer", newer_step, .is_write = false),
    ROW("WriteNewer", newer_step, .is_write = true),
};

// ---- the client

static int on_client_header(nghttp2_session *client, const nghttp2_frame *frame, const uint8_t *name,
                            size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                            void *user)
{
    struct fixture *fixture = user;
    (void)client;
    (void)frame;
    (void)flags;
    if (name_length == strlen("grpc-status") && memcmp(name, "grpc-status", name_length) == 0 &&
        value_length < sizeof fixture->grpc_status) {
        memcpy(fixture->grpc_status, value, value_length);
        fixture->grpc_status[value_length] = '\0';
    }
    return 0;
}

static ssize_t read_empty_message(nghttp2_session *client, int32_t id, uint8_t *buffer, size_t length,
                                  uint32_t *flags, nghttp2_data_source *source, void *user)
{
    enum { PREFIX_BYTES = 5 };
    (void)client;
    (void)id;
    (void)source;
    (void)user;
    assert_true(length >= PREFIX_BYTES);
    memset(buffer, 0, PREFIX_BYTES);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    return PREFIX_BYTES;
}

static void pump(struct fixture *fixture)
{
    const uint8_t *bytes;
    uint8_t buffer[4096];
    size_t length;
    for (ssize_t sent; (sent = nghttp2_session_mem_send(fixture->client, &bytes)) > 0;)
        assert_true(h2_session_receive(fixture->server, bytes, (size_t)sent, 1));
    while ((length = h2_session_take(fixture->server, buffer, sizeof buffer)) > 0)
        assert_int_equal(length, nghttp2_session_mem_recv(fixture->client, buffer, length));
}

static nghttp2_nv field(const char *name, const char *value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

static int32_t ask(struct fixture *fixture, const char *path)
{
    const nghttp2_nv fields[] = {field(":method", "POST"), field(":scheme", "https"),
                                 field(":path", path),     field(":authority", "localhost"),
                                 field("te", "trailers"),  field("content-type", "application/grpc")};
    const nghttp2_data_provider body = {.read_callback = read_empty_message};
    int32_t id =
        nghttp2_submit_request(fixture->client, NULL, fields, sizeof fields / sizeof fields[0], &body, NULL);
    assert_true(id > 0);
    pump(fixture);
    return id;
}

static void open_client(struct fixture *fixture)
{
    nghttp2_session_callbacks *callbacks;
    assert_int_equal(0, nghttp2_session_callbacks_new(&callbacks));
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_client_header);
    assert_int_equal(0, nghttp2_session_client_new(&fixture->client, callbacks, fixture));
    nghttp2_session_callbacks_del(callbacks);
    assert_int_equal(0, nghttp2_submit_settings(fixture->client, NGHTTP2_FLAG_NONE, NULL, 0));
    pump(fixture);
}

// ---- begin and end

static void begin(struct fixture *fixture)
{
    struct ts_error error = {0};
    *fixture = (struct fixture){0};
    under_test = fixture;
    assert_int_equal(0, uv_loop_init(&fixture->loop));
    assert_int_equal(0, uv_sem_init(&fixture->gate, 0));
    fixture->workers = workers_create(&fixture->loop, 1, 10);
    const struct rpc_dispatch_config config = {.loop = &fixture->loop,
                                               .workers = fixture->workers,
                                               .deadline_default_ms = 60000,
                                               .deadline_max_ms = 60000,
                                               .message_bytes = 1024,
                                               .call_arena_bytes = 1 << 20};
    fixture->dispatch = dispatch_create(&config, &error);
    assert_non_null(fixture->dispatch);
    assert_true(dispatch_add(fixture->dispatch, methods, sizeof methods / sizeof methods[0], &error));
    limits_init(&fixture->limits);
    const struct h2_session_config session = {.limits = &fixture->limits,
                                              .handlers = dispatch_handlers(),
                                              .handlers_context = fixture->dispatch,
                                              .peer = "192.0.2.7"};
    fixture->server = h2_session_create(&session, &error);
    assert_non_null(fixture->server);
    open_client(fixture);
}

static void end(struct fixture *fixture)
{
    nghttp2_session_del(fixture->client);
    h2_session_free(fixture->server);
    workers_stop(fixture->workers, NULL, NULL);
    assert_int_equal(0, loop_finish(&fixture->loop));
    assert_int_equal(0, dispatch_call_count(fixture->dispatch));
    dispatch_free(fixture->dispatch);
    uv_sem_destroy(&fixture->gate);
}

static void test_a_client_that_hangs_up_leaves_no_work_waiting(void **state)
{
    struct fixture fixture;
    (void)state;
    begin(&fixture);
    ask(&fixture, "/test.Test/Work");
    int32_t gone = ask(&fixture, "/test.Test/Work");
    assert_int_equal(1, workers_running(fixture.workers));
    assert_int_equal(1, workers_waiting(fixture.workers));
    nghttp2_submit_rst_stream(fixture.client, NGHTTP2_FLAG_NONE, gone, NGHTTP2_CANCEL);
    pump(&fixture);
    assert_int_equal(0, workers_waiting(fixture.workers));
    assert_int_equal(1, workers_running(fixture.workers));
    uv_sem_post(&fixture.gate);
    uv_sem_post(&fixture.gate); // for the job that must not run: nobody hangs when it does
    while (workers_running(fixture.workers) > 0)
        uv_run(&fixture.loop, UV_RUN_ONCE);
    pump(&fixture);
    assert_string_equal("0", fixture.grpc_status);
    end(&fixture);
}

static void test_a_step_that_fails_without_saying_why_is_answered_internal(void **state)
{
    struct fixture fixture;
    (void)state;
    begin(&fixture);
    ask(&fixture, "/test.Test/Forgetful");
    assert_string_equal("13", fixture.grpc_status);
    end(&fixture);
}

// INVALID_ARGUMENT, which the text as such deserves, would tell a client that nothing was done.
static void test_an_answer_that_cannot_be_made_is_no_refusal(void **state)
{
    struct fixture fixture;
    (void)state;
    begin(&fixture);
    ask(&fixture, "/test.Test/ReadNewer");
    assert_string_equal("13", fixture.grpc_status);
    ask(&fixture, "/test.Test/WriteNewer");
    assert_string_equal("2", fixture.grpc_status);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_client_that_hangs_up_leaves_no_work_waiting),
        cmocka_unit_test(test_a_step_that_fails_without_saying_why_is_answered_internal),
        cmocka_unit_test(test_an_answer_that_cannot_be_made_is_no_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
