// SPDX-License-Identifier: Apache-2.0
// Calls over HTTP/2 in memory: message edges, answers of all shapes, broken input, queues, lifetimes, drain.
#include "h2_peer.h"
#include "net/gzip.h"
#include "net/h2_session.h"
#include "wire/grpc_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t hello[] = "hello";
enum { HELLO = 5 };

static void assert_echoed(struct h2_peer *peer, int32_t id, const char *grpc_status)
{
    struct peer_stream *stream = peer_stream(peer, id);
    assert_string_equal("200", stream->status);
    assert_string_equal(grpc_status, stream->grpc_status);
    assert_true(stream->is_closed);
}

static int32_t run(struct h2_peer *peer, struct peer_request request)
{
    int32_t id = peer_request(peer, &request);
    peer_pump(peer);
    return id;
}

static void test_a_unary_call_is_answered(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = peer_call(&peer, "/echo.Echo/Unary", hello, HELLO);
    peer_pump(&peer);
    assert_echoed(&peer, id, "0");
    assert_memory_equal("\0\0\0\0\5hello", peer_stream(&peer, id)->body, 10);
    assert_int_equal(10, peer_stream(&peer, id)->body_length);
    assert_int_equal(0, peer_stream(&peer, id)->h2_error);
    peer_stop(&peer);
}

static void test_bytes_may_arrive_one_by_one(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    peer.piece = 1;
    int32_t id = peer_call(&peer, "/echo.Echo/Unary", hello, HELLO);
    peer_pump(&peer);
    assert_echoed(&peer, id, "0");
    assert_memory_equal("\0\0\0\0\5hello", peer_stream(&peer, id)->body, 10);
    peer_stop(&peer);
}

static void test_message_edges_have_no_relation_to_data_frames(void **state)
{
    static const uint8_t two[] = "\0\0\0\0\3one\0\0\0\0\0\0\0\0\0\4four";
    (void)state;
    for (size_t frame = 1; frame < sizeof two; frame++) {
        struct h2_peer peer;
        peer_start(&peer, NULL);
        struct peer_request request = {
            .path = "/echo.Echo/Unary", .body = two, .body_length = sizeof two - 1, .data_frame = frame};
        int32_t id = run(&peer, request);
        assert_int_equal(3, peer.echo.messages);
        assert_int_equal(7, peer.echo.message_bytes);
        assert_echoed(&peer, id, "0");
        assert_memory_equal("\0\0\0\0\4four", peer_stream(&peer, id)->body, 9);
        peer_stop(&peer);
    }
}

static void test_a_large_message_passes_in_windows(void **state)
{
    struct h2_peer peer;
    size_t length = 4u << 20;
    uint8_t *message = calloc(1, length);
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = peer_call(&peer, "/echo.Echo/Unary", message, length);
    peer_pump(&peer);
    assert_echoed(&peer, id, "0");
    assert_int_equal(length + GRPC_FRAME_PREFIX, peer_stream(&peer, id)->body_length);
    peer_stop(&peer);
    free(message);
}

// What a registration with three pictures is: a message in many frames, as large as it may be.
static const char *send_large(size_t ceiling, size_t length, struct h2_peer *peer)
{
    struct net_limits limits;
    uint8_t *body = calloc(1, GRPC_FRAME_PREFIX + length);
    assert_non_null(body);
    limits_init(&limits);
    limits.message_bytes = ceiling;
    peer_start(peer, &limits);
    grpc_frame_write_prefix(body, false, (uint32_t)length);
    struct peer_request request = {.path = "/echo.Echo/Unary",
                                   .body = body,
                                   .body_length = GRPC_FRAME_PREFIX + length,
                                   .data_frame = 16384};
    int32_t id = run(peer, request);
    free(body);
    return peer_stream(peer, id)->grpc_status;
}

static void test_a_message_of_exactly_the_ceiling_passes_and_one_byte_more_does_not(void **state)
{
    static const size_t ceilings[] = {65537, 5u << 20, 6000000, 8u << 20};
    (void)state;
    for (size_t i = 0; i < sizeof ceilings / sizeof ceilings[0]; i++) {
        struct h2_peer peer;
        assert_string_equal("0", send_large(ceilings[i], ceilings[i], &peer));
        assert_int_equal(ceilings[i], peer.echo.message_bytes);
        assert_int_equal(0, peer.echo.brokens);
        peer_stop(&peer);
        assert_string_equal("8", send_large(ceilings[i], ceilings[i] + 1, &peer));
        assert_string_equal("MESSAGE_TOO_LARGE", peer.echo.last_broken);
        assert_int_equal(0, peer.echo.messages);
        peer_stop(&peer);
    }
}

static void test_a_message_above_the_ceiling_is_broken(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {.path = "/echo.Echo/Unary",
                                   .body = (const uint8_t *)"\0\xff\xff\xff\xff....",
                                   .body_length = 9,
                                   .stays_open = true};
    int32_t id = run(&peer, request);
    assert_string_equal("MESSAGE_TOO_LARGE", peer.echo.last_broken);
    assert_string_equal("8", peer_stream(&peer, id)->grpc_status);
    peer_stop(&peer);
}

static void test_a_truncated_message_is_broken(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {
        .path = "/echo.Echo/Unary", .body = (const uint8_t *)"\0\0\0\0\5hel", .body_length = 8};
    int32_t id = run(&peer, request);
    assert_string_equal("FRAME_TRUNCATED", peer.echo.last_broken);
    assert_string_equal("13", peer_stream(&peer, id)->grpc_status);
    assert_int_equal(0, peer.echo.half_closes);
    peer_stop(&peer);
}

static void test_a_wrong_flag_is_broken(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {
        .path = "/echo.Echo/Unary", .body = (const uint8_t *)"\7\0\0\0\1x", .body_length = 6};
    run(&peer, request);
    assert_string_equal("FRAME_INVALID", peer.echo.last_broken);
    assert_int_equal(1, peer.echo.brokens);
    peer_stop(&peer);
}

static void test_compressed_without_encoding_is_broken(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {
        .path = "/echo.Echo/Unary", .body = (const uint8_t *)"\1\0\0\0\1x", .body_length = 6};
    run(&peer, request);
    assert_string_equal("COMPRESSED_WITHOUT_ENCODING", peer.echo.last_broken);
    peer_stop(&peer);
}

static void test_an_unknown_encoding_is_unimplemented_and_says_what_is_known(void **state)
{
    struct h2_peer peer;
    static const struct net_header headers[] = {{"grpc-encoding", "snappy"}};
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {.path = "/echo.Echo/Unary", .headers = headers, .header_count = 1};
    int32_t id = run(&peer, request);
    assert_string_equal("12", peer_stream(&peer, id)->grpc_status);
    assert_string_equal("identity,gzip", peer_stream(&peer, id)->grpc_accept_encoding);
    peer_stop(&peer);
}

static void test_a_malformed_timeout_is_invalid(void **state)
{
    static const char *const bad[] = {"", "1", "S", "123456789S", "1 S", "-1S", "1SS", "0x1S"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct h2_peer peer;
        const struct net_header headers[] = {{"grpc-timeout", bad[i]}};
        peer_start(&peer, NULL);
        struct peer_request request = {.path = "/echo.Echo/Unary", .headers = headers, .header_count = 1};
        int32_t id = run(&peer, request);
        assert_string_equal("3", peer_stream(&peer, id)->grpc_status);
        peer_stop(&peer);
    }
}

static void send_gzip(struct h2_peer *peer, const uint8_t *plain, size_t length, const char *path)
{
    static const struct net_header headers[] = {{"grpc-encoding", "gzip"}};
    uint8_t *packed;
    size_t packed_length;
    assert_true(gzip_deflate(plain, length, &packed, &packed_length));
    uint8_t *framed = malloc(packed_length + GRPC_FRAME_PREFIX);
    assert_non_null(framed);
    grpc_frame_write_prefix(framed, true, (uint32_t)packed_length);
    memcpy(framed + GRPC_FRAME_PREFIX, packed, packed_length);
    struct peer_request request = {.path = path,
                                   .body = framed,
                                   .body_length = packed_length + GRPC_FRAME_PREFIX,
                                   .headers = headers,
                                   .header_count = 1};
    run(peer, request);
    free(framed);
    free(packed);
}

static void test_a_gzip_message_arrives_inflated(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    send_gzip(&peer, hello, HELLO, "/echo.Echo/Unary");
    assert_int_equal(HELLO, peer.echo.message_bytes);
    assert_memory_equal("\0\0\0\0\5hello", peer_stream(&peer, 1)->body, 10);
    send_gzip(&peer, hello, HELLO, "/echo.Echo/Gzip");
    assert_int_equal(1, peer_stream(&peer, 3)->body[0]);
    assert_echoed(&peer, 3, "0");
    peer_stop(&peer);
}

static void test_gzip_messages_of_nothing_but_zeros_have_a_limit(void **state)
{
    struct h2_peer peer;
    size_t length = 1 << 20;
    uint8_t *zeros = calloc(1, length);
    (void)state;
    peer_start(&peer, NULL);
    send_gzip(&peer, zeros, length, "/echo.Echo/Unary");
    assert_int_equal(length, peer.echo.message_bytes);
    assert_false(peer.has_goaway);
    send_gzip(&peer, zeros, length, "/echo.Echo/Unary");
    assert_string_equal("inflated_window_bytes", peer.goaway_text);
    assert_int_equal(1, peer.echo.messages);
    peer_stop(&peer);
    free(zeros);
}

static void test_a_gzip_bomb_is_refused_by_the_size_that_it_declares(void **state)
{
    struct h2_peer peer;
    size_t length = 64u << 20;
    uint8_t *zeros = calloc(1, length);
    (void)state;
    peer_start(&peer, NULL);
    send_gzip(&peer, zeros, length, "/echo.Echo/Unary");
    assert_string_equal("MESSAGE_TOO_LARGE", peer.echo.last_broken);
    peer_stop(&peer);
    free(zeros);
}

static void test_an_early_answer_is_trailers_only(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = peer_call(&peer, "/echo.Echo/Early", hello, HELLO);
    peer_pump(&peer);
    assert_echoed(&peer, id, "16");
    assert_int_equal(0, peer.echo.messages);
    peer_stop(&peer);
}

static void test_an_early_answer_ends_an_endless_upload(void **state)
{
    struct h2_peer peer;
    uint8_t *much = calloc(1, 200000);
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {
        .path = "/echo.Echo/Early", .body = much, .body_length = 200000, .stays_open = true};
    int32_t id = run(&peer, request);
    assert_string_equal("16", peer_stream(&peer, id)->grpc_status);
    assert_true(peer_stream(&peer, id)->is_closed);
    assert_int_equal(1, peer.echo.closeds);
    peer_stop(&peer);
    free(much);
}

static void test_an_answered_stream_that_stays_open_is_ended_in_time(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request request = {.path = "/echo.Echo/Early", .stays_open = true};
    int32_t id = run(&peer, request);
    assert_int_equal(0, peer.echo.closeds);
    h2_session_check(peer.server, 5000);
    h2_session_check(peer.server, 5000 + peer.limits.linger_timeout_ms);
    peer_pump(&peer);
    assert_true(peer_stream(&peer, id)->is_closed);
    assert_int_equal(1, peer.echo.closeds);
    peer_stop(&peer);
}

static void test_a_plain_get_and_a_wrong_content_type(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    struct peer_request get = {.method = "GET", .path = "/readyz", .content_type = "text/plain"};
    int32_t first = run(&peer, get);
    struct peer_request post = {.path = "/echo.Echo/Unary", .content_type = "application/grpc-web"};
    int32_t second = run(&peer, post);
    assert_string_equal("200", peer_stream(&peer, first)->status);
    assert_memory_equal("/readyz", peer_stream(&peer, first)->body, 7);
    assert_string_equal("415", peer_stream(&peer, second)->status);
    peer_stop(&peer);
}

static void test_a_stream_waits_for_writable_and_loses_nothing(void **state)
{
    struct h2_peer peer;
    static uint8_t message[10000];
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = peer_call(&peer, "/echo.Echo/Stream", message, sizeof message);
    peer_pump(&peer);
    assert_echoed(&peer, id, "0");
    assert_int_equal(ECHO_STREAM_COUNT * (sizeof message + GRPC_FRAME_PREFIX),
                     peer_stream(&peer, id)->body_length);
    assert_true(peer.echo.writables > 0);
    peer_stop(&peer);
}

static void test_the_queue_never_exceeds_its_ceiling_while_the_client_does_not_read(void **state)
{
    struct h2_peer peer;
    static uint8_t message[10000];
    uint8_t buffer[1000];
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = peer_call(&peer, "/echo.Echo/Stream", message, sizeof message);
    peer.reads_nothing = true;
    peer_pump(&peer);
    size_t taken = 0;
    // Without WINDOW_UPDATE the default window is all that leaves.
    for (size_t length; (length = h2_session_take(peer.server, buffer, sizeof buffer)) > 0;)
        taken += length;
    assert_true(taken < 70000);
    assert_int_equal(0, peer.echo.closeds);
    assert_false(peer_stream(&peer, id)->is_closed);
    peer_stop(&peer);
}

static void test_a_client_may_reset_at_any_moment(void **state)
{
    (void)state;
    static const char *const paths[] = {"/echo.Echo/Hang", "/echo.Echo/Stream", "/echo.Echo/Unary"};
    for (size_t i = 0; i < 3; i++) {
        struct h2_peer peer;
        static uint8_t message[10000];
        peer_start(&peer, NULL);
        int32_t id = peer_call(&peer, paths[i], message, sizeof message);
        const uint8_t *bytes;
        for (ssize_t length; (length = nghttp2_session_mem_send(peer.client, &bytes)) > 0;)
            peer_raw_bytes(&peer, bytes, (size_t)length);
        uint8_t buffer[30000];
        h2_session_take(peer.server, buffer, sizeof buffer); // half of the answer is on its way
        const uint8_t cancel[] = {0, 0, 0, 8};
        peer_raw(&peer, NGHTTP2_RST_STREAM, 0, id, cancel, sizeof cancel);
        assert_int_equal(1, peer.echo.closeds);
        peer_stop(&peer);
    }
}

static void test_a_handler_may_reset_from_inside_message(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    int32_t id = peer_call(&peer, "/echo.Echo/Reset", hello, HELLO);
    peer_pump(&peer);
    assert_int_equal(8, peer_stream(&peer, id)->h2_error);
    assert_int_equal(0, peer.echo.half_closes);
    assert_int_equal(1, peer.echo.closeds);
    peer_stop(&peer);
}

static void test_open_streams_hear_closed_when_the_session_is_freed(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    for (int i = 0; i < 5; i++)
        peer_call(&peer, "/echo.Echo/Hang", hello, HELLO);
    struct peer_request cut = {.path = "/echo.Echo/Unary",
                               .body = (const uint8_t *)"\0\0\1\0\0half",
                               .body_length = 9,
                               .stays_open = true};
    run(&peer, cut);
    assert_int_equal(6, peer.echo.open);
    peer_stop(&peer); // asserts that none is left
    assert_int_equal(6, peer.echo.closeds);
    assert_int_equal(8, peer.echo.last_h2_error);
}

static void test_an_answer_from_outside_wakes_once(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    peer_call(&peer, "/echo.Echo/Hang", hello, HELLO);
    peer_call(&peer, "/echo.Echo/Hang", hello, HELLO);
    peer_pump(&peer);
    size_t before = peer.wakes;
    echo_release(&peer.echo);
    assert_int_equal(before + 1, peer.wakes);
    peer_pump(&peer);
    assert_echoed(&peer, 1, "0");
    assert_echoed(&peer, 3, "0");
    peer_stop(&peer);
}

static void test_a_drain_refuses_new_and_finishes_old_streams(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    int32_t old = peer_call(&peer, "/echo.Echo/Hang", hello, HELLO);
    peer_pump(&peer);
    h2_session_drain(peer.server);
    peer_pump(&peer); // notice, ping, its answer, the final GOAWAY
    assert_int_equal(2, peer.goaways);
    assert_int_equal(old, peer.goaway_last);
    assert_int_equal(0, peer.goaway_code);
    assert_false(h2_session_is_over(peer.server));
    echo_release(&peer.echo);
    peer_pump(&peer);
    assert_echoed(&peer, old, "0");
    assert_true(h2_session_is_over(peer.server));
    peer_stop(&peer);
}

static void test_a_request_that_crosses_the_drain_notice_is_served(void **state)
{
    struct h2_peer peer;
    (void)state;
    peer_start(&peer, NULL);
    h2_session_drain(peer.server);
    int32_t id = peer_call(&peer, "/echo.Echo/Unary", hello, HELLO); // sent before the notice is read
    peer_pump(&peer);
    assert_echoed(&peer, id, "0");
    assert_true(h2_session_is_over(peer.server));
    peer_stop(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_unary_call_is_answered),
        cmocka_unit_test(test_bytes_may_arrive_one_by_one),
        cmocka_unit_test(test_message_edges_have_no_relation_to_data_frames),
        cmocka_unit_test(test_a_large_message_passes_in_windows),
        cmocka_unit_test(test_a_message_of_exactly_the_ceiling_passes_and_one_byte_more_does_not),
        cmocka_unit_test(test_a_message_above_the_ceiling_is_broken),
        cmocka_unit_test(test_a_truncated_message_is_broken),
        cmocka_unit_test(test_a_wrong_flag_is_broken),
        cmocka_unit_test(test_compressed_without_encoding_is_broken),
        cmocka_unit_test(test_an_unknown_encoding_is_unimplemented_and_says_what_is_known),
        cmocka_unit_test(test_a_malformed_timeout_is_invalid),
        cmocka_unit_test(test_a_gzip_message_arrives_inflated),
        cmocka_unit_test(test_a_gzip_bomb_is_refused_by_the_size_that_it_declares),
        cmocka_unit_test(test_gzip_messages_of_nothing_but_zeros_have_a_limit),
        cmocka_unit_test(test_an_early_answer_is_trailers_only),
        cmocka_unit_test(test_an_early_answer_ends_an_endless_upload),
        cmocka_unit_test(test_an_answered_stream_that_stays_open_is_ended_in_time),
        cmocka_unit_test(test_a_plain_get_and_a_wrong_content_type),
        cmocka_unit_test(test_a_stream_waits_for_writable_and_loses_nothing),
        cmocka_unit_test(test_the_queue_never_exceeds_its_ceiling_while_the_client_does_not_read),
        cmocka_unit_test(test_a_client_may_reset_at_any_moment),
        cmocka_unit_test(test_a_handler_may_reset_from_inside_message),
        cmocka_unit_test(test_open_streams_hear_closed_when_the_session_is_freed),
        cmocka_unit_test(test_an_answer_from_outside_wakes_once),
        cmocka_unit_test(test_a_drain_refuses_new_and_finishes_old_streams),
        cmocka_unit_test(test_a_request_that_crosses_the_drain_notice_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
